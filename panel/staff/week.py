"""The week's grid: everybody's shifts and absences, and how many are there at each hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from assignment.models import Absence, Manager, Shift
from core.models import Duty

DAYS = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a day, in per cent of it."""

    left: float
    width: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Day:
    """`mark` is where now is, in per cent, on the day that it is."""

    day: date
    parts: Sequence[Stretch]
    mark: float | None


@dataclass(frozen=True, slots=True)
class Line:
    manager: Manager
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days from a Monday; `here` are the managers on shift by hour of the week (0–167)."""

    monday: date
    days: Sequence[date]
    lines: Sequence[Line]
    here: Sequence[int]
    marks: Mapping[date, float] = field(default_factory=dict)

    @property
    def here_by_day(self) -> list[Sequence[int]]:
        return [self.here[24 * day : 24 * (day + 1)] for day in range(DAYS)]

    @property
    def fewest_by_day(self) -> list[tuple[Sequence[int], int, int]]:
        """Each day's hours, with how few and how many are there at once."""
        return [(hours, min(hours), max(hours)) for hours in self.here_by_day]

    @property
    def most(self) -> int:
        return max(self.here, default=0) or 1

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=DAYS)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(monday: date, *, now: datetime) -> Week:
    """Everybody's shifts and absences of seven days. Three queries."""
    starts_at, ends_at = midnight(monday), midnight(monday + timedelta(days=DAYS))
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    managers = list(Manager.objects.filter(user__is_active=True).select_related("user__team"))
    shifts = list(Shift.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at))
    absences = list(Absence.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at))
    away: dict[int, list[Absence]] = {}
    for absence in absences:
        away.setdefault(absence.manager_id, []).append(absence)
    marks = {
        day: day_share(now, day) for day in days if midnight(day) <= now < midnight(day + timedelta(days=1))
    }
    lines = [
        Line(
            manager,
            [
                Day(
                    day,
                    [
                        *stretches([s for s in shifts if s.manager_id == manager.pk], day, "shift"),
                        *stretches(away.get(manager.pk, []), day, "absence"),
                    ],
                    marks.get(day),
                )
                for day in days
            ],
        )
        for manager in managers
    ]
    return Week(monday, days, lines, _here(shifts, away, starts_at), marks)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0)))


def day_share(at: datetime, day: date) -> float:
    """Where a moment lies in a local day, in per cent."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    return round(min(max((at - start) / (end - start), 0), 1) * 100, 2)


def stretches(
    rows: Sequence[Shift] | Sequence[Absence] | Sequence[Duty], day: date, kind: str
) -> list[Stretch]:
    found = []
    for row in rows:
        left, right = day_share(row.starts_at, day), day_share(row.ends_at, day)
        if right > left:
            begins, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
            title = f"{begins:%d.%m %H:%M} – {ends:%d.%m %H:%M}"
            found.append(Stretch(left, round(right - left, 2), kind, title))
    return found


def _here(shifts: Sequence[Shift], away: Mapping[int, Sequence[Absence]], monday: datetime) -> list[int]:
    """How many are on shift and not absent in the middle of each hour of the week."""
    middles = [monday + timedelta(hours=hour, minutes=30) for hour in range(DAYS * 24)]
    return [
        sum(
            1
            for shift in shifts
            if shift.starts_at <= at < shift.ends_at
            and not any(a.starts_at <= at < a.ends_at for a in away.get(shift.manager_id, ()))
        )
        for at in middles
    ]
