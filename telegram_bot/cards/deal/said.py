"""What the card of a deal says, in the reader's language."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.approval_words import headline
from orders.gate import ROUTE_LABELS
from orders.models import (
    Approval,
    ApprovalAction,
    Blocker,
    ClientDecision,
    ClientSaid,
    Logistics,
    Order,
)
from orders.selectors.deals import Deal, today
from orders.words import money
from rop import words
from telegram_bot.policies.text import clean, shorten

SHORT = 60


def short(text: str, most: int = SHORT) -> str:
    return shorten(clean(text), most)


def day(on: date, *, now: datetime) -> str:
    """today, tomorrow, yesterday, 12 Dec, 12 Dec 2027."""
    here = today(now)
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if (named := near.get((on - here).days)) is not None:
        return named
    plain = f"{on.day} {MONTHS_3[on.month]}"
    return plain if on.year == here.year else f"{plain} {on.year}"


def day_button(on: date, *, now: datetime) -> str:
    """The name of a near day goes with its date: whoever presses it tomorrow sees what they press."""
    here = today(now)
    date_said = f"{on.day} {MONTHS_3[on.month]}"
    named = day(on, now=now) if abs(on - here) <= timedelta(days=1) else ""
    return _capital(f"{named}, {date_said}" if named else date_said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def choice(label: object) -> str:
    """A choice, for a button."""
    return short(_capital(str(label)), 30)


def last_decision(order: Order, deal: Deal) -> ClientDecision | None:
    return ClientDecision.objects.filter(pk=deal.decision_id).first() if deal.decision_id else None


def declined_because(said: ClientDecision) -> str:
    return clean(said.text) if said.text else str(said.get_reason_code_display())


def cancel_reason(order: Order, deal: Deal) -> str:
    """Why the order is cancelled, as whoever reads its history needs it."""
    last = last_decision(order, deal)
    if last is not None and last.decision == ClientSaid.DECLINED:
        return shorten(_("The client declined: %(why)s") % {"why": declined_because(last)}, 1000)
    return _("The client never decided")


def paid(deal: Deal) -> str:
    if deal.price is None:
        return ""
    has = {"paid": money(deal.paid, deal.currency), "price": money(deal.price, deal.currency)}
    return _("Paid %(paid)s of %(price)s") % has


def shipment(known: Logistics | None) -> str:
    """The carrier and the number, as far as they are known."""
    if known is None:
        return ""
    return " · ".join(clean(part) for part in (known.carrier, known.tracking) if part)


def blocker(one: Blocker) -> str:
    """the carrier: the van broke down"""
    return f"{one.get_kind_display()}: {shorten(clean(one.text), 300)}"


def approval(one: Approval) -> str:
    """What exactly is asked for: “Cancel the order”, “The price: 120 000 ₽”, “A refund: 5 000 ₽”."""
    payload = one.payload
    if one.action == ApprovalAction.ROUTE:
        return words.word(one.route, ROUTE_LABELS)
    if one.action == ApprovalAction.PRICE:
        return _("The price: %(price)s") % {"price": _amount(payload, "price")}
    if one.action == ApprovalAction.KEEP:
        return headline(one)
    what = pgettext("payout", "A refund") if one.action == ApprovalAction.REFUND else _("A compensation")
    return f"{what}: {_amount(payload, 'amount')}"


def _amount(payload: dict[str, object], name: str) -> str:
    return money(Decimal(str(payload.get(name, 0))), str(payload.get("currency", "")))


def route_told(name: str, order: Order) -> str:
    ref = {"ref": order.ref}
    told = {
        "release_to_ship": _("%(ref)s is released for shipment."),
        "ship": _("%(ref)s is shipped."),
        "deliver": _("%(ref)s is delivered."),
    }
    return told[name] % ref
