"""Commands that were refused, as people say it: what was asked for, of whom, and why not."""

from collections.abc import Mapping, Sequence

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
    "command.client_decision": gettext_lazy("Record the client's decision"),
    "command.price_set": gettext_lazy("Agree on a price"),
    "command.payment_record": gettext_lazy("Record a payment"),
    "command.payment_correct": gettext_lazy("Take a payment back"),
    "command.payout_ask": gettext_lazy("Ask for a refund or a compensation"),
    "command.money_keep_ask": gettext_lazy("Ask that the client's money stays"),
    "command.payout_pay": gettext_lazy("Pay out"),
    "command.logistics_record": gettext_lazy("Record the shipment"),
    "command.tracking_record": gettext_lazy("Record where the parcel is"),
    "command.blocker_open": gettext_lazy("Record what stands in the way"),
    "command.blocker_resolve": gettext_lazy("Remove what stands in the way"),
    "command.blocker_pass": gettext_lazy("Pass on what stands in the way"),
    "command.approval_ask": gettext_lazy("Ask for an approval"),
    "command.approval_decide": gettext_lazy("Decide about an approval"),
    "command.approval_withdraw": gettext_lazy("Withdraw a request"),
    "command.opinion_add": gettext_lazy("Give a legal opinion"),
    "command.claim_open": gettext_lazy("Record a claim"),
    "command.claim_settle": gettext_lazy("Settle the claim"),
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
    # The deal
    "wrong_stage": gettext_lazy("not possible where the order stood"),
    "required": gettext_lazy("without what is required"),
    "unknown": gettext_lazy("there is no such choice"),
    "in_past": gettext_lazy("a moment that has passed"),
    "in_future": gettext_lazy("a moment that is still to come"),
    "too_late": gettext_lazy("too far ahead"),
    "too_early": gettext_lazy("too long ago"),
    "not_thinking": gettext_lazy("a moment is for a client who thinks"),
    "not_declined": gettext_lazy("a reason is for a client who declined"),
    "not_positive": gettext_lazy("not an amount"),
    "too_large": gettext_lazy("the amount is too large"),
    "too_precise": gettext_lazy("more than two decimal places"),
    "not_a_currency": gettext_lazy("not a currency"),
    "is_counter_entry": gettext_lazy("it was a counter-entry"),
    "more_than_paid": gettext_lazy("more than the client has paid"),
    "not_approved": gettext_lazy("it was not approved"),
    "nothing_given": gettext_lazy("nothing was given"),
    "before_shipping": gettext_lazy("before the shipping"),
    "ended_already": gettext_lazy("it was over already"),
    "too_many": gettext_lazy("too many at once"),
    "recorded_already": gettext_lazy("it was recorded already"),
    "thinks_too_long": gettext_lazy("only a lead gives the client so much time"),
    "nothing_held": gettext_lazy("none of the client's money is held"),
    "window_over": gettext_lazy("the time for claims was over"),
    "payout_missing": gettext_lazy("the money was not asked for"),
    # Approvals
    "no_approval_needed": gettext_lazy("no approval was needed"),
    "no_second_decider": gettext_lazy("there was nobody else to decide"),
    "order_changed": gettext_lazy("the order had changed since it was asked for"),
    "shown_otherwise": gettext_lazy("it was not what they had seen"),
    "decided_already": gettext_lazy("it had been decided already"),
    "expired": gettext_lazy("nobody had decided in time"),
    "unknown_answer": gettext_lazy("neither yes nor no"),
}
"""Why a command was refused, by the codes of refusals."""

ABOUT_FILES = frozenset({"command.evidence_add", "command.evidence_place", "command.evidence_remove"})
OF_FILES = {**BECAUSE, "too_large": gettext_lazy("the file is too large")}
"""The same for files."""

FIELDS: Mapping[str, object] = {
    "decision": gettext_lazy("the decision"),
    "until": gettext_lazy("until when"),
    "text": gettext_lazy("the words"),
    "channel": gettext_lazy("the channel"),
    "amount": gettext_lazy("the amount"),
    "currency": gettext_lazy("the currency"),
    "kind": gettext_lazy("the kind"),
    "document": gettext_lazy("the document"),
    "paid_at": gettext_lazy("the moment of the payment"),
    "comment": gettext_lazy("the comment"),
    "cost": gettext_lazy("the cost"),
    "cost_currency": gettext_lazy("the currency of the cost"),
    "delivered_at": gettext_lazy("the moment of the delivery"),
    "state": gettext_lazy("where it is"),
    "owner": gettext_lazy("whose it is"),
    "due_at": gettext_lazy("the deadline"),
    "resolution": gettext_lazy("how it ended"),
    "outcome": gettext_lazy("the outcome"),
    "verdict": gettext_lazy("the opinion"),
    "reason": gettext_lazy("the reason"),
    "reason_code": gettext_lazy("the reason"),
}
"""What was given wrongly or not at all, where it is not said by what a step waits for."""

OF_ROUTES = frozenset({"route_refused", "incomplete"})
"""Refusals that say what is missing rather than what was given wrongly."""


def was_refused(entry: Entry) -> bool:
    return bool(entry.output.get("result") == "refused")


def refused(entry: Entry, names: Names) -> tuple[str, str]:
    """The title and the detail of a refusal."""
    route = str(entry.inputs.get("route", ""))
    asked = word(route, gate.ROUTE_LABELS) if route else word(entry.kind, ASKED)
    code = str(entry.output.get("code", ""))
    because = word(code, OF_FILES if entry.kind in ABOUT_FILES else BECAUSE)
    missing = _lacked(code, entry.output.get("missing", ()))
    detail = f"{because} ({', '.join(missing)})" if missing else because
    title = _("Refused: %(what)s") % {"what": asked}
    return title, ": ".join(filter(None, [_about(entry, names), detail]))


def _lacked(code: str, lacks: Sequence[str]) -> list[str]:
    """What was missing; or which field, unless the reason says it: where the order stood is no field."""
    if code in OF_ROUTES or not FIELDS.keys() & set(lacks):
        return missing_said(one for one in lacks if code != "wrong_stage")
    return [word(field, FIELDS) for field in lacks]


def _about(entry: Entry, names: Names) -> str:
    """To whom, how urgent, which task."""
    if entry.kind == "command.assign":
        return names.person(entry.inputs.get("to"))
    if entry.kind == "command.severity":
        asked = entry.inputs.get("to")
        return str(Severity(asked).label) if asked in Severity.values else ""
    return names.tasks.get(entry.inputs.get("task") or 0, "")
