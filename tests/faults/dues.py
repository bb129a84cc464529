"""Orders whose acceptance comes due while something is broken, and how late that was noticed."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.faults.intake import OrderRow, ids_of, made_orders
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

AT_ONCE = 2.0
"""Seconds in which a new order is answered with its owner, whatever else is broken."""


@dataclass
class Dues:
    """`rows`: the orders that came in; `at_once`: within how many seconds each must have its owner."""

    running: Running
    rows: list[OrderRow] = field(default_factory=list)
    at_once: float = AT_ONCE

    def order(self, dice: Random) -> None:
        """One comes in, and has its owner in the answer."""
        (row,) = made_orders(1, dice)
        answer = self.running.new_order(row)
        assert answer.status == 201, answer
        assert answer.body["owner"] is not None
        assert answer.seconds <= self.at_once, f"answered after {answer.seconds:.1f} s"
        self.rows.append(row)

    def one_a_second(self, dice: Random, *, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            self.order(dice)
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))

    def first_dues(self) -> list[datetime]:
        rows = self.running.oracle.rows(
            """SELECT c.due_at FROM sla_clock c JOIN orders_order o ON o.id = c.order_id
                WHERE o.external_id = ANY(%(ids)s) AND c.kind = 'accept' AND c.generation LIKE '1:%%'""",
            ids=ids_of(self.rows),
        )
        return [row["due_at"] for row in rows]

    def assert_noticed(self, measured: Measured, *, at_most: float) -> None:
        """Each acceptance that has come due was noticed, at most so late, and once."""
        ids = ids_of(self.rows)
        last = max(self.first_dues())
        wait_for(
            "the last has come due",
            lambda: self.running.oracle.now() > last + timedelta(seconds=1),
            seconds=90,
        )
        wait_for(
            "all that is due was noticed",
            lambda: float("inf") not in self._lateness(ids, last),
            seconds=at_most * 3 + 10,
        )
        late = sorted(self._lateness(ids, last))
        assert len(late) >= len(self.rows)
        measured(f"the latest of {len(late)} that came due", late[-1], at_most=at_most)

    def _lateness(self, ids: list[str], last: datetime) -> list[float]:
        return self.running.oracle.lateness(ids, due_before=last + timedelta(seconds=1))
