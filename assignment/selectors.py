from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from assignment.models import Absence, Assignment, Shift, WeightTable
from assignment.policies.weights import Weights
from core import bulk

SHIFT_ENDING = timedelta(minutes=30)
"""In the last half-hour of a shift nobody is given an order unless nobody else is there."""

SHIFTS_AHEAD = timedelta(days=7)
"""How far ahead shifts are read for the acceptance clock; beyond them it goes by the calendar."""


class NoWeights(RuntimeError):
    """No table of weights has been published: loads can't be compared."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a manager may keep an order that is not in work yet, by which calendar they work, whether they do now."""

    user_id: int
    available: bool
    absent_from: datetime | None
    calendar_code: str
    on_shift: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A manager as seen by a distribution: load, caps, and why they are out of it at all."""

    user_id: int
    load: Decimal
    capacity: Decimal
    offers: int
    offers_cap: int | None
    last_assigned_at: datetime | None
    shift_started_at: datetime | None
    shift_ends_at: datetime | None
    calendar_code: str
    excluded_because: str | None


def shifts_at(now: datetime) -> QuerySet[Shift]:
    """Those that go on at this moment, of everybody: at most one of each manager (by constraint)."""
    return Shift.objects.filter(starts_at__lte=now, ends_at__gt=now)


def absences_at(now: datetime) -> QuerySet[Absence]:
    """Those that go on at this moment, of everybody; somebody may have several."""
    return Absence.objects.filter(starts_at__lte=now, ends_at__gt=now)


def weights_version_in_force() -> int:
    """Raises NoWeights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM assignment_weighttable")
        version = cursor.fetchone()[0]
    if version is None:
        raise NoWeights
    return int(version)


@lru_cache(maxsize=32)
def weights(version: int) -> Weights:
    """A version as a value; versions never change, so each process reads one once."""
    return weights_of(WeightTable.objects.get(version=version))


def weights_of(table: WeightTable) -> Weights:
    return Weights(
        version=table.version,
        stages={stage: Decimal(str(value)) for stage, value in table.stages.items()},
        severities={severity: Decimal(str(value)) for severity, value in table.severities.items()},
    )


# The queries of every look are written out: composing these by the ORM took longer than PostgreSQL's answer.

_STANDINGS = """
    SELECT m.user_id, COALESCE(counted.load, 0), m.capacity, COALESCE(counted.offers, 0), m.offers_cap,
           counted.last_assigned_at, shift.starts_at, shift.ends_at, COALESCE(team.calendar_code, 'default'),
           CASE WHEN NOT (m.active AND person.is_active) THEN 'inactive'
                WHEN EXISTS (
                    SELECT 1 FROM assignment_absence a
                     WHERE a.manager_id = m.id AND a.starts_at <= %(now)s AND a.ends_at > %(now)s
                ) THEN 'absent'
                WHEN shift.starts_at IS NULL THEN 'off_shift'
                WHEN NOT m.works_without_telegram AND NOT EXISTS (
                    SELECT 1 FROM core_telegramlink l
                     WHERE l.user_id = m.user_id AND l.active AND l.unreachable_since IS NULL
                ) THEN 'unreachable'
           END
      FROM assignment_manager m
      JOIN core_user person ON person.id = m.user_id
      LEFT JOIN core_team team ON team.id = person.team_id
      LEFT JOIN assignment_managerload counted ON counted.manager_id = m.id
      LEFT JOIN assignment_shift shift
             ON shift.manager_id = m.id AND shift.starts_at <= %(now)s AND shift.ends_at > %(now)s
     ORDER BY m.user_id
"""

_AVAILABILITY = """
    SELECT m.user_id,
           m.active AND person.is_active AND NOT EXISTS (
               SELECT 1 FROM assignment_absence a
                WHERE a.manager_id = m.id AND a.starts_at <= %(now)s AND a.ends_at > %(now)s
           ) AND (m.works_without_telegram OR person.email <> '' OR NOT EXISTS (
               SELECT 1 FROM core_telegramlink link
                WHERE link.user_id = m.user_id AND link.active AND link.unreachable_since IS NOT NULL
           )),
           (SELECT min(a.starts_at) FROM assignment_absence a WHERE a.manager_id = m.id AND a.starts_at > %(now)s),
           COALESCE(team.calendar_code, 'default'),
           EXISTS (
               SELECT 1 FROM assignment_shift s
                WHERE s.manager_id = m.id AND s.starts_at <= %(now)s AND s.ends_at > %(now)s
           )
      FROM assignment_manager m
      JOIN core_user person ON person.id = m.user_id
      LEFT JOIN core_team team ON team.id = person.team_id
     WHERE m.user_id = ANY(%(user_ids)s)
"""

_SHIFTS_AHEAD = """
    SELECT m.user_id, shift.starts_at, shift.ends_at
      FROM assignment_shift shift
      JOIN assignment_manager m ON m.id = shift.manager_id
     WHERE m.user_id = ANY(%(user_ids)s) AND shift.ends_at > %(start)s AND shift.starts_at < %(until)s
     ORDER BY shift.starts_at
"""


def standings(*, now: datetime) -> list[Standing]:
    """All managers with their loads at `now` and why some can't be given anything. One query.

    A manager has at most one shift at a time (by constraint).
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"now": now})
        return [Standing(*row) for row in cursor.fetchall()]


def availability(user_ids: Iterable[int], *, now: datetime) -> dict[int, Availability]:
    """Of these owners (by user): may they keep what they have not accepted yet? One query.

    Somebody without a manager's profile is not available.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, {"now": now, "user_ids": list(user_ids)})
        return {row[0]: Availability(*row) for row in cursor.fetchall()}


def shifts_ahead(
    user_ids: Iterable[int], *, start: datetime
) -> dict[int, tuple[tuple[datetime, datetime], ...]]:
    """The shifts of these users that end after `start`, a week ahead, in order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SHIFTS_AHEAD,
            {"user_ids": list(user_ids), "start": start, "until": start + SHIFTS_AHEAD},
        )
        found = cursor.fetchall()
    shifts: dict[int, list[tuple[datetime, datetime]]] = {}
    for user_id, starts_at, ends_at in found:
        shifts.setdefault(user_id, []).append((starts_at, ends_at))
    return {user_id: tuple(spans) for user_id, spans in shifts.items()}


def rounds(order_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """Who has had these orders, first to last, by order. One query."""
    found: dict[int, list[Assignment]] = {}
    which = "WHERE order_id = ANY(%s) ORDER BY order_id, round"
    for assignment in bulk.read_rows(Assignment, which, [list(order_ids)]):
        found.setdefault(assignment.order_id, []).append(assignment)
    return found
