"""Commands that were refused, as people say it: what was asked for, of whom, and why not."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Entry
from orders import gate
from orders.statuses import Severity
from orders.words import missing_said
from rop.timeline.names import Names
from rop.words import word

ASKED: Mapping[str, object] = {
    "command.assign": gettext_lazy("Give to a manager"),
    "command.severity": gettext_lazy("Set the severity"),
    "command.note": gettext_lazy("Write a note"),
    "command.task_add": gettext_lazy("Give a task"),
    "command.task_done": gettext_lazy("End a task"),
    "command.task_cancelled": gettext_lazy("Cancel a task"),
    "command.inspection_answer": gettext_lazy("Answer the inspection"),
    "command.inspection_verdict": gettext_lazy("Give the verdict"),
    "command.inspection_decide": gettext_lazy("Decide about “not fit”"),
    "command.evidence_add": gettext_lazy("Attach a file"),
    "command.evidence_place": gettext_lazy("Put a file at a point"),
    "command.evidence_remove": gettext_lazy("Take a file away"),
    "command.contact_add": gettext_lazy("Record a contact"),
    "command.quarantine_retry": gettext_lazy("Look again at once"),
    "command.message_retry": gettext_lazy("Send the message again"),
    "command.message_dismiss": gettext_lazy("Put the message aside"),
    "command.acknowledge": gettext_lazy("Take the escalation"),
    "command.resolve": gettext_lazy("Resolve the escalation"),
    "command.snooze": gettext_lazy("Snooze"),
    "command.unsnooze": gettext_lazy("End the snooze"),
    "command.proposal_accept": gettext_lazy("Accept the proposal"),
    "command.proposal_dismiss": gettext_lazy("Dismiss the proposal"),
}
"""What was asked for, of commands that may be refused."""

BECAUSE: Mapping[str, object] = {
    "not_yours": gettext_lazy("no right to it"),
    "stale_version": gettext_lazy("the order had changed meanwhile"),
    "route_refused": gettext_lazy("something is missing"),
    "unknown_route": gettext_lazy("there is no such step"),
    "closed": gettext_lazy("the order was closed"),
    "same": gettext_lazy("had it already"),
    "not_a_manager": gettext_lazy("not a manager"),
    "inactive": gettext_lazy("takes no orders"),
    "absent": gettext_lazy("absent"),
    "task_refused": gettext_lazy("the task could not be given or ended like this"),
    "stale": gettext_lazy("it was not as they saw it any more"),
    "nothing_to_acknowledge": gettext_lazy("nothing was open"),
    "already_resolved": gettext_lazy("nothing was open"),
    "already_acknowledged": gettext_lazy("somebody was at it already"),
    "snooze_too_long": gettext_lazy("longer than a day"),
    "snooze_in_past": gettext_lazy("a moment that has passed"),
    "already_snoozed": gettext_lazy("it was snoozed already"),
    "not_snoozed": gettext_lazy("it was not snoozed"),
    "reason_missing": gettext_lazy("without a reason"),
    "order_closed": gettext_lazy("the order was closed"),
    "not_dead": gettext_lazy("the message had not failed"),
    # The inspection
    "no_inspection": gettext_lazy("it was not under inspection"),
    "unknown_point": gettext_lazy("there is no such point"),
    "unknown_group": gettext_lazy("there is no such group of points"),
    "bad_value": gettext_lazy("this is no answer to it"),
    "too_long": gettext_lazy("the text is too long"),
    "answered_meanwhile": gettext_lazy("somebody else has answered it meanwhile"),
    "nothing_to_answer": gettext_lazy("nothing was left to answer by the norm"),
    "incomplete": gettext_lazy("something is missing"),
    "has_exceptions": gettext_lazy("not everything is the norm"),
    "remarks_required": gettext_lazy("without remarks"),
    "reason_required": gettext_lazy("without a reason"),
    "no_fail_to_decide": gettext_lazy("there was nothing to decide"),
    "unknown_verdict": gettext_lazy("there is no such verdict"),
    "unknown_decision": gettext_lazy("there is no such decision"),
    # Files
    "empty": gettext_lazy("the file is empty"),
    "too_large": gettext_lazy("the file is too large"),
    "not_allowed": gettext_lazy("not a photo, PDF or MP4"),
    "wrong_extension": gettext_lazy("the file is not what its name says"),
    "broken": gettext_lazy("the file does not open"),
    "too_many_pixels": gettext_lazy("the picture is too large"),
    "too_many_files": gettext_lazy("there are too many files"),
    "unknown_purpose": gettext_lazy("there is no such purpose"),
    # Contacts
    "unknown_whom": gettext_lazy("neither the seller nor the client"),
    "unknown_channel": gettext_lazy("there is no such channel"),
    "unknown_outcome": gettext_lazy("there is no such outcome"),
    "next_required": gettext_lazy("without the moment of the next one"),
    "next_in_past": gettext_lazy("a moment that has passed"),
    "next_too_late": gettext_lazy("more than 90 days ahead"),
}
"""Why a command was refused, by the codes of refusals."""


def was_refused(entry: Entry) -> bool:
    return bool(entry.output.get("result") == "refused")


def refused(entry: Entry, names: Names) -> tuple[str, str]:
    """The title and the detail of a refusal."""
    route = str(entry.inputs.get("route", ""))
    asked = word(route, gate.ROUTE_LABELS) if route else word(entry.kind, ASKED)
    because = word(str(entry.output.get("code", "")), BECAUSE)
    missing = missing_said(entry.output.get("missing", ()))
    detail = f"{because} ({', '.join(missing)})" if missing else because
    title = _("Refused: %(what)s") % {"what": asked}
    return title, ": ".join(filter(None, [_about(entry, names), detail]))


def _about(entry: Entry, names: Names) -> str:
    """To whom, how urgent, which task."""
    if entry.kind == "command.assign":
        return names.person(entry.inputs.get("to"))
    if entry.kind == "command.severity":
        asked = entry.inputs.get("to")
        return str(Severity(asked).label) if asked in Severity.values else ""
    return names.tasks.get(entry.inputs.get("task") or 0, "")
