"""Whatever is sent to the doors of a deal: an answer below 500 that names the field, and nothing written."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from core.models import Entry
from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Logistics,
    Opinion,
    Payment,
    Payout,
    PriceChange,
    TrackingCheck,
)
from tests.api.client import Caller, agent, person, problem
from tests.api.doors import ROWS
from tests.stories.company import Company
from tests.stories.dealing import finance

FACTS = (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Logistics,
    Opinion,
    Payment,
    Payout,
    PriceChange,
    TrackingCheck,
)

PAYMENT = {"amount": "1.00", "currency": "RUB", "paid_at": "2026-03-02T12:00:00+03:00", "document": "1"}
PRICE = {"price": "1.00", "currency": "RUB", "reason": "why"}
PAYOUT = {"kind": "refund", "amount": "1.00", "currency": "RUB", "reason": "why"}
PAY = {"document": "1", "paid_at": "2026-03-02T12:00:00+03:00"}
BLOCKER = {"kind": "papers", "text": "x", "owner": 1, "due_at": "2026-03-03T12:00:00Z"}
PASS = {"owner": 1, "due_at": "2026-03-03T12:00:00Z", "reason": "why"}
APPROVAL = {"route": "reinspect", "reason": "why"}
DECISION = {"answer": "approve", "hash": "a" * 64}
CLAIM = {"kind": "other", "text": "x"}
SETTLE = {"outcome": "unfounded", "resolution": "x"}
OPINION = {"verdict": "grounds", "text": "x"}

ORDER = "orders/R-1/"
BODIES: dict[str, dict[str, Any]] = {
    ORDER + "client-decision/": {"decision": "confirmed"},
    ORDER + "price/": PRICE,
    ORDER + "payments/": PAYMENT,
    "payments/1/correct/": {"reason": "why"},
    ORDER + "payouts/": PAYOUT,
    "payouts/1/pay/": PAY,
    ORDER + "logistics/": {"carrier": "CDEK"},
    ORDER + "tracking/": {"state": "moving"},
    ORDER + "blockers/": BLOCKER,
    "blockers/1/resolve/": {"resolution": "x"},
    "blockers/1/pass/": PASS,
    ORDER + "approvals/": APPROVAL,
    "approvals/1/decide/": DECISION,
    "approvals/1/withdraw/": {},
    ORDER + "claims/": CLAIM,
    "claims/1/settle/": SETTLE,
    ORDER + "opinions/": OPINION,
}
"""A body for each door that is right in itself; nothing that it speaks of is there."""


@pytest.fixture
def fyodor(company: Company) -> Caller:
    """Finance, with every scope that a person may have."""
    return person(company, finance(company))


@pytest.fixture
def grc(company: Company) -> Caller:
    return agent(company, "ai_grc", "opinions:write")


def caller_of(path: str, fyodor: Caller, grc: Caller) -> Caller:
    return grc if path.endswith("opinions/") else fyodor


@pytest.fixture(autouse=True)
def _nothing_is_written(fyodor: Caller, grc: Caller) -> Iterator[None]:
    before = Entry.objects.count()
    yield
    assert Entry.objects.count() == before
    assert [model.__name__ for model in FACTS if model.objects.exists()] == []


@pytest.mark.parametrize("path", BODIES)
def test_what_is_not_there_is_not_found(path: str, fyodor: Caller, grc: Caller) -> None:
    given = BODIES[path]

    assert problem(caller_of(path, fyodor, grc).post(path, given))[:2] == (404, "not_found")
    huge = re.sub(r"(R-|/)1/", r"\g<1>999999999999999999/", path)
    assert problem(caller_of(path, fyodor, grc).post(huge, given))[:2] == (404, "not_found")
    assert problem(fyodor.post(path.replace("1/", "0/"), given))[:2] == (404, "no_such_address")


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b'{"a": NaN}', 400, "malformed"),
        (b'{"a": 1e400}', 400, "malformed"),
        (b'{"a": "\\u0000"}', 400, "malformed"),
        (b'{"a": "\\ud800"}', 400, "malformed"),
        (b'{"a": 1, "a": 2}', 400, "malformed"),
        (b'{"a": ' + b"[" * 1000 + b"]" * 1000 + b"}", 400, "malformed"),
        (b"[]", 400, "invalid"),
        (b'{"status": "delivered"}', 400, "invalid"),
        (b'{"a": "' + b"x" * 10 * 1024 * 1024 + b'"}', 413, "too_large"),
    ],
    ids=["half", "nan", "1e400", "nul", "surrogate", "twice", "deep", "list", "unknown", "large"],
)
def test_bodies_that_can_not_be_read_are_refused_at_every_door(
    path: str, raw: bytes, status: int, code: str, fyodor: Caller, grc: Caller
) -> None:
    assert problem(caller_of(path, fyodor, grc).post(path, raw))[:2] == (status, code)


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, given in BODIES.items() for name in given])
def test_a_field_that_is_missing_null_or_of_another_kind_is_named(
    path: str, name: str, fyodor: Caller, grc: Caller
) -> None:
    caller, given = caller_of(path, fyodor, grc), BODIES[path]

    for wrong in (None, {}, [given[name]], True):
        status, code, errors = problem(caller.post(path, {**given, name: wrong}))
        assert (status, code, [field for field, _code in errors]) == (400, "invalid", [name]), wrong
    if name != "carrier":
        without = {other: value for other, value in given.items() if other != name}
        assert problem(caller.post(path, without)) == (400, "invalid", [(name, "required")])


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (ORDER + "payments/", "amount"),
        (ORDER + "payouts/", "amount"),
        (ORDER + "price/", "price"),
        (ORDER + "logistics/", "cost"),
    ],
)
@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (125000, "not_a_text"),
        (0.1, "not_a_text"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("1e400", "not_a_number"),
        ("1e3", "not_a_number"),
        ("1,5", "not_a_number"),
        ("125 000", "not_a_number"),
        ("１２", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1.", "not_a_number"),
        ("", "not_a_number"),
        ("9" * 5000, "not_a_number"),
        ("-0.01", "min_value"),
        ("-125000.00", "min_value"),
        ("0.001", "max_decimal_places"),
        ("125000.005", "max_decimal_places"),
        ("1000000000000", "max_value"),
        ("9" * 400, "max_value"),
    ],
)
def test_an_amount_that_is_none_is_refused(
    fyodor: Caller, path: str, field: str, amount: Any, code: str
) -> None:
    response = fyodor.post(path, {**BODIES[path], field: amount})

    assert problem(response) == (400, "invalid", [(field, code)])


FIELDS: list[tuple[str, dict[str, Any], str, str]] = [
    (ORDER + "payments/", {"currency": "rub"}, "currency", "not_a_currency"),
    (ORDER + "payments/", {"currency": "РУБ"}, "currency", "not_a_currency"),
    (ORDER + "payments/", {"currency": "RUBLE"}, "currency", "not_a_currency"),
    (ORDER + "payments/", {"currency": ""}, "currency", "not_a_currency"),
    (ORDER + "payments/", {"paid_at": "2026-03-02T12:00:00"}, "paid_at", "no_zone"),
    (ORDER + "payments/", {"paid_at": "2026-03-02"}, "paid_at", "not_a_moment"),
    (ORDER + "payments/", {"paid_at": "9999-12-31T23:59:59Z"}, "paid_at", "too_late"),
    (ORDER + "payments/", {"paid_at": "0001-01-01T00:00:00Z"}, "paid_at", "too_early"),
    (ORDER + "payments/", {"paid_at": 1772366400}, "paid_at", "not_a_moment"),
    (ORDER + "payments/", {"document": " \u200b"}, "document", "blank"),
    (ORDER + "payments/", {"document": "x" * 101}, "document", "max_length"),
    (ORDER + "payments/", {"document": "a\nb"}, "document", "control_character"),
    (ORDER + "payments/", {"comment": "x" * 100 * 1024}, "comment", "max_length"),
    (ORDER + "payments/", {"corrects": 1}, "corrects", "unknown"),
    (ORDER + "payments/", {"by": 1}, "by", "unknown"),
    (ORDER + "price/", {"reason": "x" * 1001}, "reason", "max_length"),
    (ORDER + "price/", {"version": "1"}, "version", "not_an_integer"),
    (ORDER + "payouts/", {"kind": "gift"}, "kind", "unknown_choice"),
    (ORDER + "payouts/", {"state": "approved"}, "state", "unknown"),
    ("payouts/1/pay/", {"amount": "2.00"}, "amount", "unknown"),
    ("payouts/1/pay/", {"paid_at": "2026-03-02T12:00:00"}, "paid_at", "no_zone"),
    (ORDER + "client-decision/", {"decision": "maybe"}, "decision", "unknown_choice"),
    (ORDER + "client-decision/", {"decision": "thinks", "until": "tomorrow"}, "until", "not_a_moment"),
    (ORDER + "client-decision/", {"until": "9999-12-31T23:59:59Z"}, "until", "too_late"),
    (ORDER + "client-decision/", {"until": None}, "until", "null"),
    (ORDER + "client-decision/", {"reason_code": "weather"}, "reason_code", "unknown_choice"),
    (ORDER + "client-decision/", {"channel": "pigeon"}, "channel", "unknown_choice"),
    (ORDER + "client-decision/", {"text": "x" * 2001}, "text", "max_length"),
    (ORDER + "logistics/", {"seller_date": "2026-02-30"}, "seller_date", "not_a_day"),
    (ORDER + "logistics/", {"seller_date": "2026-03-05T12:00:00Z"}, "seller_date", "not_a_day"),
    (ORDER + "logistics/", {"seller_date": "05.03.2026"}, "seller_date", "not_a_day"),
    (ORDER + "logistics/", {"promised_date": "10000-01-01"}, "promised_date", "not_a_day"),
    (ORDER + "logistics/", {"promised_date": "٢٠٢٦-٠٣-٠٥"}, "promised_date", "not_a_day"),
    (ORDER + "logistics/", {"promised_date": 20260305}, "promised_date", "not_a_day"),
    (ORDER + "logistics/", {"carrier": ""}, "carrier", "blank"),
    (ORDER + "logistics/", {"tracking": "x" * 101}, "tracking", "max_length"),
    (ORDER + "logistics/", {"tracking": "a\x1bb"}, "tracking", "control_character"),
    (ORDER + "logistics/", {"delivered_at": "2026-03-05"}, "delivered_at", "not_a_moment"),
    (ORDER + "logistics/", {"delivered_at": "2026-03-05T12:00:00"}, "delivered_at", "no_zone"),
    (ORDER + "logistics/", {"shipment": 2}, "shipment", "unknown"),
    (ORDER + "tracking/", {"state": "teleported"}, "state", "unknown_choice"),
    (ORDER + "tracking/", {"text": "x" * 1001}, "text", "max_length"),
    (ORDER + "blockers/", {"kind": "weather"}, "kind", "unknown_choice"),
    (ORDER + "blockers/", {"owner": "1"}, "owner", "not_an_integer"),
    (ORDER + "blockers/", {"owner": -1}, "owner", "out_of_range"),
    (ORDER + "blockers/", {"owner": 2**63}, "owner", "out_of_range"),
    (ORDER + "blockers/", {"due_at": "2026-03-03T12:00:00"}, "due_at", "no_zone"),
    (ORDER + "blockers/", {"text": " "}, "text", "blank"),
    ("blockers/1/resolve/", {"resolution": "\u3164"}, "resolution", "blank"),
    ("blockers/1/pass/", {"due_at": "2026-03-03"}, "due_at", "not_a_moment"),
    (ORDER + "approvals/", {"route": "teleport"}, "route", "unknown_choice"),
    (ORDER + "approvals/", {"route": "cancel", "reason_code": "x"}, "reason_code", "unknown_choice"),
    (ORDER + "approvals/", {"reason": "x" * 1001}, "reason", "max_length"),
    ("approvals/1/decide/", {"answer": "maybe"}, "answer", "unknown_choice"),
    ("approvals/1/decide/", {"hash": "a" * 65}, "hash", "max_length"),
    ("approvals/1/decide/", {"reason": "x" * 1001}, "reason", "max_length"),
    ("approvals/1/decide/", {"decided_by": 1}, "decided_by", "unknown"),
    (ORDER + "claims/", {"kind": "fun"}, "kind", "unknown_choice"),
    (ORDER + "claims/", {"text": "x" * 2001}, "text", "max_length"),
    ("claims/1/settle/", {"outcome": "gift"}, "outcome", "unknown_choice"),
    (ORDER + "opinions/", {"verdict": "guilty"}, "verdict", "unknown_choice"),
    (ORDER + "opinions/", {"text": "x" * 5001}, "text", "max_length"),
]


@pytest.mark.parametrize(("path", "change", "field", "code"), FIELDS)
def test_a_field_that_is_wrong_is_named_with_a_stable_code(
    fyodor: Caller, grc: Caller, path: str, change: dict[str, Any], field: str, code: str
) -> None:
    response = caller_of(path, fyodor, grc).post(path, {**BODIES[path], **change})

    assert problem(response) == (400, "invalid", [(field, code)])


def test_every_post_of_a_deal_is_tried_with_bad_bodies() -> None:
    """A new door has to be added to the bodies above."""
    tried = {re.sub(r"(R-1|(?<=/)1)/", "*/", path) for path in BODIES}
    doors = {
        re.sub(r"<[^>]+>", "*", row.pattern)
        for row in ROWS
        if row.method == "POST" and DEAL.search(row.pattern)
    }

    assert tried == doors


DEAL = re.compile(
    "client-decision|price|payments|payouts|logistics|tracking|blockers|approvals|claims|opinions"
)
