"""Payments and the counter-entries that take them back: recorded by named people, and by nobody and nothing else."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

import core.selectors
from core import outbox, work
from core.actors import Actor
from core.models import Importance
from orders import gate
from orders.models import Order, Payment
from orders.selectors.deals import deal_of
from orders.services.acting import LINE_AT_MOST, DealRefused, acted, text_given
from orders.services.money import DOCUMENT_AT_MOST, check_amount, check_currency, check_paid_at, may_record
from orders.services.payouts import money_settle, payouts_refuse_uncovered
from orders.services.supervision import lock_order
from orders.statuses import Status


class PaymentRepeated(DealRefused):
    """The same is recorded already; `equal_to`: the last payment of this amount by this document."""

    def __init__(self, payment: Payment) -> None:
        self.equal_to = payment.pk
        said = {
            "at": formats.date_format(timezone.localtime(payment.at), "SHORT_DATETIME_FORMAT"),
            "by": payment.by,
        }
        text = _("Already recorded on %(at)s by %(by)s. If the client has paid once more, say so.") % said
        super().__init__("recorded_already", text, field="document")


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
    beside: int | None = None,
) -> Payment:
    """Money came in, as this document says. The same amount by the same document is recorded once, unless it is said
    `beside` which payment, the last one of them, this is another one: so a press that comes twice is once all the same.

    Also to an order that is closed: it stays so, and a lead is told. Raises PaymentRepeated, DealRefused (not_positive,
    too_large, too_precise, not_a_currency, in_future, too_early, required, too_long), gate.NotAllowed,
    Order.DoesNotExist.
    """
    with work.command("command.payment_record", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        may_record(actor)
        check_amount(amount, field="amount")
        check_currency(currency)
        check_paid_at(paid_at, now=now)
        document = text_given(document, field="document", at_most=DOCUMENT_AT_MOST)
        equal = Payment.objects.filter(
            order=order, amount=amount, currency=currency, document=document, corrected_by__isnull=True
        )
        same = equal.select_related("by").order_by("-pk").first()
        if same is not None and same.pk != beside:
            raise PaymentRepeated(same)
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
        _acted(order, "command.payment_record", {"payment": payment.pk}, actor=actor, now=now)
        _tell_paid(order, payment, actor=actor, now=now)
        if order.closed_at is not None:
            _tell_lead(order, payment, now=now)
        return payment


def _tell_paid(order: Order, payment: Payment, *, actor: Actor, now: datetime) -> None:
    """The owner waits for nothing else: with the whole price there the order is theirs again."""
    owner_id = order.assigned_manager_id
    if owner_id is None or owner_id == actor.user_id:
        return
    if order.status != Status.AWAITING_PAYMENT or not deal_of(order.pk).is_paid:
        return
    message = outbox.Outgoing(
        template="paid",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"paid:{payment.pk}",
        person_id=owner_id,
        order_id=order.pk,
        thread=f"order:{order.pk}:deal:{owner_id}",
    )
    outbox.post([message], now=now)


def payment_correct(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> Payment:
    """A payment was recorded wrongly: a counter-entry takes it back. Twice is once; nothing is ever changed.

    A refund that was approved out of it is not paid out.

    Raises DealRefused (required, too_long, is_counter_entry), gate.NotAllowed, Payment.DoesNotExist.
    """
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    asked = {"payment": payment_id}
    with work.command("command.payment_correct", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        may_record(actor)
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
        refused = payouts_refuse_uncovered(order, wrong.currency, actor=actor, now=now)
        money_settle(order, actor=actor, now=now)
        output = {"payment": counter.pk, "corrects": wrong.pk, "refused": refused}
        _acted(order, "command.payment_correct", output, inputs=asked, actor=actor, now=now)
        return counter


def _acted(
    order: Order, kind: str, output: dict[str, Any], *, actor: Actor, now: datetime, **more: Any
) -> None:
    """A closed order does not move."""
    acted(order, kind, output, actor=actor, now=now, moves=order.closed_at is None, **more)


def _tell_lead(order: Order, payment: Payment, *, now: datetime) -> None:
    """AI-РОП looks at closed orders no more: without a word nobody would see that money came."""
    leads = core.selectors.leads_above(order.assigned_manager_id, at=now)
    told = [
        outbox.Outgoing(
            template="payment_late",
            importance=Importance.ASSIGNMENT,
            dedup_key=f"payment_late:{payment.pk}",
            person_id=lead,
            order_id=order.pk,
            context={"payment": payment.pk},
        )
        for lead in leads[:1]
    ]
    outbox.post(told, now=now)
