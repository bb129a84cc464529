from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.db.models import Case, CharField, DateTimeField, Exists, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from assignment.models import Absence, Assignment, Manager, Shift, WeightTable
from assignment.policies.weights import Weights
from core.models import TelegramLink

SHIFT_ENDING = timedelta(minutes=30)
"""In the last half-hour of a shift nobody is given an order unless nobody else is there."""

SHIFTS_AHEAD = timedelta(days=7)
"""How far ahead shifts are read for the acceptance clock; beyond them it goes by the calendar."""


class NoWeights(RuntimeError):
    """No table of weights has been published: loads can't be compared."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a manager may keep an order that is not in work yet, and by which calendar they work."""

    user_id: int
    available: bool
    absent_from: datetime | None
    calendar_code: str


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


def weights_version_in_force() -> int:
    """Raises NoWeights."""
    version = WeightTable.objects.aggregate(newest=Max("version"))["newest"]
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


def standings(*, now: datetime) -> list[Standing]:
    """All managers with their loads at `now` and why some can't be given anything. One query."""
    shift = Shift.objects.filter(manager=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)
    absent = Absence.objects.filter(manager=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)
    reachable = TelegramLink.objects.filter(
        user=OuterRef("user"), active=True, unreachable_since__isnull=True
    )
    rows = (
        Manager.objects.annotate(
            shift_from=Subquery(shift.values("starts_at")[:1], output_field=DateTimeField()),
            shift_until=Subquery(shift.values("ends_at")[:1], output_field=DateTimeField()),
            excluded=Case(
                When(~Q(active=True, user__is_active=True), then=Value("inactive")),
                When(Exists(absent), then=Value("absent")),
                When(~Exists(shift), then=Value("off_shift")),
                When(Q(works_without_telegram=False) & ~Exists(reachable), then=Value("unreachable")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .order_by("user_id")
        .values_list(
            "user_id",
            Coalesce("load__load", Value(Decimal(0))),
            "capacity",
            Coalesce("load__offers", Value(0)),
            "offers_cap",
            "load__last_assigned_at",
            "shift_from",
            "shift_until",
            Coalesce("user__team__calendar_code", Value("default")),
            "excluded",
        )
    )
    return [
        Standing(
            user_id=user_id,
            load=load,
            capacity=capacity,
            offers=offers,
            offers_cap=offers_cap,
            last_assigned_at=last,
            shift_started_at=shift_from,
            shift_ends_at=shift_until,
            calendar_code=calendar,
            excluded_because=excluded or None,
        )
        for user_id, load, capacity, offers, offers_cap, last, shift_from, shift_until, calendar, excluded in rows
    ]


def availability(user_ids: Iterable[int], *, now: datetime) -> dict[int, Availability]:
    """Of these owners (by user): may they keep what they have not accepted yet? One query.

    Somebody without a manager's profile is not available.
    """
    absent = Absence.objects.filter(manager=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)
    coming = Absence.objects.filter(manager=OuterRef("pk"), starts_at__gt=now).order_by("starts_at")
    rows = (
        Manager.objects.filter(user__in=user_ids)
        .annotate(
            available=Q(active=True, user__is_active=True) & ~Exists(absent),
            absent_from=Subquery(coming.values("starts_at")[:1], output_field=DateTimeField()),
        )
        .values_list(
            "user_id", "available", "absent_from", Coalesce("user__team__calendar_code", Value("default"))
        )
    )
    return {row[0]: Availability(*row) for row in rows}


def shifts_ahead(
    user_ids: Iterable[int], *, start: datetime
) -> dict[int, tuple[tuple[datetime, datetime], ...]]:
    """The shifts of these users that end after `start`, a week ahead, in order. One query."""
    shifts: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = (
        Shift.objects.filter(
            manager__user__in=user_ids, ends_at__gt=start, starts_at__lt=start + SHIFTS_AHEAD
        )
        .order_by("starts_at")
        .values_list("manager__user_id", "starts_at", "ends_at")
    )
    for user_id, starts_at, ends_at in rows:
        shifts.setdefault(user_id, []).append((starts_at, ends_at))
    return {user_id: tuple(spans) for user_id, spans in shifts.items()}


def rounds(order_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """Who has had these orders, first to last, by order. One query."""
    found: dict[int, list[Assignment]] = {}
    for assignment in Assignment.objects.filter(order__in=order_ids).order_by("order_id", "round"):
        found.setdefault(assignment.order_id, []).append(assignment)
    return found
