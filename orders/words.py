"""Codes of orders in words."""

from collections.abc import Iterable, Mapping

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


def said(codes: Iterable[str], names: Mapping[str, object]) -> list[str]:
    """Codes in words; a code without words is shown as it is rather than hidden."""
    return [str(names.get(code, code)) for code in codes]
