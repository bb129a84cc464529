"""Who works when: at any minute of any week at least four managers, who can carry a flood between them."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from assignment.models import Manager, Shift
from core.models import Team, User
from panel.seeding import people, policies
from panel.seeding.installing import LEAD_IN, install

MINUTES_OF_A_WEEK = 7 * 24 * 60
NOW = datetime(2026, 3, 4, 11, 37, tzinfo=UTC)
"""A Wednesday; any moment will do."""


def minutes_at_work(seller: people.Salesperson) -> list[int]:
    """The minutes of a week, from Monday 00:00, at which this manager is on shift, counted one by one."""
    minutes = []
    for row in people.shifts_of(seller.crew):
        start = row.weekday * 1440 + row.starts.hour * 60 + row.starts.minute
        length = (row.ends.hour * 60 + row.ends.minute - row.starts.hour * 60 - row.starts.minute) % 1440
        minutes += [(start + minute) % MINUTES_OF_A_WEEK for minute in range(length)]
    return minutes


def test_at_every_minute_of_the_week_at_least_four_managers_are_on_shift() -> None:
    present = Counter(minute for seller in people.MANAGERS for minute in minutes_at_work(seller))

    assert len(people.MANAGERS) == 12
    assert min(present[minute] for minute in range(MINUTES_OF_A_WEEK)) >= 4


def test_nobody_is_in_two_places_and_everybody_rests_half_a_day_between_shifts() -> None:
    for seller in people.MANAGERS:
        at_work = minutes_at_work(seller)
        assert len(at_work) == len(set(at_work))
        starts = sorted(row.weekday * 1440 + row.starts.hour * 60 for row in people.shifts_of(seller.crew))
        gaps = [
            (following - start - 720) % MINUTES_OF_A_WEEK
            for start, following in zip(starts, [*starts[1:], starts[0] + MINUTES_OF_A_WEEK], strict=True)
        ]
        assert min(gaps) >= 720


def test_when_some_hand_over_at_least_two_others_stay() -> None:
    """In the last half-hour of a shift nobody is given an order while somebody else is there."""
    staying: dict[int, int] = defaultdict(int)
    for seller in people.MANAGERS:
        at_work = set(minutes_at_work(seller))
        for minute in at_work:
            staying[minute] += (minute + 30) % MINUTES_OF_A_WEEK in at_work

    assert min(staying[minute] for minute in range(MINUTES_OF_A_WEEK)) >= 2


def test_whoever_is_on_shift_can_carry_two_thousand_ordinary_orders() -> None:
    weight = Decimal(policies.STAGE_WEIGHTS["pending_manager"]) * Decimal(policies.SEVERITY_WEIGHTS["normal"])

    assert weight == 1
    assert 4 * people.CAPACITY >= 2000


@pytest.mark.django_db
def test_shifts_are_laid_out_without_a_gap_from_a_fortnight_back_to_a_fortnight_ahead(tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    assert timedelta(days=2) + LEAD_IN == timedelta(days=14)
    changes: Counter[datetime] = Counter()
    for starts_at, ends_at in Shift.objects.values_list("starts_at", "ends_at"):
        changes[starts_at] += 1
        changes[ends_at] -= 1
    present, least = 0, 12
    for at in sorted(changes):
        if NOW - timedelta(days=14) < at < NOW + timedelta(days=14):
            least = min(least, present)
        present += changes[at]
    assert least >= 4


@pytest.mark.django_db
def test_three_teams_have_their_leads_and_four_managers_each(tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    teams = list(Team.objects.select_related("lead"))
    assert len({team.lead_id for team in teams}) == 3
    assert all(team.lead and team.lead.groups.filter(name="lead").exists() for team in teams)
    assert Counter(Manager.objects.values_list("user__team__name", flat=True)) == {
        team.name: 4 for team in teams
    }
    assert Counter(User.objects.values_list("groups__name", flat=True)) == {
        "manager": 12,
        "lead": 3,
        "finance": 1,
        "observer": 1,
        None: 1,
    }
