"""The price that is agreed on: its manager's until an inspection was completed, then a second person's too."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from core import work
from core.actors import Actor
from orders import gate
from orders.models import Approval, ApprovalAction, Order, PriceChange, StatusEvent
from orders.services.acting import LINE_AT_MOST, DealRefused, acted, order_to_act, text_given
from orders.services.approvals import approval_open
from orders.services.money import check_amount, check_currency
from orders.statuses import FINAL


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
        check_amount(price, field="price")
        check_currency(currency)
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


def was_inspected(order: Order) -> bool:
    """Also when it is being inspected again: a price of which others know is not changed by one person alone."""
    if order.status_sequence == 1:
        # It has not moved since it came in.
        return False
    return StatusEvent.objects.filter(order=order, route="complete_inspection").exists()
