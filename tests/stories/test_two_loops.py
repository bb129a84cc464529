"""Two loops at once: what one holds the other leaves alone, and blames no order for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from core.advisory import Lock
from rop import loop
from rop.models import Quarantine
from tests.stories.company import Company, moment, owner_of


@pytest.fixture
def committed(transactional_db: None) -> Company:
    return Company()


@contextmanager
def elsewhere(statement: str, values: Sequence[object]) -> Iterator[None]:
    """What another process holds in a transaction that stays open."""
    holds, release = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
            holds.set()
            release.wait(30)
        connection.close()

    other = Thread(target=hold)
    other.start()
    holds.wait(30)
    try:
        yield
    finally:
        release.set()
        other.join()


@pytest.fixture
def somebody_distributes(committed: Company) -> Iterator[None]:
    """Another process holds the distribution lock for as long as the test runs."""
    with elsewhere("SELECT pg_advisory_xact_lock(%s)", [Lock.DISTRIBUTION]):
        yield


def shorten_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")


def test_a_sweep_that_finds_the_distribution_taken_postpones_and_sets_nothing_aside(
    committed: Company, request: pytest.FixtureRequest
) -> None:
    committed.manager("Anna")
    committed.manager("Boris")
    overdue, _also = committed.receive("A-1", "A-2")
    request.getfixturevalue("somebody_distributes")
    shorten_waits()

    loop.sweep(moment("12:30"))

    assert not Quarantine.objects.exists()
    overdue.refresh_from_db()
    assert overdue.wake_at == moment("12:15")


def test_the_waiting_queue_is_served_later_when_the_distribution_is_taken(
    committed: Company, request: pytest.FixtureRequest
) -> None:
    anna = committed.manager("Anna", capacity=0)
    waiting = committed.order()
    committed.capacity(anna, 10)
    request.getfixturevalue("somebody_distributes")
    shorten_waits()

    loop.sweep(moment("12:01"))

    assert owner_of(waiting) == ""
    assert not Quarantine.objects.exists()


@pytest.fixture
def somebody_serves(committed: Company) -> Iterator[None]:
    """Another loop serves the waiting queue for as long as the test runs."""
    with elsewhere("SELECT pg_advisory_xact_lock(%s)", [Lock.QUEUE_SERVED]):
        yield


def test_who_does_not_serve_the_queue_gives_nobody_the_places_of_the_more_urgent(
    committed: Company, request: pytest.FixtureRequest, settings: Settings
) -> None:
    committed.manager("Anna", capacity=2)
    settings.ROP_LOOK = "tests.stories.failing.look"
    normal, critical = committed.intake(("1-normal", "normal"), ("2-critical", "critical"))
    settings.ROP_LOOK = "rop.loop.look"
    request.getfixturevalue("somebody_serves")

    loop.sweep(moment("12:01"))

    assert [owner_of(normal), owner_of(critical)] == ["", ""]


def test_a_sweep_is_not_undone_by_whoever_holds_its_heartbeat(committed: Company) -> None:
    committed.manager("Anna")
    order = committed.order()
    loop.sweep(moment("12:01"))
    shorten_waits()

    with elsewhere("SELECT 1 FROM core_heartbeat WHERE name = %s FOR UPDATE", ["loop"]):
        assert loop.sweep(moment("12:15")) == 1

    order.refresh_from_db()
    assert order.wake_at > moment("12:15")
    assert committed.told_in_all("sla_reminder") == 1


def test_two_sweeps_at_the_same_moment_fire_each_clock_once(committed: Company) -> None:
    committed.manager("Anna", capacity=500)
    committed.receive(*(f"A-{number}" for number in range(250)))

    def sweep() -> None:
        loop.sweep(moment("12:15"))
        connection.close()

    loops = [Thread(target=sweep) for _ in range(2)]
    for running in loops:
        running.start()
    for running in loops:
        running.join()

    reminded = committed.told_in_all("sla_reminder")
    assert reminded == 250
    committed.now = moment("12:15")
    assert committed.audit() == {}
