"""What the commands about money share: who records it, what an amount, a currency, a moment of it may be."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from core.actors import Actor
from orders import gate
from orders.policies.amounts import amount_flaw, is_currency
from orders.services.acting import DealRefused

RECORD = "orders.record_payment"
DOCUMENT_AT_MOST = 100
BACK_AT_MOST = timedelta(days=366)
"""How long ago a payment may have been made that is recorded now (a limit): whoever mistypes a year is told."""


def may_record(actor: Actor) -> None:
    """Raises gate.NotAllowed."""
    if actor.user_id is None or not actor.may(RECORD):
        raise gate.NotAllowed(_("Only finance records money."))


def check_amount(amount: Decimal, *, field: str) -> None:
    """Raises DealRefused (not_positive, too_large, too_precise)."""
    texts = {
        "not_positive": _("An amount is more than nothing."),
        "too_large": _("This amount is too large."),
        "too_precise": _("An amount has two decimal places at most."),
    }
    if flaw := amount_flaw(amount):
        raise DealRefused(flaw, texts[flaw], field=field)


def check_currency(currency: str, *, field: str = "currency") -> None:
    """Raises DealRefused (not_a_currency)."""
    if not is_currency(currency):
        text = _("A currency is three letters, such as RUB.")
        raise DealRefused("not_a_currency", text, field=field)


def check_paid_at(paid_at: datetime, *, now: datetime) -> None:
    """Raises DealRefused (in_future, too_early)."""
    if paid_at > now:
        raise DealRefused("in_future", _("Money can't have moved in the future."), field="paid_at")
    if paid_at < now - BACK_AT_MOST:
        raise DealRefused("too_early", _("This was more than a year ago."), field="paid_at")
