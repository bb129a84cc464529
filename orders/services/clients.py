"""What the client decided about the deal."""

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core import work
from core.actors import Actor
from orders import gate
from orders.models import ClientDecision, ClientSaid, DeclineReason, Order, TaskStatus
from orders.selectors.deals import deal_of, terms_in_force
from orders.services.acting import (
    DealRefused,
    acted,
    channel_given,
    check_stage,
    moment_ahead,
    one_of,
    order_to_act,
    text_given,
)
from orders.services.tasks import ASK_CLIENT, tasks_end
from orders.statuses import Status

THINKS_AT_MOST = timedelta(days=90)
"""How far ahead a client may promise to decide (a limit)."""


def client_decision_record(
    *,
    order_id: int,
    decision: str,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
    reason_code: str = "",
    text: str = "",
    channel: str = "",
    seen_version: int | None = None,
) -> ClientDecision:
    """The client confirmed, thinks until a moment, or declined. Whoever asks the client has done so: those tasks end.

    The client may say something else later; the last word of the present stage counts. The same again changes
    nothing. Past what the terms let a client think by the manager's word, only a lead gives time. Raises DealRefused
    (wrong_stage, unknown, required, in_past, too_late, thinks_too_long, not_thinking, not_declined, too_long,
    order_closed), gate.NotAllowed, gate.StaleVersion, Order.DoesNotExist.
    """
    asked = {"decision": decision if decision in ClientSaid.values else "unknown"}
    with work.command("command.client_decision", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = order_to_act(order_id, actor=actor)
        check_stage(order, Status.AWAITING_PAYMENT)
        _check(decision, until, reason_code, now=now)
        text = text_given(text, field="text", required=reason_code == DeclineReason.OTHER)
        last = ClientDecision.objects.filter(pk=deal_of(order.pk).decision_id or 0).first()
        given = (decision, until, reason_code, text)
        if last is not None and (last.decision, last.until, last.reason_code, last.text) == given:
            return last
        _check_bound(order, until, actor=actor)
        gate.check_seen(order, seen_version)

        said = ClientDecision.objects.create(
            order=order,
            stage=order.status_sequence,
            decision=decision,
            until=until,
            reason_code=reason_code,
            text=text,
            channel=channel_given(channel),
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        tasks_end(order, kinds=ASK_CLIENT, status=TaskStatus.DONE, actor=actor, now=now)
        output = {"decision": said.pk, "said": decision}
        acted(order, "command.client_decision", output, inputs=asked, actor=actor, now=now)
        return said


def _check_bound(order: Order, until: datetime | None, *, actor: Actor) -> None:
    """A client who thinks again and again would never be a lead's to decide about."""
    bound = terms_in_force().thinks_until(order.status_since)
    if until is None or bound is None or until <= bound or actor.may("orders.act_on_any"):
        return
    at = formats.date_format(timezone.localtime(bound), "SHORT_DATETIME_FORMAT")
    text = _("By your word the client thinks until %(at)s at most; only a lead gives more time.") % {"at": at}
    raise DealRefused("thinks_too_long", text, field="until")


def _check(decision: str, until: datetime | None, reason_code: str, *, now: datetime) -> None:
    one_of(decision, ClientSaid.values, field="decision")
    if decision == ClientSaid.THINKS:
        if until is None:
            raise DealRefused("required", _("Say until when the client thinks."), field="until")
        moment_ahead(until, now=now, within=THINKS_AT_MOST, field="until")
    elif until is not None:
        raise DealRefused("not_thinking", _("Only a client who thinks has until when."), field="until")
    if decision == ClientSaid.DECLINED:
        if not reason_code:
            raise DealRefused("required", _("Say why the client declined."), field="reason_code")
        one_of(reason_code, DeclineReason.values, field="reason_code")
    elif reason_code:
        raise DealRefused("not_declined", _("Only a client who declined has a reason."), field="reason_code")
