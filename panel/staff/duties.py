"""The roster of leads on duty as a week's grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.models import Duty, User
from core.roles import LEAD
from core.selectors import duties
from panel.staff.week import DAYS, Day, day_share, midnight, stretches


@dataclass(frozen=True, slots=True)
class LeadLine:
    lead: User
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Roster:
    """Seven local days from a Monday; `turns` are those of the week.

    `gaps`: days to come on which nobody is for a while.
    """

    monday: date
    days: Sequence[date]
    lines: Sequence[LeadLine]
    turns: Sequence[Duty]
    gaps: frozenset[date]
    today: date | None

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=DAYS)


def leads() -> list[User]:
    """Who can be on duty. One query."""
    return list(User.objects.filter(is_active=True, groups__name=LEAD))


def roster(monday: date, *, now: datetime) -> Roster:
    """Two queries. Whoever is no lead any more is still shown with the turns they have."""
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    turns = duties(midnight(monday), midnight(monday + timedelta(days=DAYS)))
    people = {user.pk: user for user in (*leads(), *(turn.user for turn in turns))}
    today = next((day for day in days if midnight(day) <= now < midnight(day + timedelta(days=1))), None)
    lines = [
        LeadLine(
            lead,
            [
                Day(
                    day,
                    stretches([turn for turn in turns if turn.user_id == lead.pk], day, "shift"),
                    day_share(now, day) if day == today else None,
                )
                for day in days
            ],
        )
        for lead in people.values()
    ]
    return Roster(monday, days, lines, turns, _gaps(days, turns, now=now), today)


def _gaps(days: Sequence[date], turns: Sequence[Duty], *, now: datetime) -> frozenset[date]:
    """The days of which something is still to come that nobody has."""
    return frozenset(
        day for day in days if _has_gap(turns, max(midnight(day), now), midnight(day + timedelta(days=1)))
    )


def _has_gap(turns: Sequence[Duty], at: datetime, end: datetime) -> bool:
    """Turns in order."""
    for turn in turns:
        if turn.starts_at <= at < turn.ends_at:
            at = turn.ends_at
    return at < end
