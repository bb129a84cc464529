"""Amounts of money as values."""

import re
from decimal import Decimal, InvalidOperation

AT_MOST = Decimal("999999999999.99")
"""What a column of money can hold (a limit)."""

KOPECK = Decimal("0.01")

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


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
