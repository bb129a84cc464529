"""The ladder as tables of cases and properties: who is told when, again, later, or not at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.statuses import FINAL, Severity, Status
from sla.models import Action, Trigger, Whom
from sla.policies import ladder
from sla.policies.ladder import (
    DEFAULT_LADDER,
    Cause,
    Hold,
    Quiet,
    Rung,
    firings,
    next_moment,
    quiet_until,
    rungs_for,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FREE = Hold()
DUE = Cause(NOON)

LEAD_AT_ONCE = Rung("stage", "lead", "escalate", after_seconds=0)
DUTY_AFTER_AN_HOUR = Rung("stage", "duty", "escalate", after_seconds=3600)
GROUP_AGAIN = Rung("stage", "group", "escalate", after_seconds=7200, repeat_seconds=1800, at_most=3)
THREE = (LEAD_AT_ONCE, DUTY_AFTER_AN_HOUR, GROUP_AGAIN)


def lived(rungs: tuple[Rung, ...], *, until: datetime, hold: Hold = FREE) -> list[tuple[str, int, timedelta]]:
    """(whom, times, how long after the deadline) of all that is told when somebody looks at each next moment."""
    told: list[tuple[str, int, timedelta]] = []
    fired: dict[str, tuple[int, datetime]] = {}
    now: datetime | None = NOON
    while now is not None and now <= until:
        found = firings(rungs, DUE, fired, hold, now)
        told += [(firing.rung.whom, firing.times, now - NOON) for firing in found]
        following = next_moment(rungs, DUE, fired, hold, now)
        assert following is None or following > now
        fired = ladder.after(fired, found, now)
        now = following
    return told


def test_each_rung_is_told_at_its_moment_and_repeated_as_often_as_it_says() -> None:
    assert lived(THREE, until=NOON + 48 * HOUR) == [
        ("lead", 1, timedelta(0)),
        ("duty", 1, HOUR),
        ("group", 1, 2 * HOUR),
        ("group", 2, 2 * HOUR + 30 * MINUTE),
        ("group", 3, 3 * HOUR),
    ]


def test_what_came_due_while_nobody_looked_is_told_once() -> None:
    late = firings(THREE, DUE, {}, FREE, NOON + 10 * HOUR)
    assert [(firing.rung.whom, firing.times) for firing in late] == [("lead", 1), ("duty", 1), ("group", 1)]


@pytest.mark.parametrize(
    ("fired", "minutes", "told"),
    [
        ({}, -1, []),
        ({}, 0, ["lead"]),
        ({"lead:escalate:+0": (1, NOON)}, 59, []),
        ({"lead:escalate:+0": (1, NOON)}, 60, ["duty"]),
        ({"lead:escalate:+0": (1, NOON), "duty:escalate:+3600": (1, NOON + HOUR)}, 120, ["group"]),
    ],
)
def test_nothing_is_told_before_its_moment_or_twice(
    fired: dict[str, tuple[int, datetime]], minutes: int, told: list[str]
) -> None:
    found = firings(THREE, DUE, fired, FREE, NOON + minutes * MINUTE)
    assert [firing.rung.whom for firing in found] == told


def test_while_it_is_held_nothing_is_told_and_then_all_that_is_due_once() -> None:
    hold = Hold(until=NOON + 5 * HOUR)
    assert lived(THREE, until=NOON + 6 * HOUR, hold=hold) == [
        ("lead", 1, 5 * HOUR),
        ("duty", 1, 5 * HOUR),
        ("group", 1, 5 * HOUR),
        ("group", 2, 5 * HOUR + 30 * MINUTE),
        ("group", 3, 6 * HOUR),
    ]


def test_quiet_hours_let_an_owner_at_work_be_told() -> None:
    owner = Rung("stage", "owner", "remind", after_seconds=0)
    night = Hold(quiet_until=NOON + 8 * HOUR)
    assert [f.rung.whom for f in firings((owner, LEAD_AT_ONCE), DUE, {}, night, NOON)] == ["owner"]
    off_shift = replace(night, owner_works=False)
    assert firings((owner, LEAD_AT_ONCE), DUE, {}, off_shift, NOON) == ()
    assert next_moment((owner,), DUE, {}, off_shift, NOON) == NOON + 8 * HOUR


def test_a_share_of_the_target_comes_before_the_deadline_if_its_clock_knows_it() -> None:
    early = Rung("stage", "lead", "escalate", share=80)
    knows = Cause(NOON, shares=((80, NOON - HOUR),))
    assert next_moment((early,), knows, {}, FREE, NOON - 2 * HOUR) == NOON - HOUR
    assert [f.rung for f in firings((early,), knows, {}, FREE, NOON - HOUR)] == [early]
    # A clock that was started before there was such a rung.
    assert next_moment((early,), DUE, {}, FREE, NOON - 2 * HOUR) is None
    assert firings((early,), DUE, {}, FREE, NOON + HOUR) == ()


EVERY = Rung("stage", "lead", "escalate", after_seconds=0)
OF_STAGE = replace(EVERY, after_seconds=60, stage="in_transit")
OF_SEVERITY = replace(EVERY, after_seconds=120, severity="critical")
OF_BOTH = replace(EVERY, after_seconds=180, stage="in_transit", severity="critical")
OF_DUTY = replace(EVERY, whom="duty")


@pytest.mark.parametrize(
    ("stage", "severity", "lead"),
    [
        ("under_inspection", "normal", EVERY),
        ("in_transit", "normal", OF_STAGE),
        ("under_inspection", "critical", OF_SEVERITY),
        ("in_transit", "critical", OF_BOTH),
    ],
)
def test_the_most_particular_rungs_of_a_whom_and_an_action_apply(
    stage: str, severity: str, lead: Rung
) -> None:
    rungs = (EVERY, OF_STAGE, OF_SEVERITY, OF_BOTH, OF_DUTY)
    assert rungs_for(rungs, trigger="stage", stage=stage, severity=severity) == tuple(
        rung for rung in rungs if rung in (lead, OF_DUTY)
    )
    assert rungs_for(rungs, trigger="task", stage=stage, severity=severity) == ()


def test_a_rung_of_the_severity_goes_before_one_of_the_stage() -> None:
    both = rungs_for((OF_STAGE, OF_SEVERITY), trigger="stage", stage="in_transit", severity="critical")
    assert both == (OF_SEVERITY,)


MOSCOW = "Europe/Moscow"


def at(clock: str, *, zone: str = MOSCOW, day: int = 2) -> datetime:
    return datetime.combine(date(2026, 3, day), time.fromisoformat(clock), tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (("22:00", "08:00"), at("21:59:59"), None),
        (("22:00", "08:00"), at("22:00"), at("08:00", day=3)),
        (("22:00", "08:00"), at("03:00", day=3), at("08:00", day=3)),
        (("22:00", "08:00"), at("08:00", day=3), None),
        (("13:00", "14:30"), at("13:00"), at("14:30")),
        (("13:00", "14:30"), at("14:30"), None),
        (("00:00", "07:00"), at("00:00"), at("07:00")),
        (("09:00", "09:00"), at("09:00"), None),
    ],
)
def test_quiet_hours_go_on_past_midnight(
    quiet: tuple[str, str], now: datetime, until: datetime | None
) -> None:
    hours = Quiet(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1]))
    assert quiet_until(hours, time_zone=MOSCOW, now=now.astimezone(UTC)) == until


def test_quiet_hours_follow_the_wall_clock_when_it_is_set_forward() -> None:
    # In Berlin the clock jumped from 02:00 to 03:00 on 29 March 2026: that night was an hour shorter.
    quiet = Quiet(time(22), time(8))
    now = datetime(2026, 3, 28, 23, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    until = quiet_until(quiet, time_zone="Europe/Berlin", now=now)
    assert until == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert until - now == 8 * HOUR


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert quiet_until(None, time_zone=MOSCOW, now=at("03:00")) is None


RUNGS = st.builds(
    Rung,
    trigger=st.just("stage"),
    whom=st.sampled_from(list(ladder.LEVELS)),
    action=st.just("escalate"),
    after_seconds=st.integers(0, 86_400),
    repeat_seconds=st.none() | st.integers(60, 86_400),
    at_most=st.integers(1, 5),
)


@given(st.lists(RUNGS, unique_by=lambda rung: rung.key, max_size=6))
def test_a_ladder_ends_and_tells_each_rung_as_often_as_it_may(rungs: list[Rung]) -> None:
    told = lived(tuple(rungs), until=NOON + timedelta(days=3650))
    for rung in rungs:
        times = rung.at_most if rung.repeat_seconds is not None else 1
        assert sum(whom == rung.whom for whom, _times, _after in told) >= times
    assert len(told) == sum(rung.at_most if rung.repeat_seconds is not None else 1 for rung in rungs)
    assert [after for _whom, _times, after in told] == sorted(after for _whom, _times, after in told)


@given(
    st.lists(RUNGS, unique_by=lambda rung: rung.key, max_size=4),
    st.integers(0, 200_000),
    st.integers(0, 200_000),
)
def test_looking_in_between_changes_nothing(rungs: list[Rung], first: int, second: int) -> None:
    """At any moment before the next one there is nothing to tell, and the next one stays where it is."""
    now = NOON + timedelta(seconds=first)
    fired = ladder.after({}, firings(rungs, DUE, {}, FREE, now), now)
    following = next_moment(rungs, DUE, fired, FREE, now)
    between = now + timedelta(seconds=second)
    if following is None or between < following:
        assert firings(rungs, DUE, fired, FREE, between) == ()
        assert next_moment(rungs, DUE, fired, FREE, between) == following


@given(st.lists(RUNGS, max_size=6), st.sampled_from(Status.values), st.sampled_from(Severity.values))
def test_some_rung_of_every_whom_that_fits_is_left(rungs: list[Rung], stage: str, severity: str) -> None:
    left = rungs_for(rungs, trigger="stage", stage=stage, severity=severity)
    assert {rung.whom for rung in left} == {rung.whom for rung in rungs}


# ── the default ladder ──


def test_the_default_ladder_is_made_of_what_rows_may_hold() -> None:
    for rung in DEFAULT_LADDER:
        assert rung.trigger in Trigger.values
        assert rung.whom in Whom.values
        assert rung.action in Action.values
        assert rung.severity in ("", *Severity.values)
    assert {*ladder.CLOCK_TRIGGERS, *ladder.STUCK_TRIGGERS} == set(Trigger.values)
    assert set(ladder.LEVELS) == set(Whom.values)
    keys = [(rung.trigger, rung.stage, rung.severity, rung.key) for rung in DEFAULT_LADDER]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("severity", Severity.values)
@pytest.mark.parametrize("trigger", [*Trigger.values])
def test_by_default_everything_that_is_not_taken_away_reaches_the_group(trigger: str, severity: str) -> None:
    rungs = rungs_for(DEFAULT_LADDER, trigger=trigger, stage="under_inspection", severity=severity)
    whoms = {rung.whom for rung in rungs}
    assert whoms == {
        "accept": {"owner"},
        "assign": {"lead", "duty", "group"},
        "stuck": {"owner", "lead"},
        "stuck_long": {"duty", "group"},
    }.get(trigger, {"owner", "lead", "duty", "group"})


def test_what_is_critical_climbs_faster() -> None:
    def reaches(severity: str, whom: str) -> int:
        rungs = rungs_for(DEFAULT_LADDER, trigger="stage", stage="under_inspection", severity=severity)
        return min(
            rung.after_seconds or 0 for rung in rungs if rung.whom == whom and rung.action == "escalate"
        )

    assert [reaches("normal", whom) for whom in ("lead", "duty", "group")] == [0, 3600, 7200]
    assert [reaches("critical", whom) for whom in ("lead", "duty", "group")] == [0, 900, 1800]


def test_every_open_stage_has_both_thresholds() -> None:
    assert set(ladder.STUCK_STAGES) == set(Status.values) - {str(status) for status in FINAL}
    assert ladder.default_stuck()["in_transit", 1] == 24 * 3600
    assert ladder.default_stuck()["pending_manager", 2] == 72 * 3600
