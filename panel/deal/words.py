"""What exactly a yes brings besides what was asked for, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.approval_words import sums
from orders.models import Approval, ApprovalAction, Order
from orders.selectors.deals import ZERO, Deal
from orders.statuses import CALLED_OFF, CancelReason, Status
from orders.words import money


def consequences(approval: Approval, order: Order, deal: Deal) -> list[str]:
    """What a yes brings besides, as the order stands now."""
    return list(CONSEQUENCES[ApprovalAction(approval.action)](approval, order, deal))


# ── steps at risk ──


def _after_route(approval: Approval, order: Order, deal: Deal) -> Iterator[str]:
    code = approval.payload.get("reason_code", "")
    if code in CancelReason.values:
        yield _("Reason: %(reason)s.") % {"reason": CancelReason(code).label}
    if approval.payload["to"] in CALLED_OFF:
        yield _("The deal is off; it can't be taken up again.")
        if held := sums(deal.held):
            yield _("The client's %(held)s stay here until a lead decides what becomes of them.") % {
                "held": held
            }
    elif approval.payload["to"] == Status.UNDER_INSPECTION:
        yield _("The inspection begins anew, and the client is asked again afterwards.")
    elif approval.payload["to"] == Status.READY_FOR_SHIPMENT:
        yield _("The shipment comes back: carrier, number and dates are recorded anew for the next one.")


# ── money ──


def _after_price(approval: Approval, order: Order, deal: Deal) -> Iterator[str]:
    price, currency = Decimal(approval.payload["price"]), approval.payload["currency"]
    paid = deal.held.get(currency, ZERO)
    said = {"paid": money(paid, currency), "rest": money(abs(price - paid), currency)}
    if not paid:
        yield _("Nothing is paid in this currency yet.")
    elif paid < price:
        yield _("%(paid)s are paid; %(rest)s will be left to pay.") % said
    elif paid == price:
        yield _("%(paid)s are paid: exactly this price.") % said
    else:
        yield _("%(paid)s are paid: %(rest)s more than this price.") % said


def _after_refund(approval: Approval, order: Order, deal: Deal) -> Iterator[str]:
    currency = approval.payload["currency"]
    held = deal.held.get(currency, ZERO)
    said = {
        "held": money(held, currency),
        "rest": money(held - Decimal(approval.payload["amount"]), currency),
    }
    yield _("Of the client's money %(held)s are here; %(rest)s will be left.") % said
    yield _("Finance gets the task to pay it out.")


def _after_compensation(approval: Approval, order: Order, deal: Deal) -> Iterator[str]:
    yield _("It is paid out of our own money, besides what the client has paid.")
    yield _("Finance gets the task to pay it out.")


def _after_keeping(approval: Approval, order: Order, deal: Deal) -> Iterator[str]:
    yield _("Nothing of it goes back to the client, and nothing more has to be decided about it.")


CONSEQUENCES: Mapping[ApprovalAction, Callable[[Approval, Order, Deal], Iterator[str]]] = {
    ApprovalAction.ROUTE: _after_route,
    ApprovalAction.PRICE: _after_price,
    ApprovalAction.REFUND: _after_refund,
    ApprovalAction.COMPENSATION: _after_compensation,
    ApprovalAction.KEEP: _after_keeping,
}
