"""What a second person is asked for, in words: the same on every page, in the chat and in the history."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.gate import ROUTE_LABELS
from orders.models import Approval, ApprovalAction
from orders.statuses import Status
from orders.words import money


def sums(amounts: Mapping[str, Decimal]) -> str:
    """125 000 ₽, 200 $; "" when there is nothing."""
    return ", ".join(money(amount, currency) for currency, amount in sorted(amounts.items()) if amount)


def asked_for(approval: Approval) -> str:
    """In a few words: “Cancel the order”, “Price: from 125 000 ₽ to 118 000 ₽”, “Refund to the client: 5 000 ₽”."""
    return ASKED_FOR[ApprovalAction(approval.action)](approval)


def headline(approval: Approval) -> str:
    """The same for whoever decides: of a step also from where to where it leads."""
    if approval.action != ApprovalAction.ROUTE:
        return asked_for(approval)
    said = {
        "step": asked_for(approval),
        "from": Status(approval.payload["from"]).label,
        "to": Status(approval.payload["to"]).label,
    }
    return _("%(step)s: from “%(from)s” to “%(to)s”") % said


def _route(approval: Approval) -> str:
    return str(ROUTE_LABELS.get(approval.route, approval.route))


def _price(approval: Approval) -> str:
    payload = approval.payload
    after = money(Decimal(payload["price"]), payload["currency"])
    if payload["before"] is None or Decimal(payload["before"]) == 0:
        return _("Price: %(after)s, where none was agreed on") % {"after": after}
    before = money(Decimal(payload["before"]), payload["currency_before"])
    return _("Price: from %(before)s to %(after)s") % {"before": before, "after": after}


def _refund(approval: Approval) -> str:
    return _("Refund to the client: %(amount)s") % {"amount": _amount(approval)}


def _compensation(approval: Approval) -> str:
    return _("Compensation to the client: %(amount)s") % {"amount": _amount(approval)}


def _keep(approval: Approval) -> str:
    held = {currency: Decimal(amount) for currency, amount in approval.payload["held"].items()}
    return _("The client's money stays with us: %(held)s") % {"held": sums(held)}


def _amount(approval: Approval) -> str:
    return money(Decimal(approval.payload["amount"]), approval.payload["currency"])


ASKED_FOR: Mapping[ApprovalAction, Callable[[Approval], str]] = {
    ApprovalAction.ROUTE: _route,
    ApprovalAction.PRICE: _price,
    ApprovalAction.REFUND: _refund,
    ApprovalAction.COMPENSATION: _compensation,
    ApprovalAction.KEEP: _keep,
}
