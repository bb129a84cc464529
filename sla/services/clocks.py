"""Writing clocks and breaches: one statement for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import bulk
from sla.models import Clock, ClockState, Violation
from sla.policies.clocks import ClockEnd, ClockStart


@dataclass(frozen=True, slots=True)
class Breach:
    """A clock that came due at `noticed_at`, and whose it was then."""

    clock_id: int
    owner_id: int | None


def clocks_end(ends: Sequence[ClockEnd], *, now: datetime) -> None:
    bulk.update_rows(Clock, ["id", "state", "ended_at"], [(end.id, end.outcome, now) for end in ends])


def clocks_start(starts: Sequence[tuple[int, ClockStart]], *, now: datetime) -> list[int]:
    """Start (order id, clock) pairs; the ids come back in the order given."""
    rows = bulk.insert_rows(
        Clock,
        [
            *(
                "subject_type",
                "subject_id",
                "order_id",
                "kind",
                "generation",
                "state",
                "stage",
                "severity",
                "mode",
            ),
            *("target_seconds", "started_at", "due_at", "warnings", "warned", "breached_at", "rung_moments"),
            *("policy_version", "calendar_code", "calendar_version"),
        ],
        [
            (
                *(clock.subject_type, clock.subject_id, order_id, clock.kind, clock.generation),
                *(ClockState.RUNNING, clock.stage, clock.severity, clock.mode, clock.target_seconds),
                *(clock.started_at, clock.due_at, _moments(clock.warnings)),
                *(clock.warned, now if clock.breached else None, _moments(clock.rung_moments)),
                *(clock.policy_version, clock.calendar_code, clock.calendar_version),
            )
            for order_id, clock in starts
        ],
        returning=["subject_type", "subject_id", "kind", "id"],
    )
    ids = {(subject_type, subject_id, kind): clock_id for subject_type, subject_id, kind, clock_id in rows}
    return [ids[clock.subject_type, clock.subject_id, clock.kind] for _order_id, clock in starts]


def _moments(shares: tuple[tuple[int, datetime], ...]) -> list[tuple[int, str]]:
    return [(share, at.isoformat()) for share, at in shares]


def clocks_mark(marks: Sequence[tuple[int, int, datetime | None]]) -> None:
    """Set (clock id, warned share, breached at)."""
    bulk.update_rows(Clock, ["id", "warned", "breached_at"], marks)


def violations_write(breaches: Sequence[Breach], *, now: datetime) -> None:
    """One row for each breached clock, with what was true of it. Written once, never rewritten."""
    if not breaches:
        return
    owners = {breach.clock_id: breach.owner_id for breach in breaches}
    bulk.insert_rows(
        Violation,
        [
            *("clock", "order_id", "kind", "stage", "severity", "owner_id", "target_seconds"),
            *("started_at", "due_at", "breached_at", "policy_version"),
        ],
        [
            (
                *(clock.pk, clock.order_id, clock.kind, clock.stage, clock.severity, owners[clock.pk]),
                *(clock.target_seconds, clock.started_at, clock.due_at, now, clock.policy_version),
            )
            for clock in Clock.objects.filter(pk__in=owners).order_by("due_at", "pk")
        ],
    )
