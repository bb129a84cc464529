"""Codes and prices of orders in words."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

MISSING: Mapping[str, object] = {
    "owner": _("a manager"),
    "contact": _("a talk with the seller"),
    "client_decision": _("the client's decision"),
    "time_from_lead": _("more time to think only from a lead"),
    "carrier": _("the carrier"),
    "tracking": _("the tracking number"),
    "promised_date": _("the promised date of delivery"),
    "delivery_date": _("the date of delivery"),
    "task": _("an open task"),
    "verdict": _("the verdict of the inspection"),
    "lead_decision": _("a lead's decision"),
    "status": _("the right status"),
    "reason": _("the reason"),
    "reason_code": _("the reason for cancelling"),
    "inspection": _("an inspection"),
    "price": _("the price"),
    "payment": _("the payment of the agreed price"),
    "seller_date": _("the date agreed with the seller"),
    "proof": _("the proof of delivery"),
    "legal_opinion": _("the opinion of AI-GRC"),
    "approval": _("the approval of a second person"),
    "cancel": _("the order to be cancelled, or another decision of the client"),
    "tracking_check": _("a look where the parcel is"),
    "claim": _("the claim to be settled"),
    "payout": _("the money to be paid out"),
}
"""What a next step waits for, or a route that was refused."""

NUMBERED: Mapping[str, object] = {
    "point": _("the answer to point %(number)s"),
    "file": _("a file at point %(number)s"),
    "follow_up": _("step %(number)s of the follow-up"),
    "blocker": _("what stands in the way to be removed"),
    "approval": _("a decision about what was asked for"),
}
"""What it waits for at a point of the inspection, or of other things: codes as `point:7`."""

NAMED_AT_MOST = 6
POINTS, POINTS_AND_MORE = (
    _("answers to points %(numbers)s"),
    _("answers to points %(numbers)s and %(more)s more"),
)
FILES, FILES_AND_MORE = _("files at points %(numbers)s"), _("files at points %(numbers)s and %(more)s more")

CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


def missing_each(codes: Iterable[str]) -> list[str]:
    """What a next step waits for, code by code; a code without words is shown as it is rather than hidden."""
    return [_missing(code) for code in codes]


def missing_said(codes: Iterable[str]) -> list[str]:
    """The same for people: points of one kind together, as “answers to points 3, 7 and 12 more”."""
    alone: list[str] = []
    points: list[str] = []
    files: list[str] = []
    for code in codes:
        kind, _colon, number = code.partition(":")
        if kind in ("point", "file") and number:
            (points if kind == "point" else files).append(number)
        else:
            alone.append(_missing(code))
    said = [_together(points, "point", POINTS, POINTS_AND_MORE)] if points else []
    said += [_together(files, "file", FILES, FILES_AND_MORE)] if files else []
    return said + alone


def _together(numbers: Sequence[str], kind: str, all_of: object, first_of: object) -> str:
    if len(numbers) == 1:
        return str(NUMBERED[kind]) % {"number": numbers[0]}
    if len(numbers) <= NAMED_AT_MOST:
        return str(all_of) % {"numbers": ", ".join(numbers)}
    rest = len(numbers) - NAMED_AT_MOST
    return str(first_of) % {"numbers": ", ".join(numbers[:NAMED_AT_MOST]), "more": rest}


def _missing(code: str) -> str:
    kind, _colon, number = code.partition(":")
    if kind in NUMBERED and number:
        return str(NUMBERED[kind]) % {"number": number}
    return str(MISSING.get(code, code))


def money(value: Decimal | None, currency: str) -> str:
    """125 000 ₽; kopecks only when there are some."""
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2
    amount = number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{amount} {CURRENCY_SIGNS.get(currency, currency)}".replace(" ", "\u00a0")
