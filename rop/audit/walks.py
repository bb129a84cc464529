"""Walks: through all rows of a kind, a slice at each run of the auditor, round after round."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Walk:
    """`ahead` gives the next keys in ascending order; `key` is what the checks call them."""

    key: str
    ahead: str


WALKS: Mapping[str, Walk] = {
    "open orders": Walk(
        "o.id",
        """SELECT id AS key FROM orders_order WHERE closed_at IS NULL AND id > %(after)s
            ORDER BY id LIMIT %(limit)s""",
    ),
    "running clocks": Walk(
        "c.subject_id",
        """SELECT subject_id AS key FROM sla_clock
            WHERE subject_type = 'order' AND state IN ('running', 'paused') AND subject_id > %(after)s
            ORDER BY subject_id LIMIT %(limit)s""",
    ),
    "clocks": Walk(
        "c.id", "SELECT id AS key FROM sla_clock WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"
    ),
    "live escalations": Walk(
        "e.id",
        """SELECT id AS key FROM ai_escalations WHERE state IN ('open', 'acknowledged') AND id > %(after)s
            ORDER BY id LIMIT %(limit)s""",
    ),
    # By their orders: of one order there are a few at most.
    "open blockers": Walk(
        "b.order_id",
        """SELECT order_id AS key FROM orders_blocker WHERE resolved_at IS NULL AND order_id > %(after)s
            ORDER BY order_id LIMIT %(limit)s""",
    ),
    "open approvals": Walk(
        "a.order_id",
        """SELECT order_id AS key FROM orders_approval WHERE state = 'open' AND order_id > %(after)s
            ORDER BY order_id LIMIT %(limit)s""",
    ),
    # Of each of these all 28 points are counted anew.
    "current inspections": Walk(
        "i.order_id",
        """SELECT order_id AS key FROM orders_inspection WHERE ended_at IS NULL AND order_id > %(after)s
            ORDER BY order_id LIMIT greatest(1, %(limit)s / 20)""",
    ),
    # As many as have so many orders together, and always one.
    "managers": Walk(
        "m.id",
        """SELECT id AS key FROM (
               SELECT m.id, COALESCE(l.open_orders, 0) AS own,
                      sum(COALESCE(l.open_orders, 0) + 1) OVER (ORDER BY m.id) AS summed
                 FROM (SELECT id FROM assignment_manager WHERE id > %(after)s ORDER BY id LIMIT %(limit)s) m
                 LEFT JOIN assignment_managerload l ON l.manager_id = m.id
           ) s WHERE summed - own <= %(limit)s""",
    ),
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk stands: the last key that was audited (0 at the beginning), since when its round has been going
    on, and how many seconds the last whole round took (None: none has ended yet)."""

    after: int = 0
    began_at: datetime | None = None
    round_seconds: float | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Position":
        began_at = kept.get("began_at")
        return cls(
            after=int(kept.get("after", 0)),
            began_at=datetime.fromisoformat(began_at) if began_at else None,
            round_seconds=kept.get("round_seconds"),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "after": self.after,
            "began_at": self.began_at.isoformat() if self.began_at else None,
            "round_seconds": self.round_seconds,
        }


@dataclass(frozen=True, slots=True)
class Slice:
    """The keys above `after` up to `last`, and where the walk stands when they have been audited."""

    after: int
    last: int
    then: Position


def next_slice(cursor: CursorWrapper, walk: Walk, position: Position, *, now: datetime, limit: int) -> Slice:
    began_at = position.began_at or now
    last = _last(cursor, walk, position.after, limit)
    if last is not None and _last(cursor, walk, last, 1) is not None:
        return Slice(position.after, last, Position(last, began_at, position.round_seconds))
    took = max((now - began_at).total_seconds(), 0.0)
    return Slice(position.after, last or position.after, Position(round_seconds=took))


def _last(cursor: CursorWrapper, walk: Walk, after: int, limit: int) -> int | None:
    cursor.execute(f"SELECT max(key) FROM ({walk.ahead}) ahead", {"after": after, "limit": limit})  # noqa: S608
    found = cursor.fetchone()[0]
    return None if found is None else int(found)
