"""The bodies that the doors of orders take. Those of the intake are read by `orders.policies.intake`."""

from core.api.fields import (
    CodeField,
    IdField,
    IdsField,
    LineField,
    LinesField,
    MomentField,
    NameField,
    StrictSerializer,
    VersionField,
)
from orders.models import Note, Task
from orders.statuses import CancelReason, Severity

REASON_AT_MOST = 1000
MENTIONS_AT_MOST = 20


class RouteBody(StrictSerializer):
    version = VersionField(help_text="The version that was seen; an older one is refused with 409.")
    reason = LinesField(required=False, allow_blank=True, max_length=REASON_AT_MOST, default="")
    reason_code = CodeField(choices=CancelReason.choices, required=False, default="")


class NoteBody(StrictSerializer):
    text = LinesField(max_length=Note._meta.get_field("text").max_length)
    mentions = IdsField(required=False, default=list, max_length=MENTIONS_AT_MOST)


class SeverityBody(StrictSerializer):
    severity = CodeField(choices=Severity.choices)
    version = VersionField(required=False, default=None)


class TaskBody(StrictSerializer):
    title = LineField(max_length=Task._meta.get_field("title").max_length)
    owner = IdField(help_text="A person's id.")
    due_at = MomentField()
    kind = NameField(required=False, default="general", max_length=Task._meta.get_field("kind").max_length)


class NothingBody(StrictSerializer):
    """An empty body, or {}."""
