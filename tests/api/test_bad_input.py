"""Whatever is sent: an answer below 500 that names what is wrong, and nothing written."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Entry, IdempotencyRecord
from core.policies.strict_json import BadJson, loads
from orders.models import Order
from orders.policies.intake import LENGTHS
from tests.api.client import NEW_ORDER, Caller, person, problem
from tests.stories.company import Company

KILOBYTE = 1024


def written() -> tuple[int, int, int]:
    return (
        Order.objects.count(),
        Entry.objects.exclude(kind="command.key_issue").count(),
        IdempotencyRecord.objects.count(),
    )


FIELDS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    # Missing, unknown, mistyped, null, blank.
    ({"external_id": ...}, [("external_id", "required")]),
    ({"client_name": ..., "item": ...}, [("client_name", "required"), ("item", "required")]),
    ({"status": "delivered"}, [("status", "unknown")]),
    ({"owner": 1, "next_action": "close"}, [("next_action", "unknown"), ("owner", "unknown")]),
    ({"external_id": 5}, [("external_id", "not_a_text")]),
    ({"client_name": ["Ivan"]}, [("client_name", "not_a_text")]),
    ({"item": {"name": "Camera"}}, [("item", "not_a_text")]),
    ({"item": True}, [("item", "not_a_text")]),
    ({"client_name": None}, [("client_name", "null")]),
    ({"comment": None}, [("comment", "null")]),
    ({"currency": None}, [("currency", "null")]),
    ({"item": "  "}, [("item", "blank")]),
    ({"item": "\u200b\u2060\ufeff"}, [("item", "blank")]),
    ({"external_id": "\u3164"}, [("external_id", "blank")]),
    ({"client_name": "\ufe0f\u0301 \U0010ffff"}, [("client_name", "blank")]),
    # Too long, unkeepable.
    ({"client_name": "я" * 201}, [("client_name", "max_length")]),
    ({"external_id": "x" * 101}, [("external_id", "max_length")]),
    ({"comment": "x" * 100 * KILOBYTE}, [("comment", "max_length")]),
    ({"client_name": "Ivan\nIvanov"}, [("client_name", "control_character")]),
    ({"item": "Cam\x1bera"}, [("item", "control_character")]),
    ({"item": "Cam\x85era"}, [("item", "control_character")]),
    ({"comment": "line\x07"}, [("comment", "control_character")]),
    # Prices.
    ({"price": "-0.01"}, [("price", "min_value")]),
    ({"price": -1}, [("price", "min_value")]),
    ({"price": "1000000000000"}, [("price", "max_value")]),
    ({"price": 1e300}, [("price", "max_value")]),
    ({"price": "0.001"}, [("price", "max_decimal_places")]),
    ({"price": 0.1234}, [("price", "max_decimal_places")]),
    ({"price": True}, [("price", "not_a_number")]),
    ({"price": "many"}, [("price", "not_a_number")]),
    ({"price": ""}, [("price", "not_a_number")]),
    ({"price": "NaN"}, [("price", "not_a_number")]),
    ({"price": "1e3"}, [("price", "not_a_number")]),
    ({"price": "1,5"}, [("price", "not_a_number")]),
    ({"price": "１２"}, [("price", "not_a_number")]),
    ({"price": [1]}, [("price", "not_a_number")]),
    ({"price": "9" * 5000}, [("price", "not_a_number")]),
    ({"currency": "rub"}, [("currency", "not_a_currency")]),
    ({"currency": "RUBLE"}, [("currency", "not_a_currency")]),
    ({"currency": "РУБ"}, [("currency", "not_a_currency")]),
    ({"currency": 643}, [("currency", "not_a_currency")]),
    ({"severity": "urgent"}, [("severity", "unknown_choice")]),
    ({"severity": ["high"]}, [("severity", "unknown_choice")]),
    # Moments.
    ({"ordered_at": "2026-03-01T12:00:00"}, [("ordered_at", "no_zone")]),
    ({"ordered_at": "1999-12-31T23:59:59Z"}, [("ordered_at", "too_early")]),
    ({"ordered_at": "2026-03-03T12:00:01+03:00"}, [("ordered_at", "too_late")]),
    ({"ordered_at": "9999-12-31T23:59:59-14:00"}, [("ordered_at", "too_late")]),
    ({"ordered_at": "0001-01-01T00:00:00+14:00"}, [("ordered_at", "too_early")]),
    ({"ordered_at": "2026-02-30T12:00:00Z"}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": "2026-03-01"}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": "yesterday"}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": 1772366400}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": "2026-03-01T12:00:00+99:99"}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": "2026-03-01T12:00:00+00:99"}, [("ordered_at", "not_a_moment")]),
    ({"ordered_at": ""}, [("ordered_at", "not_a_moment")]),
]


def body(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**NEW_ORDER, **change}.items() if value is not ...}


@pytest.mark.parametrize(("change", "errors"), FIELDS)
def test_a_wrong_field_is_named_with_a_stable_code(
    intake: Caller, change: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    before = written()

    response = intake.post("orders/", body(change))

    status, code, found = problem(response)
    assert (status, code, sorted(found)) == (400, "invalid", errors)
    assert all(error["detail"] for error in response.json()["errors"])
    assert written() == before


RAW: list[tuple[bytes, list[tuple[str, str]]]] = [
    (b"   ", [("", "empty")]),
    (b"{", [("", "malformed")]),
    (b'{"external_id": "A"} {}', [("", "malformed")]),
    (b"external_id=A&item=B", [("", "malformed")]),
    (b'{"item": "\xff\xfe"}', [("", "invalid_utf8")]),
    ('{"item": "Камера"}'.encode("cp1251"), [("", "invalid_utf8")]),
    (b'{"item": "\xed\xa0\x80"}', [("", "invalid_utf8")]),
    (b'{"item": "a\x00b"}', [("", "control_character")]),
    (b'{"item": "a\\u0000b"}', [("item", "nul_character")]),
    (b'{"item": "\\ud800"}', [("item", "lone_surrogate")]),
    (b'{"item": "x", "client": {"a": ["\\udfff"]}}', [("client.a[0]", "lone_surrogate")]),
    (b'{"item": "a", "price": 1, "item": "b"}', [("item", "duplicate_key")]),
    (b'{"a": [{"b": 1, "b": 2}]}', [("a[0].b", "duplicate_key")]),
    (b'{"a": {"\\ud800": 1, "\\ud800": 2}}', [("a", "lone_surrogate")]),
    (b'{"\\u0000": 1, "\\u0000": 2}', [("", "nul_character")]),
    (b'{"price": NaN}', [("price", "not_a_number")]),
    (b'{"price": -Infinity}', [("price", "not_a_number")]),
    (b'{"price": 1e400}', [("price", "number_out_of_range")]),
    (b'{"price": 1e-99999999999999999999}', [("price", "number_out_of_range")]),
    (b'{"price": ' + b"9" * 5000 + b"}", [("", "number_out_of_range")]),
    (b"[" * 1000 + b"]" * 1000, [("", "too_deep")]),
    (b'{"a":' * 1000 + b"1" + b"}" * 1000, [("", "too_deep")]),
    (b'{"a":' * 30 + b"1" + b"}" * 30, [(".".join("a" * 20), "too_deep")]),
]


@pytest.mark.parametrize(("raw", "errors"), RAW)
def test_a_body_that_readers_could_read_differently_is_refused_with_its_place(
    intake: Caller, raw: bytes, errors: list[tuple[str, str]]
) -> None:
    before = written()

    status, code, found = problem(intake.post("orders/", raw))

    if found[0][1] == "too_deep":
        # How deep the parser itself goes is its own business.
        assert (status, code, {error for _field, error in found}) == (400, "malformed", {"too_deep"})
    else:
        assert (status, code, found) == (400, "malformed", errors)
    assert written() == before


def test_an_empty_body_lacks_every_field(intake: Caller) -> None:
    status, code, errors = problem(intake.post("orders/", b""))

    assert (status, code, {error for _field, error in errors}) == (400, "invalid", {"required"})


@pytest.mark.parametrize("value", ["[]", '"order"', "5", "null", "true"])
def test_a_body_that_is_no_object_is_refused(intake: Caller, value: str) -> None:
    assert problem(intake.post("orders/", value.encode())) == (400, "invalid", [("", "not_an_object")])
    assert problem(intake.post("orders/batch/", value.encode())) == (400, "invalid", [("", "not_an_object")])


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("orders", "required")]),
        ({"orders": {}}, [("orders", "not_a_list")]),
        ({"orders": []}, [("orders", "blank")]),
        ({"orders": [NEW_ORDER], "dry_run": True}, [("dry_run", "unknown")]),
    ],
)
def test_a_batch_that_is_no_batch_is_refused(
    intake: Caller, given: Any, errors: list[tuple[str, str]]
) -> None:
    assert problem(intake.post("orders/batch/", given)) == (400, "invalid", errors)


@pytest.mark.parametrize("path", ["orders/", "orders/batch/", "orders/R-1/severity/"])
def test_of_very_many_unknown_fields_the_first_are_named(company: Company, path: str) -> None:
    many = {f"field{number}": number for number in range(5000)}

    response = person(company, company.lead, "orders:write", "orders:act").post(path, many)

    _status, code, errors = problem(response)
    assert (response.status_code, code) == (400, "invalid")
    assert [field for field, error in errors if error == "unknown"] == [f"field{n}" for n in range(10)]


def test_each_row_of_a_batch_names_its_first_unknown_fields(intake: Caller) -> None:
    row = {f"field{number}": number for number in range(300)}

    response = intake.post("orders/batch/", {"orders": [{**NEW_ORDER, **row}] * 3})

    _status, _code, errors = problem(response)
    assert [sum(f"orders[{n}].field" in field for field, _error in errors) for n in range(3)] == [10] * 3


def test_a_body_of_ten_megabytes_is_refused_without_being_read(intake: Caller) -> None:
    ten = b'{"comment": "' + b"x" * (10 * KILOBYTE * KILOBYTE) + b'"}'

    assert problem(intake.post("orders/", ten)) == (413, "too_large", [])
    assert problem(intake.post("orders/batch/", ten)) == (413, "too_large", [])


def test_a_batch_may_be_larger_than_one_order(intake: Caller) -> None:
    two = b'{"orders": [' + b" " * (2 * KILOBYTE * KILOBYTE) + b"]}"

    assert problem(intake.post("orders/", two))[:2] == (413, "too_large")
    assert problem(intake.post("orders/batch/", two)) == (400, "invalid", [("orders", "blank")])


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=cp1251",
        "",
    ],
)
def test_only_json_in_utf8_is_read(intake: Caller, kind: str) -> None:
    response = intake.post("orders/", NEW_ORDER, **{"Content-Type": kind})

    assert problem(response)[:2] == (415, "unsupported_media_type")


def test_methods_and_addresses_that_are_not_there_are_problems_too(company: Company, intake: Caller) -> None:
    assert problem(intake.client.delete("/api/v1/orders/"))[:2] == (405, "method_not_allowed")
    assert problem(intake.client.put("/api/v1/orders/", b"{}"))[:2] == (405, "method_not_allowed")
    assert problem(intake.client.options("/api/v1/orders/"))[:2] == (405, "method_not_allowed")
    for address in (
        "/api/v1/",
        "/api/v1/nothing/",
        "/api/v1/orders",
        "/api/v2/orders/",
        "/api/v1/orders/R-0/",
        "/api/v1/%ff/",
    ):
        assert problem(intake.get(address))[:2] == (404, "no_such_address"), address
    for address in (
        f"/api/v1/orders/R-{'9' * 40}/",
        "/api/v1/orders/R-1/routes/%00/",
        "/api/v1/tasks/0/done/",
    ):
        assert problem(intake.post(address))[:2] == (404, "no_such_address"), address
    assert problem(intake.get(f"orders/R-{'9' * 18}/"))[:2] == (404, "not_found")


def test_an_address_with_a_thousand_parameters_is_refused(intake: Caller) -> None:
    response = intake.get("/api/v1/orders/?" + "&".join(f"a{n}=1" for n in range(2000)))

    assert problem(response)[:2] == (400, "invalid")


def test_texts_are_trimmed_and_freed_of_what_nobody_sees(intake: Caller) -> None:
    order = intake.post(
        "orders/",
        {
            "external_id": " A-1\u200b ",
            "client_name": "\u202eИван\u2066 Ива\u00adнов\ufeff",
            "item": "Йод и\u0306",
            "comment": "one\r\ntwo\rthree\n",
            "price": " 5 ",
        },
    ).json()

    assert (order["external_id"], order["client_name"]) == ("A-1", "Иван Иванов")
    assert (order["item"], order["comment"], order["price"]) == ("Йод й", "one\ntwo\nthree", "5.00")


@pytest.mark.parametrize(
    "text",
    ["=1+2", "+7 916 000", "-5", "@SUM(A1)", "Иван 🙂 O'Neil <b>&amp;", "\u0418\u0432\u0430\u043d (Ivаn)"],
)
def test_harmless_text_of_any_look_is_kept_as_it_is(intake: Caller, text: str) -> None:
    assert intake.post("orders/", {**NEW_ORDER, "client_name": text}).json()["client_name"] == text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("125000.00", "125000.00"), (125000, "125000.00"), (125000.5, "125000.50"), ("0", "0.00"), (-0.0, "0.00"),
     ("999999999999.99", "999999999999.99"), ("1.100", "1.10"), (None, None)],
)  # fmt: skip
def test_prices_are_kept_to_the_kopeck(intake: Caller, given: Any, kept: str | None) -> None:
    assert intake.post("orders/", {**NEW_ORDER, "price": given}).json()["price"] == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-03-01T12:00:00+03:00", "2026-03-01T09:00:00Z"),
        ("2026-03-01t12:00:00.123456z", "2026-03-01T12:00:00.123456Z"),
        ("2017-10-02 10:56:00+00:00", "2017-10-02T10:56:00Z"),
        # An hour that clocks skip exists with an offset.
        ("2025-03-30T02:30:00+01:00", "2025-03-30T01:30:00Z"),
        ("2026-03-03T12:00:00+03:00", "2026-03-03T09:00:00Z"),
    ],
)
def test_moments_are_kept_in_utc(intake: Caller, given: str, kept: str) -> None:
    assert intake.post("orders/", {**NEW_ORDER, "ordered_at": given}).json()["ordered_at"] == kept


def test_lengths_are_those_of_the_model() -> None:
    assert {name: Order._meta.get_field(name).max_length for name in LENGTHS} == dict(LENGTHS)


# ── any JSON at all ──

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec="utf-8") | st.just("\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ORDERS = st.dictionaries(
    st.sampled_from([*LENGTHS, "price", "currency", "severity", "ordered_at", "x"]), JSON
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=ORDERS)
def test_no_json_whatever_makes_an_error_of_ours(intake: Caller, order: dict[str, Any]) -> None:
    response = intake.post("orders/", order)

    assert response.status_code in (200, 201, 400, 409), response.content


@settings(max_examples=200, deadline=None)
@given(value=JSON)
def test_what_is_plain_json_is_read_as_everybody_reads_it(value: Any) -> None:
    text = json.dumps(value)
    try:
        read = loads(text.encode())
    except BadJson as bad:
        codes = {flaw.code for flaw in bad.flaws}
        assert codes <= {"nul_character", "not_a_number", "number_out_of_range", "lone_surrogate"}
    else:
        assert json.loads(json.dumps(read, default=float)) == json.loads(text)


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=60))
def test_no_bytes_whatever_break_the_reader(raw: bytes) -> None:
    with suppress(BadJson):
        loads(raw)


def test_garbled_bodies_of_every_door_are_refused(company: Company, intake: Caller) -> None:
    company.manager("Anna")
    order = company.order("Z-1")
    lead = person(company, company.lead)
    doors = [
        f"orders/{order.ref}/routes/accept/",
        f"orders/{order.ref}/assign/",
        f"orders/{order.ref}/notes/",
        f"orders/{order.ref}/severity/",
        f"orders/{order.ref}/tasks/",
    ]
    chance = random.Random(7)
    for door in doors:
        for value in (None, [], "x", 5, {"version": "1"}, {"version": True}, {"version": 2**40}, {"x": 1}, {"text": 5},
                      {"manager": -1, "version": 1}, {"title": "\u200b", "owner": 10**30, "due_at": "soon"},
                      {"severity": None}, {"text": "a", "mentions": [10**20]}, {"text": "a", "mentions": "me"},
                      {chance.choice("abc"): chance.random()}):  # fmt: skip
            response = lead.post(door, json.dumps(value).encode())
            assert problem(response)[:2] == (400, "invalid"), (door, value)
