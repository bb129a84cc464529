"""The price, payments, refunds and compensations: written down by named people, and by nobody and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import core.selectors
from core import work
from core.actors import Actor
from orders import gate
from orders.models import (
    Approval,
    ApprovalAction,
    Order,
    Payment,
    Payout,
    PayoutKind,
    PayoutState,
    PriceChange,
    StatusEvent,
    TaskStatus,
)
from orders.policies.amounts import amount_flaw, is_currency
from orders.selectors.deals import ZERO, deal_of, terms_in_force
from orders.services.acting import LINE_AT_MOST, DealRefused, acted, check_open, order_to_act, text_given
from orders.services.approvals import approval_open
from orders.services.supervision import lock_order
from orders.services.tasks import PAY_OUT, SETTLE_MONEY, task_open, tasks_end
from orders.statuses import CALLED_OFF, FINAL

RECORD = "orders.record_payment"
DOCUMENT_AT_MOST = 100
BACK_AT_MOST = timedelta(days=366)
"""How long ago a payment may have been made that is recorded now (a limit): whoever mistypes a year is told."""


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """The price stands (`change`), it waits for its approval (`approval`), or nothing was to change (neither)."""

    change: PriceChange | None = None
    approval: Approval | None = None


def price_set(
    *,
    order_id: int,
    price: Decimal,
    currency: str,
    reason: str,
    actor: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> PriceAnswer:
    """Agree on a price. Whoever acts on the order does so until an inspection was completed; then it is asked for.

    Raises DealRefused (not_positive, too_large, too_precise, not_a_currency, required, too_long, wrong_stage,
    order_closed), ApprovalRefused (no_second_decider), gate.NotAllowed, gate.StaleVersion, Order.DoesNotExist.
    """
    with work.command("command.price_set", actor=actor, now=now, order_id=order_id):
        order = order_to_act(order_id, actor=actor)
        _check_amount(price, field="price")
        _check_currency(currency)
        if (order.price, order.currency) == (price, currency):
            return PriceAnswer()
        gate.check_seen(order, seen_version)
        if order.status in FINAL:
            raise DealRefused("wrong_stage", _("The price of an order that is over stands."), field="status")
        if not was_inspected(order):
            return PriceAnswer(
                change=price_apply(order, price, currency, reason=reason, actor=actor, now=now)
            )
        payload = {
            "price": str(price),
            "currency": currency,
            "before": str(order.price) if order.price is not None else None,
            "currency_before": order.currency,
        }
        approval = approval_open(
            order, action=ApprovalAction.PRICE, payload=payload, reason=reason, actor=actor, now=now
        )
        return PriceAnswer(approval=approval)


def price_apply(
    order: Order,
    price: Decimal,
    currency: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    approval: Approval | None = None,
) -> PriceChange:
    """The new price of a locked order."""
    change = PriceChange.objects.create(
        order=order,
        price=price,
        currency=currency,
        price_before=order.price,
        currency_before=order.currency,
        reason=text_given(reason, field="reason", at_most=LINE_AT_MOST),
        approval=approval,
        by_id=gate.person_of(actor),
        door=actor.door,
        at=now,
    )
    order.price, order.currency = price, currency
    output = {"price": change.pk, "approval": approval.pk if approval else None}
    acted(order, "command.price_set", output, actor=actor, now=now, fields=("price", "currency"), moves=False)
    return change


def payment_record(
    *,
    order_id: int,
    amount: Decimal,
    currency: str,
    paid_at: datetime,
    document: str,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> Payment:
    """Money came in, as this document says. The same document for the same amount again is the same payment.

    Raises DealRefused (not_positive, too_large, too_precise, not_a_currency, in_future, too_early, required, too_long,
    order_closed), gate.NotAllowed, Order.DoesNotExist.
    """
    with work.command("command.payment_record", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        _may_record(actor)
        check_open(order)
        _check_amount(amount, field="amount")
        _check_currency(currency)
        _check_paid_at(paid_at, now=now)
        document = text_given(document, field="document", at_most=DOCUMENT_AT_MOST)
        same = Payment.objects.filter(
            order=order, amount=amount, currency=currency, document=document, corrected_by__isnull=True
        ).first()
        if same is not None:
            return same
        payment = Payment.objects.create(
            order=order,
            amount=amount,
            currency=currency,
            paid_at=paid_at,
            document=document,
            comment=text_given(comment, field="comment", at_most=LINE_AT_MOST, required=False),
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        money_settle(order, actor=actor, now=now)
        acted(order, "command.payment_record", {"payment": payment.pk}, actor=actor, now=now)
        return payment


def payment_correct(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> Payment:
    """A payment was recorded wrongly: a counter-entry takes it back. Twice is once; nothing is ever changed.

    A refund that was approved out of it is not paid out.

    Raises DealRefused (required, too_long, is_counter_entry, order_closed), gate.NotAllowed, Payment.DoesNotExist.
    """
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    asked = {"payment": payment_id}
    with work.command("command.payment_correct", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        _may_record(actor)
        check_open(order)
        wrong = Payment.objects.get(pk=payment_id)
        if wrong.corrects_id is not None:
            raise DealRefused("is_counter_entry", _("A counter-entry is not taken back: record the payment."))
        if (there := Payment.objects.filter(corrects=wrong).first()) is not None:
            return there
        counter = Payment.objects.create(
            order=order,
            amount=-wrong.amount,
            currency=wrong.currency,
            paid_at=wrong.paid_at,
            document=wrong.document,
            comment=text_given(reason, field="reason", at_most=LINE_AT_MOST),
            corrects=wrong,
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        refused = _refuse_uncovered(order, wrong.currency, actor=actor, now=now)
        money_settle(order, actor=actor, now=now)
        output = {"payment": counter.pk, "corrects": wrong.pk, "refused": refused}
        acted(order, "command.payment_correct", output, inputs=asked, actor=actor, now=now)
        return counter


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
        order = _order_of_money(order_id, actor)
        if kind not in PayoutKind.values:
            listed = ", ".join(PayoutKind.values)
            raise DealRefused("unknown", _("One of these: %(among)s.") % {"among": listed}, field="kind")
        _check_amount(amount, field="amount")
        _check_currency(currency)
        if kind == PayoutKind.REFUND and amount > deal_of(order.pk).held.get(currency, ZERO):
            text = _("More than the client has paid can't be refunded.")
            raise DealRefused("more_than_paid", text, field="amount")
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
    if payout.kind == PayoutKind.REFUND and payout.amount > deal_of(order.pk).held.get(payout.currency, ZERO):
        raise DealRefused("more_than_paid", _("More than the client has paid can't be refunded."))
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
        _may_record(actor)
        payout = Payout.objects.get(pk=payout_id)
        if payout.state == PayoutState.PAID:
            return payout
        if payout.state != PayoutState.APPROVED:
            raise DealRefused("not_approved", _("Only what was approved is paid out."))
        _check_paid_at(paid_at, now=now)
        payout.document = text_given(document, field="document", at_most=DOCUMENT_AT_MOST)
        payout.state, payout.paid_by_id = PayoutState.PAID, gate.person_of(actor)
        payout.paid_at, payout.ended_at = paid_at, now
        payout.save(update_fields=["document", "state", "paid_by", "paid_at", "ended_at"])
        _end_paying_out(order, actor=actor, now=now)
        acted(order, "command.payout_pay", asked, inputs=asked, actor=actor, now=now)
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


def was_inspected(order: Order) -> bool:
    """Also when it is being inspected again: a price of which others know is not changed by one person alone."""
    return StatusEvent.objects.filter(order=order, route="complete_inspection").exists()


def _refuse_uncovered(order: Order, currency: str, *, actor: Actor, now: datetime) -> list[int]:
    """What turned out never to have been paid can't go back: approved refunds end, the newest first, until the rest
    is covered."""
    refused: list[int] = []
    waiting = Payout.objects.filter(
        order=order, kind=PayoutKind.REFUND, currency=currency, state=PayoutState.APPROVED
    )
    for payout in waiting.order_by("-pk"):
        if deal_of(order.pk).held.get(currency, ZERO) >= 0:
            break
        payout.state, payout.ended_at = PayoutState.REFUSED, now
        payout.save(update_fields=["state", "ended_at"])
        refused.append(payout.pk)
    if refused:
        _end_paying_out(order, actor=actor, now=now)
    return refused


def _end_paying_out(order: Order, *, actor: Actor, now: datetime) -> None:
    if not Payout.objects.filter(order=order, state=PayoutState.APPROVED).exists():
        tasks_end(order, kinds=[PAY_OUT], status=TaskStatus.DONE, actor=actor, now=now)


def _order_of_money(order_id: int, actor: Actor) -> Order:
    """The locked order, for its manager, a lead, or whoever records payments."""
    if not actor.may(RECORD):
        return order_to_act(order_id, actor=actor)
    order = lock_order(order_id)
    check_open(order)
    return order


def _may_record(actor: Actor) -> None:
    if actor.user_id is None or not actor.may(RECORD):
        raise gate.NotAllowed(_("Only finance records money."))


def _check_amount(amount: Decimal, *, field: str) -> None:
    texts = {
        "not_positive": _("An amount is more than nothing."),
        "too_large": _("This amount is too large."),
        "too_precise": _("An amount has two decimal places at most."),
    }
    if flaw := amount_flaw(amount):
        raise DealRefused(flaw, texts[flaw], field=field)


def _check_currency(currency: str) -> None:
    if not is_currency(currency):
        text = _("A currency is three letters, such as RUB.")
        raise DealRefused("not_a_currency", text, field="currency")


def _check_paid_at(paid_at: datetime, *, now: datetime) -> None:
    if paid_at > now:
        raise DealRefused("in_future", _("Money can't have moved in the future."), field="paid_at")
    if paid_at < now - BACK_AT_MOST:
        raise DealRefused("too_early", _("This was more than a year ago."), field="paid_at")
