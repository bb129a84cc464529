"""PostgreSQL fails: what it can't keep is not acknowledged, what was acknowledged is kept, and all recovers."""

import os
import signal
import time
from random import Random

import psycopg
import pytest

from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.product import kept_down
from tests.faults.running import Running
from tests.faults.stream import Stream, assert_nothing_is_lost_or_doubled, assert_recovered
from tests.faults.waiting import Measured, wait_for


def server_is_back(running: Running) -> bool:
    try:
        running.oracle.now()
    except psycopg.OperationalError:
        return False
    return True


def backends_of(running: Running, whose: str) -> list[int]:
    rows = running.oracle.rows(
        "SELECT pid FROM pg_stat_activity WHERE application_name = %(name)s", name=whose
    )
    return [row["pid"] for row in rows]


@pytest.mark.short
@pytest.mark.parametrize("whose", ["rop-web", "rop-worker", "rop-bot"])
def test_a_backend_is_killed(running: Running, dice: Random, measured: Measured, whose: str) -> None:
    """Then the server restarts all of them, for their memory is shared."""
    stream = Stream(running, dice)
    with stream.flowing():
        time.sleep(dice.uniform(0.5, 1.5))
        backends = wait_for("it is connected", lambda: backends_of(running, whose), seconds=15, every=0.002)
        os.kill(dice.choice(backends), signal.SIGKILL)
        time.sleep(0.2)
        wait_for("the server is back", lambda: server_is_back(running), seconds=15)
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def test_the_server_stops_at_once_for_half_a_minute(
    running: Running, dice: Random, measured: Measured
) -> None:
    stream, dues = Stream(running, dice), Dues(running)
    with quick_acceptance(running.oracle, seconds=10):
        dues.one_a_second(dice, seconds=5)
    with stream.flowing():
        with kept_down(running.product, "postgres", by=signal.SIGQUIT):
            time.sleep(30)
        assert 503 in {answer.status for answer in stream.refused()}
        wait_for("the server is back", lambda: server_is_back(running), seconds=60)
        back = time.monotonic()
        assert_recovered(running, stream, measured, since=back)
    dues.assert_noticed(measured, at_most=60 + 30)
    measured("all that was overdue was noticed", time.monotonic() - back, at_most=60)
    assert_nothing_is_lost_or_doubled(running, stream, measured)
    running.assert_audited()


def test_somebody_forgets_to_end_a_transaction(running: Running, dice: Random, measured: Measured) -> None:
    """It holds an order that is due; the others are not late for it."""
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=5):
        dues.one_a_second(dice, seconds=4)
    held = dues.rows.pop(0)
    with psycopg.connect(running.product.addresses["database_owner_url"]) as forgotten:
        forgotten.execute(
            "SELECT * FROM orders_order WHERE external_id = %s FOR UPDATE", [held["external_id"]]
        )
        dues.assert_noticed(measured, at_most=3)
        forgotten.rollback()
    dues.rows.append(held)
    dues.assert_noticed(measured, at_most=60)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)


def test_no_connection_is_left(running: Running, dice: Random, measured: Measured) -> None:
    """The application's role takes them all: then 503, and afterwards as before."""
    stream = Stream(running, dice)
    with stream.flowing():
        taken = take_connections(running.product.addresses["database_url"])
        time.sleep(10)
        for connection in taken:
            connection.close()
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert len(taken) > 10
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def take_connections(url: str) -> list[psycopg.Connection[object]]:
    taken: list[psycopg.Connection[object]] = []
    try:
        while len(taken) < 200:
            taken.append(psycopg.connect(url, connect_timeout=3))
    except psycopg.OperationalError:
        return taken
    return taken
