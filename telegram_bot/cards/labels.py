"""Codes that the loop writes, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assignment.models import AssignmentState
from orders.statuses import Severity

TAKEN_BECAUSE: Mapping[str, str | Promise] = {
    AssignmentState.SILENT: _("it was not accepted in time"),
    AssignmentState.UNAVAILABLE: _("you are away"),
    AssignmentState.REASSIGNED: _("it was given to somebody else"),
    AssignmentState.RETURNED: _("it was returned to the queue"),
    AssignmentState.CLOSED: _("the order ended"),
}

SEVERITY_MARK: Mapping[str, str] = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.NORMAL: "🔹"}

PARTS: Mapping[str, str | Promise] = {
    "loop": _("the loop that watches deadlines"),
    "sender": _("the sender of messages"),
    "bot": _("the bot"),
    "auditor": _("the auditor"),
}
