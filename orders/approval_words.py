"""What somebody asks for, in one sentence: the same for whoever decides on a page and for whoever reads it by REST."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from orders import gate
from orders.models import Approval, ApprovalAction
from orders.statuses import Status
from orders.words import money

NOTHING = Decimal(0)


def sums(amounts: Mapping[str, Decimal]) -> str:
    """125 000 ₽, 200 $; "" when there is nothing."""
    return ", ".join(money(amount, currency) for currency, amount in sorted(amounts.items()) if amount)


def headline(approval: Approval) -> str:
    """What happens, in one line."""
    return HEADLINES[ApprovalAction(approval.action)](approval)


def held_of(approval: Approval) -> str:
    """What stays, of a request that the client's money stays."""
    return sums({currency: Decimal(amount) for currency, amount in approval.payload["held"].items()})


def _route(approval: Approval) -> str:
    said = {
        "step": gate.ROUTE_LABELS.get(approval.route, approval.route),
        "from": Status(approval.payload["from"]).label,
        "to": Status(approval.payload["to"]).label,
    }
    return _("%(step)s: from “%(from)s” to “%(to)s”") % said


def _price(approval: Approval) -> str:
    payload = approval.payload
    after = money(Decimal(payload["price"]), payload["currency"])
    if payload["before"] is None or Decimal(payload["before"]) == NOTHING:
        return _("Price: %(after)s, where none was agreed on") % {"after": after}
    before = money(Decimal(payload["before"]), payload["currency_before"])
    return _("Price: from %(before)s to %(after)s") % {"before": before, "after": after}


def _refund(approval: Approval) -> str:
    return _("Refund to the client: %(amount)s") % {"amount": _amount(approval)}


def _compensation(approval: Approval) -> str:
    return _("Compensation to the client: %(amount)s") % {"amount": _amount(approval)}


def _keep(approval: Approval) -> str:
    return _("The client's money stays with us: %(held)s") % {"held": held_of(approval)}


def _amount(approval: Approval) -> str:
    return money(Decimal(approval.payload["amount"]), approval.payload["currency"])


HEADLINES: Mapping[ApprovalAction, Callable[[Approval], str]] = {
    ApprovalAction.ROUTE: _route,
    ApprovalAction.PRICE: _price,
    ApprovalAction.REFUND: _refund,
    ApprovalAction.COMPENSATION: _compensation,
    ApprovalAction.KEEP: _keep,
}
