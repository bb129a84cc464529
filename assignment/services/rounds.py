"""Writing `ai_assignments`: one statement for any number of rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from assignment.models import Assignment, AssignmentState, Snapshot
from core import bulk
from core.advisory import Lock


@dataclass(frozen=True, slots=True)
class NewRound:
    order_id: int
    round: int
    user_id: int
    because: list[Any]
    load_before: Decimal | None


def lock_distribution() -> None:
    """Taken after the orders' rows, held until COMMIT; whoever holds it waits for no row of an order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.DISTRIBUTION])


def snapshot_write(candidates: list[dict[str, Any]], *, now: datetime) -> int:
    """Keep the candidates of a distribution; returns the snapshot's id."""
    ((snapshot_id,),) = bulk.insert_rows(
        Snapshot, ["at", "candidates"], [(now, candidates)], returning=["id"]
    )
    return int(snapshot_id)


def assignments_end(ends: Sequence[tuple[int, int, str]], *, now: datetime) -> None:
    """End the rounds (order id, round, state) at `now`."""
    if not ends:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ai_assignments a SET state = v.state, ended_at = %s
              FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS v (order_id, round, state)
             WHERE a.order_id = v.order_id AND a.round = v.round
            """,
            [now, [e[0] for e in ends], [e[1] for e in ends], [e[2] for e in ends]],
        )


def assignments_start(rounds: Sequence[NewRound], *, by: str, snapshot_id: int | None, now: datetime) -> None:
    """Offer the orders to their new owners."""
    bulk.insert_rows(
        Assignment,
        [
            "order",
            "round",
            "manager",
            "state",
            "assigned_at",
            "by_kind",
            "because",
            "load_before",
            "snapshot",
        ],
        [
            (
                r.order_id,
                r.round,
                r.user_id,
                AssignmentState.OFFERED,
                now,
                by,
                r.because,
                r.load_before,
                snapshot_id,
            )
            for r in rounds
        ],
    )


def assignments_accept(accepted: Sequence[tuple[int, int, datetime]]) -> None:
    """The rounds (order id, round, when) are in work."""
    if not accepted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ai_assignments a SET state = 'accepted', accepted_at = v.at
              FROM unnest(%s::bigint[], %s::integer[], %s::timestamptz[]) AS v (order_id, round, at)
             WHERE a.order_id = v.order_id AND a.round = v.round
            """,
            [[a[0] for a in accepted], [a[1] for a in accepted], [a[2] for a in accepted]],
        )
