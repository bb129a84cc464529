"""Codes that the loop writes, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assignment.models import AssignmentState
from orders.statuses import Severity
from sla.models import Trigger

TAKEN_BECAUSE: Mapping[str, str | Promise] = {
    AssignmentState.SILENT: _("it was not accepted in time"),
    AssignmentState.UNAVAILABLE: _("you are away"),
    AssignmentState.REASSIGNED: _("it was given to somebody else"),
    AssignmentState.RETURNED: _("it was returned to the queue"),
    AssignmentState.CLOSED: _("the order ended"),
}

LOST_BECAUSE: Mapping[str, str | Promise] = {
    "blocked": _("the bot is blocked there"),
    "kicked": _("the bot was removed from there"),
    "deactivated": _("the Telegram account is deleted"),
    "chat not found": _("the chat with the bot was never opened"),
    "outcome unknown": _("nobody knows whether it arrived"),
    "no way to reach": _("neither Telegram nor e-mail is known"),
    "mail server": _("the mail server refuses the address"),
}
"""Parts of an error's text, and what people read instead."""

SEVERITY_MARK: Mapping[str, str] = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.NORMAL: "🔹"}

TROUBLES: Mapping[str, str | Promise] = {
    Trigger.ASSIGN: _("No manager found"),
    Trigger.ACCEPT: _("Not accepted"),
    Trigger.CLIENT_DECISION: _("No decision of the client"),
    Trigger.TASK: _("A task is not done"),
    Trigger.BLOCKER: _("A blocker is not resolved"),
    Trigger.APPROVAL: _("An approval is not decided"),
    Trigger.STUCK: _("No movement"),
    Trigger.STUCK_LONG: _("No movement"),
}
"""What an escalation is about; that of a stage is called by the stage."""

NOBODY_COULD = _("nobody who is at work could take it")
