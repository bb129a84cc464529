"""Orders that come in all the time while the database fails, and what must be true of them afterwards."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.intake import OrderRow, body_of, ids_of, made_orders
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
        self.kept: dict[str, str] = {}
        """Refs of the acknowledged, by external id."""

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
        while not self._bring_once(row, timeout=20):
            assert time.monotonic() < until, self.answers[-1]
            time.sleep(AGAIN_AFTER)

    def _bring_once(self, row: OrderRow, *, timeout: float) -> bool:
        answer = self.running.new_order(row, timeout=timeout)
        self.answers.append(answer)
        if answer.is_acknowledged:
            self.kept[row["external_id"]] = answer.body["ref"]
        return answer.is_acknowledged

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

    def brings_another(self) -> bool:
        """One that nobody has asked for before is acknowledged."""
        with self._lock:
            (row,) = made_orders(1, self._dice)
            self.rows.append(row)
        return self._bring_once(row, timeout=5)


def assert_nothing_is_lost_or_doubled(running: Running, stream: Stream, measured: Measured) -> None:
    """Whatever was acknowledged is there; whatever comes again with its key is the same order, with all it needs."""
    refused = stream.refused()
    assert {answer.status for answer in refused} <= UNAVAILABLE | {409}
    assert all(answer.body["code"] == "in_progress" for answer in refused if answer.status == 409)
    there = {order["external_id"]: order["ref"] for order in running.oracle.orders(list(stream.kept))}
    assert there == stream.kept

    began, ids = time.monotonic(), ids_of(stream.rows)
    for row in stream.rows:
        answer = running.rest.insist("orders/", body_of(row), once=row["external_id"], seconds=20)
        assert answer.body["ref"] == there.get(row["external_id"], answer.body["ref"])
    measured.until("all have owners", lambda: running.oracle.owned(ids) == len(ids), since=began, at_most=30)
    running.wait_ended(stream.rows)
    running.assert_all_is_well(stream.rows)


def assert_recovered(running: Running, stream: Stream, measured: Measured, *, since: float) -> None:
    moment = running.oracle.now()
    measured.until("orders are acknowledged", stream.brings_another, since=since, at_most=RECOVERED)
    for role in ("worker", "bot", "web"):
        measured.until(
            f"{role} works again",
            lambda role=role: running.works(role, since=moment),
            since=since,
            at_most=RECOVERED,
        )
