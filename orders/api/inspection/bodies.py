"""The bodies that the doors of an inspection take."""

from typing import Any

from rest_framework.exceptions import ValidationError

from core.api.fields import (
    CodeField,
    IdField,
    LinesField,
    MomentField,
    NameField,
    NumberInFormField,
    PlainField,
    RowsField,
    SeenField,
    StrictSerializer,
    UploadField,
    VersionField,
    refuse,
)
from orders.models import (
    POINTS,
    Contact,
    ContactChannel,
    Decision,
    InspectionItem,
    Outcome,
    Purpose,
    VerdictCode,
    Whom,
)
from orders.policies.inspection import TEXT_AT_MOST
from orders.services.verdicts import REASON_AT_MOST, REMARKS_AT_MOST


class AnswerBody(StrictSerializer):
    point = IdField(help_text="The number of the point.")
    value = PlainField(
        max_length=TEXT_AT_MOST, help_text="`yes` or `no`, the code of a choice, a number, or words."
    )
    remark = LinesField(required=False, allow_blank=True, default="", max_length=TEXT_AT_MOST)
    seen = SeenField(
        required=False,
        default=None,
        allow_null=True,
        help_text="The id of the answer that was seen there, 0 for none: one given meanwhile is not overwritten.",
    )


class AnswersBody(StrictSerializer):
    """Either answers, all or none of them, or a group whose open points get their norm."""

    answers = RowsField(child=AnswerBody(), required=False, max_length=POINTS)
    group = NameField(required=False, max_length=InspectionItem._meta.get_field("group").max_length)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "answers" in attrs and "group" in attrs:
            raise ValidationError({"group": refuse("one_of_two", other="answers").detail})
        if not attrs:
            raise ValidationError({"answers": refuse("required").detail})
        if twice := _twice([answer["point"] for answer in attrs.get("answers", [])]):
            raise ValidationError({"answers": twice})
        return attrs


def _twice(points: list[int]) -> list[dict[str, Any]]:
    """For each answer to a point that has one in the same body: which was the first."""
    firsts = [points.index(point) for point in points]
    flaws = [
        {"point": refuse("duplicate", first=first).detail} if first < place else {}
        for place, first in enumerate(firsts)
    ]
    return flaws if any(flaws) else []


class VerdictBody(StrictSerializer):
    verdict = CodeField(choices=VerdictCode.choices)
    remarks = LinesField(required=False, allow_blank=True, default="", max_length=REMARKS_AT_MOST)
    version = VersionField(
        required=False,
        default=None,
        help_text="The order's version that was seen; an older one is refused with 409.",
    )


class DecisionBody(StrictSerializer):
    decision = CodeField(choices=Decision.choices)
    reason = LinesField(max_length=REASON_AT_MOST)
    version = VersionField(
        required=False,
        default=None,
        help_text="The order's version that was seen; an older one is refused with 409.",
    )


class EvidenceBody(StrictSerializer):
    file = UploadField(help_text="JPEG, PNG, WebP, PDF or MP4, at most 15 MB.")
    point = NumberInFormField(
        required=False, default=None, help_text="Of the inspection; without it, none yet."
    )
    purpose = CodeField(choices=Purpose.choices, required=False, default=Purpose.INSPECTION)


class PlaceBody(StrictSerializer):
    point = IdField(allow_null=True, help_text="null takes the file from its point.")


class ContactBody(StrictSerializer):
    whom = CodeField(choices=Whom.choices)
    channel = CodeField(choices=ContactChannel.choices)
    outcome = CodeField(choices=Outcome.choices)
    text = LinesField(
        required=False, allow_blank=True, default="", max_length=Contact._meta.get_field("text").max_length
    )
    next_at = MomentField(required=False, default=None, allow_null=True)
