"""Amounts of money: read from people, and said to them."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.formats import number_format

AT_MOST = Decimal("999999999999.99")
"""What a column of money can hold (a limit)."""

KOPECK = Decimal("0.01")
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def money(amount: Decimal, currency: str) -> str:
    """125 000 ₽, 0.50 USD: kopecks only where there are any, grouped as the reader's language does."""
    places = 0 if amount == amount.to_integral_value() else 2
    digits = number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{digits}\N{NO-BREAK SPACE}{SIGNS.get(currency, currency)}"


def amount_flaw(amount: Decimal) -> str | None:
    """Why this can't be an amount that somebody paid: `not_positive`, `too_large`, `too_precise`; None when it can."""
    if not amount.is_finite() or amount <= 0:
        return "not_positive"
    if amount > AT_MOST:
        return "too_large"
    try:
        exact = amount.quantize(KOPECK) == amount
    except InvalidOperation:
        return "too_large"
    return None if exact else "too_precise"


def is_currency(code: str) -> bool:
    """An ISO 4217 code by its form."""
    return _CURRENCY.fullmatch(code) is not None
