"""Filled orders are orders like any other: the auditor finds nothing, and a look finds nothing to do."""

import psycopg
import pytest
from django.db import transaction

from bench.arming import arm
from bench.filling import fill_some
from bench.people import everybody_works
from core import clock
from core.models import Message
from orders.models import Order
from panel.seeding.publishing import rules_publish
from panel.seeding.staffing import people_create
from rop.audit import audit
from rop.loop import look, sweep
from tests.bench.test_same_rows import url_of_tests

FILLED = 200
"""Every status and severity is among them."""


@pytest.fixture
def full(transactional_db: None) -> None:
    now = clock.now()
    people_create(passwords={}, reached_by_telegram=False, shifts_back=now - now, now=now)
    rules_publish(since=now)
    with psycopg.connect(url_of_tests(), autocommit=True) as asked:
        everybody_works(asked)
    fill_some(url_of_tests(), first=1, last=FILLED, now=now)


def test_nothing_is_wrong_with_them_and_nothing_is_due(full: None) -> None:
    now = clock.now()
    assert {name: count for name, count in audit(now=now).counts.items() if count} == {
        "load_counters_wrong": 12
    }
    assert sweep(now) == 0
    before = list(Order.objects.order_by("pk").values())
    with transaction.atomic():
        assert look(range(1, FILLED + 1), now) == 0
    assert list(Order.objects.order_by("pk").values()) == before


def test_those_that_are_armed_come_due_once(full: None) -> None:
    with psycopg.connect(url_of_tests(), autocommit=True) as asked:
        arm(asked, [31, 40, 95], after=[-1.0, -2.0, 3600.0])
    assert sweep(clock.now()) == 2
    assert sorted(Message.objects.values_list("template", "order_id")) == [
        ("sla_reminder", 31),
        ("sla_reminder", 40),
    ]
    assert sweep(clock.now()) == 0
