"""Every door of REST is tried with every kind of key; no agent's key reaches money, approvals or rejections."""

import re
from typing import Any

import pytest
from django.db import transaction

from core.buckets import buckets
from core.models import ApiKey
from core.scopes import PERSONAL_ONLY, SCOPES
from orders.models import Order
from panel.seeding.keys import AGENTS
from tests.api.client import problem
from tests.api.doors import KINDS, ROWS, Row, World, world
from tests.api.forms import form_of
from tests.api.test_schema import views
from tests.stories.company import Company

MONEY = (
    "price/",
    "payments/",
    "payouts/",
    "approvals/",
    "correct/",
    "pay/",
    "decide/",
    "withdraw/",
)
"""How the addresses end that change the price, payments, refunds, compensations and approvals."""


def test_every_door_has_its_row() -> None:
    doors = {
        (method, path)
        for path, view in views().items()
        for method in ("GET", "POST")
        if hasattr(view, method.lower())
    }

    assert {(row.method, row.pattern) for row in ROWS} == doors


def address(row: Row, world: World) -> str:
    def value(found: re.Match[str]) -> str:
        name = row.slots[found[1]]
        if found[1] == "ref":
            return world.orders[name].ref
        return str(world.rows.get(name, name))

    return re.sub(r"<\w+:(\w+)>", value, row.pattern)


def body(row: Row, world: World) -> Any:
    """With the version of the order as it is, where the door asks for one."""
    given = {
        name: world.filled.get(value, value) if isinstance(value, str) else value
        for name, value in row.body.items()
    }
    if row.pattern.endswith(("routes/<slug:route>/", "assign/")):
        given["version"] = Order.objects.get(pk=world.orders[row.slots["ref"]].pk).version
    return given


def tried(row: Row, world: World, kind: str) -> str:
    """What comes of it; whatever that is, it is taken back."""
    caller, path = world.callers[kind], address(row, world)
    buckets.clear()
    with transaction.atomic():
        if row.method == "GET":
            response = caller.get(path)
        elif isinstance(row.body, bytes):
            form = form_of({"file": ("photo.png", row.body)})
            response = caller.post(path, form, **{"Content-Type": "multipart/form-data; boundary=photos"})
        else:
            response = caller.post(path, body(row, world))
        if response.streaming:
            b"".join(response.streaming_content)
        outcome = "yes" if response.status_code < 300 else problem(response)[1]
        transaction.set_rollback(True)
    return outcome


@pytest.fixture
def everything(company: Company) -> World:
    return world(company)


@pytest.mark.timeout(400)
def test_each_door_lets_through_whom_the_table_says_and_nobody_else(everything: World) -> None:
    found = {}
    expected = {}
    for number, row in enumerate(ROWS):
        for kind in KINDS:
            case = (number, row.method, address(row, everything), kind)
            found[case] = tried(row, everything, kind)
            expected[case] = row.done if row.expected[kind] == "yes" else row.expected[kind]

    assert {case: found[case] for case in found if found[case] != expected[case]} == {}


def test_no_agents_row_lets_it_to_money_or_to_what_only_people_decide() -> None:
    reached = {
        (row.method, row.pattern, kind)
        for row in ROWS
        if row.method == "POST"
        and (row.pattern.endswith(MONEY) or row.slots.get("route") in ("reject", "cancel"))
        for kind in AGENTS
        if row.expected[kind] not in ("no_scope", "not_yours")
    }

    assert reached == set()
    for path, view in views().items():
        if path.endswith(MONEY):
            assert view.scopes["POST"] in PERSONAL_ONLY, path


def test_a_key_whose_row_has_all_scopes_reaches_no_money_either(everything: World) -> None:
    """Whatever was written into the table by hand."""
    cfo = everything.callers["ai_cfo"]
    ApiKey.objects.filter(name="ai_cfo").update(scopes=[*SCOPES])

    answers = {
        tried(row, everything, "ai_cfo")
        for row in ROWS
        if row.method == "POST" and row.pattern.endswith(MONEY)
    }

    assert answers == {"no_scope"}
    assert cfo.get("orders/").status_code == 200
