"""Codes and prices of orders in words."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

MISSING: Mapping[str, object] = {
    "owner": _("a manager"),
    "contact": _("a talk with the seller"),
    "client_decision": _("the client's decision"),
    "carrier": _("the carrier"),
    "tracking": _("the tracking number"),
    "promised_date": _("the promised date of delivery"),
    "delivery_date": _("the date of delivery"),
    "task": _("an open task"),
}
"""What a next step waits for."""

CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


def said(codes: Iterable[str], names: Mapping[str, object]) -> list[str]:
    """Codes in words; a code without words is shown as it is rather than hidden."""
    return [str(names.get(code, code)) for code in codes]


def money(value: Decimal | None, currency: str) -> str:
    """125 000 ₽; kopecks only when there are some."""
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2
    amount = number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{amount} {CURRENCY_SIGNS.get(currency, currency)}".replace(" ", "\u00a0")
