"""Refunds and compensations: asked for, approved by a second person, paid out by finance."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import core.selectors
from core import work
from core.actors import Actor
from orders import gate
from orders.models import Approval, Order, Payout, PayoutKind, PayoutState, TaskStatus
from orders.selectors.deals import ZERO, deal_of, terms_in_force
from orders.services.acting import DealRefused, acted, check_open, one_of, text_given
from orders.services.approvals import approval_open
from orders.services.money import (
    DOCUMENT_AT_MOST,
    RECORD,
    check_amount,
    check_currency,
    check_paid_at,
    may_record,
)
from orders.services.supervision import lock_order
from orders.services.tasks import PAY_OUT, SETTLE_MONEY, task_open, tasks_end
from orders.statuses import CALLED_OFF


def payout_ask(
    *, order_id: int, kind: str, amount: Decimal, currency: str, reason: str, actor: Actor, now: datetime
) -> Payout:
    """Ask for a refund or a compensation. A second person approves it, then finance pays it out.

    Asked again while it waits, it is the new request that counts. Raises DealRefused (unknown, not_positive,
    too_large, too_precise, not_a_currency, more_than_paid, required, too_long, order_closed), ApprovalRefused
    (no_second_decider), gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"kind": kind if kind in PayoutKind.values else "unknown"}
    with work.command("command.payout_ask", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = _order_of_money(order_id, kind, actor)
        one_of(kind, PayoutKind.values, field="kind")
        check_amount(amount, field="amount")
        check_currency(currency)
        _check_held(order, kind, amount, currency, field="amount")
        payload = {"amount": str(amount), "currency": currency}
        approval = approval_open(order, action=kind, payload=payload, reason=reason, actor=actor, now=now)
        return Payout.objects.create(
            order=order,
            kind=kind,
            amount=amount,
            currency=currency,
            reason=approval.reason,
            approval=approval,
            asked_by_id=approval.asked_by_id,
            asked_at=now,
        )


def payout_approved(order: Order, approval: Approval, *, actor: Actor, now: datetime) -> Payout:
    """What was asked for with this request has to be paid out now: a named person of finance has the task.

    For a locked order. Raises DealRefused (more_than_paid): the money may have gone back another way meanwhile.
    """
    payout = Payout.objects.get(approval=approval)
    _check_held(order, payout.kind, payout.amount, payout.currency)
    payout.state = PayoutState.APPROVED
    payout.save(update_fields=["state"])
    payers = core.selectors.people_who_may(RECORD)
    task_open(
        order,
        kind=PAY_OUT,
        title=gettext_lazy("Pay out what was approved"),
        owner_id=payers[0] if payers else gate.person_of(actor),
        due_at=now + timedelta(seconds=terms_in_force().payout_within),
        actor=actor,
        now=now,
    )
    money_settle(order, actor=actor, now=now)
    acted(order, "command.payout_approved", {"payout": payout.pk}, actor=actor, now=now, moves=False)
    return payout


def payout_pay(*, payout_id: int, document: str, paid_at: datetime, actor: Actor, now: datetime) -> Payout:
    """The money went out, as this document says. Twice is once.

    Raises DealRefused (not_approved, required, too_long, in_future, too_early), gate.NotAllowed, Payout.DoesNotExist.
    """
    order_id = Payout.objects.values_list("order_id", flat=True).get(pk=payout_id)
    asked = {"payout": payout_id}
    with work.command("command.payout_pay", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        may_record(actor)
        payout = Payout.objects.get(pk=payout_id)
        if payout.state == PayoutState.PAID:
            return payout
        if payout.state != PayoutState.APPROVED:
            raise DealRefused("not_approved", _("Only what was approved is paid out."))
        check_paid_at(paid_at, now=now)
        payout.document = text_given(document, field="document", at_most=DOCUMENT_AT_MOST)
        payout.state, payout.paid_by_id = PayoutState.PAID, gate.person_of(actor)
        payout.paid_at, payout.ended_at = paid_at, now
        payout.save(update_fields=["document", "state", "paid_by", "paid_at", "ended_at"])
        _end_paying_out(order, actor=actor, now=now)
        is_open = order.closed_at is None
        acted(order, "command.payout_pay", asked, inputs=asked, actor=actor, now=now, moves=is_open)
        return payout


def money_settle(order: Order, *, actor: Actor, now: datetime) -> None:
    """While a deal that is off holds the client's money, a lead has the task to decide what becomes of it."""
    if order.status not in CALLED_OFF:
        return
    if not deal_of(order.pk).holds_money:
        tasks_end(order, kinds=[SETTLE_MONEY], status=TaskStatus.DONE, actor=actor, now=now)
        return
    leads = core.selectors.leads_above(order.assigned_manager_id, at=now)
    task_open(
        order,
        kind=SETTLE_MONEY,
        title=gettext_lazy("The deal is off: decide what becomes of the client's money"),
        owner_id=leads[0] if leads else gate.person_of(actor),
        due_at=now + timedelta(seconds=terms_in_force().payout_within),
        actor=actor,
        now=now,
    )


def payouts_refuse_uncovered(order: Order, currency: str, *, actor: Actor, now: datetime) -> list[int]:
    """What turned out never to have been paid can't go back: approved refunds end, the newest first, until the rest
    is covered. For a locked order; returns which."""
    refused: list[int] = []
    waiting = Payout.objects.filter(
        order=order, kind=PayoutKind.REFUND, currency=currency, state=PayoutState.APPROVED
    )
    held = deal_of(order.pk).held.get(currency, ZERO)
    for payout in waiting.order_by("-pk"):
        if held >= 0:
            break
        payout.state, payout.ended_at = PayoutState.REFUSED, now
        payout.save(update_fields=["state", "ended_at"])
        refused.append(payout.pk)
        held += payout.amount
    if refused:
        _end_paying_out(order, actor=actor, now=now)
    return refused


def _end_paying_out(order: Order, *, actor: Actor, now: datetime) -> None:
    if not Payout.objects.filter(order=order, state=PayoutState.APPROVED).exists():
        tasks_end(order, kinds=[PAY_OUT], status=TaskStatus.DONE, actor=actor, now=now)


def _order_of_money(order_id: int, kind: str, actor: Actor) -> Order:
    """The locked order, for its manager, a lead, or whoever records payments.

    What came in after an order was closed goes back too; nothing else is promised then.
    """
    order = lock_order(order_id)
    if not (actor.may(RECORD) or gate.may_act(actor, owner_id=order.assigned_manager_id)):
        raise gate.NotAllowed
    if kind != PayoutKind.REFUND:
        check_open(order)
    return order


def _check_held(order: Order, kind: str, amount: Decimal, currency: str, *, field: str = "") -> None:
    """A compensation comes out of nobody's payment."""
    if kind == PayoutKind.REFUND and amount > deal_of(order.pk).held.get(currency, ZERO):
        text = _("More than the client has paid can't be refunded.")
        raise DealRefused("more_than_paid", text, field=field)
