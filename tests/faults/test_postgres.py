"""PostgreSQL fails: what it can't keep is not acknowledged, what was acknowledged is kept, and all recovers."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import psycopg
import pytest

from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.intake import OrderRow, ids_of, made_orders
from tests.faults.product import kept_down
from tests.faults.rest import Answer
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

RECOVERED = 15
"""Seconds after the server is back."""

AGAIN_AFTER = 0.5
UNAVAILABLE = {0, 503}
"""What a client may hear while nothing can be kept: no answer, or that it has to come again."""


class Stream:
    """Clients that bring orders all the time; whoever is not acknowledged comes again with the same key."""

    def __init__(self, running: Running, dice: Random, *, clients: int = 3) -> None:
        self.running = running
        self.rows: list[OrderRow] = []
        self.answers: list[Answer] = []
        self.failures: list[BaseException] = []
        self._dice = dice
        self._clients = clients
        self._over = threading.Event()
        self._lock = threading.Lock()

    def _bring(self) -> None:
        try:
            while not self._over.is_set():
                with self._lock:
                    (row,) = made_orders(1, self._dice)
                    self.rows.append(row)
                self._until_acknowledged(row)
        except BaseException as failure:  # handed to whoever waits
            self.failures.append(failure)

    def _until_acknowledged(self, row: OrderRow) -> None:
        until = time.monotonic() + 120
        while not (answer := self.running.new_order(row, timeout=20)).is_acknowledged:
            self.answers.append(answer)
            assert time.monotonic() < until, answer
            time.sleep(AGAIN_AFTER)
        self.answers.append(answer)

    def refused(self) -> list[Answer]:
        return [answer for answer in self.answers if not answer.is_acknowledged]

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Until the end of the block, and then until the last is acknowledged."""
        threads = [threading.Thread(target=self._bring, daemon=True) for _ in range(self._clients)]
        for thread in threads:
            thread.start()
        try:
            wait_for("they flow", lambda: len(self.answers) >= self._clients, seconds=20)
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(150)
        assert self.failures == []
        assert not any(thread.is_alive() for thread in threads)

    def wait_acknowledged_again(self) -> bool:
        """One that was asked for after now."""
        answer = self.running.new_order(self.one_more(), timeout=5)
        return answer.is_acknowledged

    def one_more(self) -> OrderRow:
        with self._lock:
            (row,) = made_orders(1, self._dice)
        self.rows.append(row)
        return row


def assert_nothing_is_lost_or_doubled(running: Running, stream: Stream, measured: Measured) -> None:
    """Whatever was refused was brought again with its key: each order is there once, with all that it needs."""
    assert {answer.status for answer in stream.refused()} <= UNAVAILABLE | {409}
    assert all(answer.body["code"] == "in_progress" for answer in stream.refused() if answer.status == 409)
    began, ids = time.monotonic(), ids_of(stream.rows)
    for row in stream.rows:
        running.rest.insist("orders/", body_of_row(row), once=row["external_id"], seconds=20)
    measured.until("all have owners", lambda: running.oracle.owned(ids) == len(ids), since=began, at_most=30)
    running.wait_ended(stream.rows)
    running.assert_all_is_well(stream.rows)


def body_of_row(row: OrderRow) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


def assert_recovered(running: Running, stream: Stream, measured: Measured, *, since: float) -> None:
    moment = running.oracle.now()
    measured.until("orders are acknowledged", stream.wait_acknowledged_again, since=since, at_most=RECOVERED)
    for role in ("worker", "bot", "web"):
        measured.until(
            f"{role} works again",
            lambda role=role: running.works(role, since=moment),
            since=since,
            at_most=RECOVERED,
        )


def server_is_back(running: Running) -> bool:
    try:
        running.oracle.now()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.short
@pytest.mark.parametrize("whose", ["rop-web", "rop-worker", "rop-bot"])
def test_a_backend_is_killed(running: Running, dice: Random, measured: Measured, whose: str) -> None:
    """Then the server restarts all of them, for their memory is shared."""
    stream = Stream(running, dice)
    with stream.flowing():
        time.sleep(dice.uniform(0.5, 1.5))
        backends = running.oracle.rows(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %(name)s", name=whose
        )
        os.kill(dice.choice(backends)["pid"], signal.SIGKILL)
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
        assert stream.refused(), "nobody noticed"
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
