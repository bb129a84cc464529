"""The shapes of an inspection's answers, for the OpenAPI document. Tests compare them with what is really sent."""

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from core.api.schema import MissingSerializer, PersonSerializer
from orders.models import (
    AnswerKind,
    ContactChannel,
    Decision,
    Outcome,
    Proof,
    Purpose,
    VerdictCode,
    Whom,
)


class RepeatedFileSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()


class EvidenceSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    point = serializers.IntegerField(allow_null=True, help_text="null: at no point yet.")
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    kind = serializers.ChoiceField(choices=Proof.choices)
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    width = serializers.IntegerField(allow_null=True, help_text="Pixels, as it is shown.")
    height = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    repeats = RepeatedFileSerializer(
        allow_null=True,
        help_text="The earliest file with this content on another order or at another point.",
    )
    added_by = PersonSerializer()
    at = serializers.DateTimeField()


class EvidenceListSerializer(Serializer[Any]):
    results = EvidenceSerializer(many=True)


class ChoiceSerializer(Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()


class AnswerSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    value = serializers.CharField(help_text="`yes`, `no`, the code of a choice, a decimal number, or words.")
    is_norm = serializers.BooleanField()
    remark = serializers.CharField(allow_blank=True)
    with_group = serializers.BooleanField(help_text="Given as the norm for the whole group.")
    by = PersonSerializer()
    at = serializers.DateTimeField()


class PointSerializer(Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    question = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=AnswerKind.choices)
    choices = ChoiceSerializer(many=True)
    norm = serializers.ListField(
        child=serializers.CharField(), help_text="The answers that are the norm; empty where one writes."
    )
    norm_from = serializers.CharField(allow_null=True)
    norm_to = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    file = serializers.ChoiceField(
        choices=Proof.choices, allow_blank=True, help_text="The kind of file that proves the answer."
    )
    file_asked = serializers.BooleanField()
    needs_answer = serializers.BooleanField()
    needs_files = serializers.IntegerField(help_text="How many more.")
    answer = AnswerSerializer(allow_null=True)
    files = EvidenceSerializer(many=True)


class GroupSerializer(Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    points = PointSerializer(many=True)


class VerdictSerializer(Serializer[Any]):
    verdict = serializers.ChoiceField(choices=VerdictCode.choices)
    remarks = serializers.CharField(allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()
    decision = serializers.ChoiceField(
        choices=Decision.choices, allow_blank=True, help_text="A lead's, about `fail`."
    )
    reason = serializers.CharField(allow_blank=True)
    decided_by = PersonSerializer(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class InspectionSerializer(Serializer[Any]):
    ref = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the order.")
    number = serializers.IntegerField(help_text="1 for the first inspection of the order.")
    template = serializers.IntegerField(help_text="The version of the points.")
    is_current = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    total = serializers.IntegerField()
    answered = serializers.IntegerField()
    files_missing = serializers.IntegerField()
    missing = MissingSerializer(
        many=True,
        help_text="`point:7`, `file:7`, `verdict`, `lead_decision`: what keeps it from being completed.",
    )
    groups = GroupSerializer(many=True)
    unplaced = EvidenceSerializer(many=True, help_text="Files of the inspection that are at no point yet.")
    verdict = VerdictSerializer(allow_null=True)


class EvidenceFormSerializer(Serializer[Any]):
    file = serializers.FileField(help_text="JPEG, PNG, WebP, PDF or MP4, at most 15 MB.")
    point = serializers.IntegerField(required=False, help_text="Of the inspection; without it, none yet.")
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)


class ContactSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    whom = serializers.ChoiceField(choices=Whom.choices)
    channel = serializers.ChoiceField(choices=ContactChannel.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = serializers.CharField(allow_blank=True)
    next_at = serializers.DateTimeField(allow_null=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class ContactListSerializer(Serializer[Any]):
    results = ContactSerializer(many=True)
