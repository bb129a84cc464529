"""What an order has to look like when it comes in, whatever the door: API, import, form."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from core.policies import values
from core.policies.flaws import BadValue, Flaw, unknown_fields

LENGTHS: Mapping[str, int] = {
    "external_id": 100,
    "client_name": 200,
    "client_contact": 200,
    "item": 500,
    "seller_name": 200,
    "seller_contact": 200,
    "comment": 10_000,
}
"""As the model's; a test compares."""

REQUIRED = ("external_id", "client_name", "item")
NULLABLE = frozenset({"price", "ordered_at"})
SEVERITIES = frozenset({"normal", "high", "critical"})
BATCH_AT_MOST = 1000
"""How many orders one request may bring (a limit)."""

Reader = Callable[[object], Any]

_READERS: Mapping[str, Reader] = {
    **{name: partial(values.line, most=most) for name, most in LENGTHS.items()},
    "comment": partial(values.lines, most=LENGTHS["comment"]),
    "price": values.price,
    "currency": values.currency,
    "severity": partial(values.choice, among=SEVERITIES),
}

FIELDS = frozenset({*_READERS, "ordered_at"})


def read_order(given: object, *, now: datetime) -> tuple[dict[str, Any], list[Flaw]]:
    """The values of one order, and everything that is wrong with it. With a flaw the values are of no use."""
    if not isinstance(given, dict):
        return {}, [Flaw("", "not_an_object")]
    values_read: dict[str, Any] = {}
    flaws = unknown_fields(given, FIELDS)
    flaws += [Flaw(name, "required") for name in REQUIRED if name not in given]
    for name, value in given.items():
        if name not in FIELDS:
            continue
        if value is None:
            if name not in NULLABLE:
                flaws.append(Flaw(name, "null"))
            continue
        try:
            values_read[name] = _read(name, value, now)
        except BadValue as bad:
            flaws.append(Flaw(name, bad.code, bad.params))
    flaws += [Flaw(name, "blank") for name in REQUIRED if values_read.get(name) == ""]
    return values_read, flaws


def _read(name: str, value: object, now: datetime) -> Any:
    reader = _READERS.get(name)
    return reader(value) if reader else values.past_moment(value, now=now)


def repeated(external_ids: list[object]) -> dict[int, int]:
    """Of the rows of one batch: which repeats the external id of which earlier one, by position."""
    first: dict[object, int] = {}
    found: dict[int, int] = {}
    for position, external_id in enumerate(external_ids):
        if external_id in first:
            found[position] = first[external_id]
        else:
            first[external_id] = position
    return found
