"""Deadlines in working time: cases worked out by hand, and properties against a walk minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.policies.worktime import (
    Calendar,
    CalendarEmpty,
    DayException,
    Deadline,
    OutOfRange,
    SegmentKind,
    Span,
    counted,
    counted_in_spans,
    deadline,
    deadline_in_spans,
    moment_of,
    moments_of,
)

BERLIN = "Europe/Berlin"
SAO_PAULO = "America/Sao_Paulo"
MINUTE = timedelta(minutes=1)

OFFICE_DAY = ((time(9), time(13)), (time(14), time(18)))
ALWAYS = ((time(0), time(0)),)


def examples(number: int) -> settings:
    """How many; a busy machine makes no test fail."""
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def calendar(
    *, week: Sequence = (OFFICE_DAY,) * 5 + ((), ()), zone: str = BERLIN, exceptions: dict | None = None
) -> Calendar:
    return Calendar(code="t", version=1, time_zone=zone, week=tuple(week), exceptions=exceptions or {})


OFFICE = calendar(
    exceptions={
        date(2026, 1, 1): DayException(hours=(), why="New Year"),
        date(2026, 12, 31): DayException(hours=((time(9), time(12)),), why="New Year's Eve"),
    }
)
EVERY_HOUR = calendar(week=(ALWAYS,) * 7)
OWL = calendar(week=(((time(2, 30), time(4)),),) * 7)
LATE = calendar(week=(((time(22), time(0)),),) * 7, zone=SAO_PAULO)
DAWN = calendar(week=(((time(0), time(2)),),) * 7, zone="Asia/Tehran")
EARLY = calendar(week=(((time(0), time(2)),),) * 7, zone=SAO_PAULO)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(value: float) -> timedelta:
    return timedelta(hours=value)


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started_at", "target", "due_at"),
    [
        ("2026-03-02 10:00", hours(2), "2026-03-02 12:00"),  # a Monday, inside one interval
        ("2026-03-02 10:00", hours(4), "2026-03-02 15:00"),  # over the break
        ("2026-03-02 09:00", hours(4), "2026-03-02 13:00"),  # ends with the interval, not after the break
        ("2026-03-02 09:00", hours(8), "2026-03-02 18:00"),  # ends with the day
        ("2026-03-02 09:00", hours(8) + timedelta(seconds=1), "2026-03-03 09:00:01"),
        ("2026-03-02 13:20", hours(1), "2026-03-02 15:00"),  # starts in the break
        ("2026-03-02 06:00", hours(1), "2026-03-02 10:00"),  # starts before work
        ("2026-03-02 23:00", hours(1), "2026-03-03 10:00"),  # starts at night
        ("2026-03-07 12:00", hours(1), "2026-03-09 10:00"),  # starts on a Saturday
        ("2026-03-06 17:30", hours(1), "2026-03-09 09:30"),  # over a weekend
        ("2026-03-27 17:00", hours(2), "2026-03-30 10:00"),  # over a weekend in which the clocks change
        ("2025-12-31 17:00", hours(2), "2026-01-02 10:00"),  # over a holiday
        ("2026-12-31 11:30", hours(1), "2027-01-01 09:30"),  # over a shortened day
        ("2026-03-02 09:00", hours(8 * 30), "2026-04-10 18:00"),  # thirty business days are six weeks
        ("2026-03-07 12:00", hours(0), "2026-03-07 12:00"),  # nothing to wait for
    ],
)
def test_a_target_of_business_time_is_due_when_it_is_used_up(started_at, target, due_at):
    answer = deadline(started_at=berlin(started_at), target=target, calendar=OFFICE)

    assert answer.due_at == berlin(due_at)
    assert answer.due_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("which", "started_at", "target", "due_at"),
    [
        # Clocks that change do not change how long a second is.
        (EVERY_HOUR, "2026-03-28 23:00", hours(24), "2026-03-29 23:00"),
        (EVERY_HOUR, "2026-10-24 22:00", hours(25), "2026-10-25 23:00"),
        (None, "2026-03-28 23:00", hours(24), "2026-03-29 23:00"),
        # 29 March has no 02:30–03:00: work goes from 03:00 summer time (01:00 UTC) to 04:00.
        (OWL, "2026-03-28 23:00", hours(1), "2026-03-29 02:00"),
        (OWL, "2026-03-28 23:00", hours(1.5), "2026-03-30 01:00"),
        # 25 October has 02:30–03:00 twice: 00:30–01:00 UTC, and then 01:30–03:00 UTC as ever.
        (OWL, "2026-10-24 22:00", hours(0.5), "2026-10-25 01:00"),
        (OWL, "2026-10-24 22:00", hours(0.75), "2026-10-25 01:45"),
        (OWL, "2026-10-24 22:00", hours(2), "2026-10-25 03:00"),
        # São Paulo turned back at midnight: the last hour of Saturday 17 February 2018 came twice.
        (LATE, "2018-02-18 00:00", hours(3), "2018-02-18 03:00"),
        # ... and forward at midnight: Sunday 4 November 2018 began at 01:00 (03:00 UTC).
        (EARLY, "2018-11-03 06:00", hours(1), "2018-11-04 04:00"),
        (EARLY, "2018-11-03 06:00", hours(1.5), "2018-11-05 02:30"),
        # Tehran went forward at midnight of a Thursday, to 01:00 at +4:30, where a stretch of the index ends.
        (DAWN, "1996-03-20 12:00", hours(1), "1996-03-20 21:30"),
        (DAWN, "1996-03-20 12:00", hours(1.5), "1996-03-21 20:00"),
    ],
)
def test_a_clock_change_neither_adds_nor_loses_a_second(which, started_at, target, due_at):
    answer = deadline(started_at=utc(started_at), target=target, calendar=which)

    assert answer.due_at == utc(due_at)


def test_the_same_wall_time_in_a_fold_is_told_apart():
    first = berlin("2026-10-25 02:30")
    second = first.replace(fold=1)

    assert deadline(started_at=first, target=hours(1), calendar=None).due_at == utc("2026-10-25 01:30")
    assert deadline(started_at=second, target=hours(1), calendar=None).due_at == utc("2026-10-25 02:30")
    assert counted(start=first, end=second, calendar=EVERY_HOUR) == hours(1)


def test_a_day_that_a_zone_skipped_has_no_time_at_all():
    samoa = calendar(week=(((time(9), time(10)),),) * 7, zone="Pacific/Apia")

    # Thursday 29 December 2011 09:30 (UTC-10) was followed by Saturday the 31st (UTC+14).
    answer = deadline(started_at=utc("2011-12-29 19:30"), target=hours(1), calendar=samoa)

    assert answer.due_at == utc("2011-12-30 19:30")


def strip(answer: Deadline) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"{s.start.astimezone(ZoneInfo(BERLIN)):%m-%d %H:%M}",
            f"{s.end.astimezone(ZoneInfo(BERLIN)):%m-%d %H:%M}",
            s.kind.value,
            s.why,
        )
        for s in answer.segments
    ]


def test_segments_say_what_every_stretch_of_the_time_was():
    answer = deadline(
        started_at=berlin("2025-12-30 12:00"),
        target=hours(22),
        calendar=OFFICE,
        pauses=[Span(berlin("2025-12-31 16:00"), berlin("2026-01-01 12:00"), "client")],
    )

    assert strip(answer) == [
        ("12-30 12:00", "12-30 13:00", "counted", ""),
        ("12-30 13:00", "12-30 14:00", "break", ""),
        ("12-30 14:00", "12-30 18:00", "counted", ""),
        ("12-30 18:00", "12-31 09:00", "night", ""),
        ("12-31 09:00", "12-31 13:00", "counted", ""),
        ("12-31 13:00", "12-31 14:00", "break", ""),
        ("12-31 14:00", "12-31 16:00", "counted", ""),
        ("12-31 16:00", "01-01 12:00", "paused", "client"),
        ("01-01 12:00", "01-02 00:00", "holiday", "New Year"),
        ("01-02 00:00", "01-02 09:00", "night", ""),
        ("01-02 09:00", "01-02 13:00", "counted", ""),
        ("01-02 13:00", "01-02 14:00", "break", ""),
        ("01-02 14:00", "01-02 18:00", "counted", ""),
        ("01-02 18:00", "01-03 00:00", "night", ""),
        ("01-03 00:00", "01-05 00:00", "holiday", ""),
        ("01-05 00:00", "01-05 09:00", "night", ""),
        ("01-05 09:00", "01-05 12:00", "counted", ""),
    ]
    assert [s.seconds for s in answer.segments if s.kind == "counted"] == [
        3600, 4 * 3600, 4 * 3600, 2 * 3600, 4 * 3600, 4 * 3600, 3 * 3600,
    ]  # fmt: skip


def test_the_rest_of_a_shortened_day_carries_its_reason():
    answer = deadline(started_at=berlin("2026-12-31 11:00"), target=hours(2), calendar=OFFICE)

    assert strip(answer)[1] == ("12-31 12:00", "01-01 00:00", "night", "New Year's Eve")


def test_segments_are_left_out_when_nobody_asks():
    start, target = berlin("2026-03-02 10:00"), hours(40)

    quick = deadline(started_at=start, target=target, calendar=OFFICE, segments=False)

    assert quick.segments == ()
    assert quick.due_at == deadline(started_at=start, target=target, calendar=OFFICE).due_at


def test_overlapping_pauses_stop_the_clock_once_and_later_ones_do_not_matter():
    pauses = [
        Span(berlin("2026-03-02 16:00"), berlin("2026-03-02 17:00")),
        Span(berlin("2026-03-02 11:00"), berlin("2026-03-02 12:00")),
        Span(berlin("2026-03-02 10:30"), berlin("2026-03-02 11:30")),
        Span(berlin("2026-03-01 10:30"), berlin("2026-03-02 10:00")),
        Span(berlin("2026-03-02 15:00"), berlin("2026-03-02 15:00")),
    ]

    # 10:00–10:30 counts, then 12:00–13:00 and 14:00–15:30.
    answer = deadline(started_at=berlin("2026-03-02 09:30"), target=hours(3), calendar=OFFICE, pauses=pauses)

    assert answer.due_at == berlin("2026-03-02 15:30")
    assert counted(
        start=berlin("2026-03-02 09:30"), end=berlin("2026-03-02 17:30"), calendar=OFFICE, pauses=pauses
    ) == hours(4)


def test_a_pause_that_begins_at_the_deadline_does_not_move_it():
    pause = Span(berlin("2026-03-02 11:00"), berlin("2026-03-02 17:00"))

    answer = deadline(started_at=berlin("2026-03-02 10:00"), target=hours(1), calendar=OFFICE, pauses=[pause])

    assert answer.due_at == pause.start


SHIFTS = [
    Span(berlin("2026-03-03 12:00"), berlin("2026-03-03 20:00")),
    Span(berlin("2026-03-02 08:00"), berlin("2026-03-02 12:00")),
]


@pytest.mark.parametrize(
    ("started_at", "target", "beyond", "due_at"),
    [
        ("2026-03-02 09:00", hours(1), OFFICE, "2026-03-02 10:00"),
        ("2026-03-02 06:00", hours(4), OFFICE, "2026-03-02 12:00"),
        ("2026-03-02 11:00", hours(3), OFFICE, "2026-03-03 14:00"),
        ("2026-03-02 11:00", hours(9), OFFICE, "2026-03-03 20:00"),
        ("2026-03-02 11:00", hours(10), OFFICE, "2026-03-04 10:00"),  # by the calendar once shifts run out
        ("2026-03-02 11:00", hours(10), None, "2026-03-03 21:00"),  # or round the clock
        ("2026-03-04 07:00", hours(2), OFFICE, "2026-03-04 11:00"),  # no shift left at all
        ("2026-03-02 11:00", hours(0), OFFICE, "2026-03-02 11:00"),
    ],
)
def test_a_manager_s_time_runs_in_their_shifts_and_then_by_the_calendar(started_at, target, beyond, due_at):
    answer = deadline_in_spans(started_at=berlin(started_at), target=target, spans=SHIFTS, beyond=beyond)

    assert answer.due_at == berlin(due_at)


def test_without_any_known_shift_the_calendar_alone_rules():
    answer = deadline_in_spans(
        started_at=berlin("2026-03-02 12:30"), target=hours(1), spans=[], beyond=OFFICE
    )

    assert answer == deadline(started_at=berlin("2026-03-02 12:30"), target=hours(1), calendar=OFFICE)


def test_segments_of_shifts_tell_off_shift_absence_and_pause_apart():
    answer = deadline_in_spans(
        started_at=berlin("2026-03-02 07:00"),
        target=hours(12),
        spans=SHIFTS,
        pauses=[Span(berlin("2026-03-03 14:00"), berlin("2026-03-03 15:00"), "client")],
        absences=[Span(berlin("2026-03-03 13:00"), berlin("2026-03-03 14:30"), "doctor")],
        beyond=OFFICE,
    )

    assert strip(answer) == [
        ("03-02 07:00", "03-02 08:00", "off_shift", ""),
        ("03-02 08:00", "03-02 12:00", "counted", ""),
        ("03-02 12:00", "03-03 12:00", "off_shift", ""),
        ("03-03 12:00", "03-03 13:00", "counted", ""),
        ("03-03 13:00", "03-03 14:00", "absence", "doctor"),
        ("03-03 14:00", "03-03 15:00", "paused", "client"),
        ("03-03 15:00", "03-03 20:00", "counted", ""),
        ("03-03 20:00", "03-04 09:00", "night", ""),
        ("03-04 09:00", "03-04 11:00", "counted", ""),
    ]


@pytest.mark.parametrize(
    ("share", "due_at"),
    [
        (0, "2026-03-02 10:00"),
        (0.5, "2026-03-02 12:00"),
        (Decimal("0.75"), "2026-03-02 13:00"),  # as the break begins, not after it
        (0.9, "2026-03-02 14:36"),
        (1, "2026-03-02 15:00"),
        (1.5, "2026-03-02 17:00"),
    ],
)
def test_a_share_of_the_target_is_used_at_its_own_moment(share, due_at):
    moment = moment_of(started_at=berlin("2026-03-02 10:00"), target=hours(4), share=share, calendar=OFFICE)

    assert moment == berlin(due_at)


def test_warnings_and_deadline_of_one_clock_come_together():
    clock = {"started_at": berlin("2026-03-02 10:00"), "target": hours(4), "calendar": OFFICE}

    assert moments_of(shares=(1, 0.5, 0.9), **clock) == (
        berlin("2026-03-02 15:00"),
        berlin("2026-03-02 12:00"),
        berlin("2026-03-02 14:36"),
    )


def test_a_share_can_be_asked_for_inside_shifts():
    moment = moment_of(
        started_at=berlin("2026-03-02 11:00"), target=hours(10), share=0.2, calendar=OFFICE, spans=SHIFTS
    )

    assert moment == berlin("2026-03-03 13:00")


def test_parts_of_a_second_never_drift():
    start = berlin("2026-03-02 12:59:59.400000")

    answer = deadline(started_at=start, target=timedelta(seconds=2), calendar=OFFICE)

    assert answer.due_at == berlin("2026-03-02 14:00:01.400000")
    assert [(s.kind.value, s.seconds) for s in answer.segments] == [
        ("counted", 0),
        ("break", 3600),
        ("counted", 2),
    ]


def test_counted_is_zero_backwards():
    assert counted(
        start=berlin("2026-03-03 10:00"), end=berlin("2026-03-02 10:00"), calendar=OFFICE
    ) == timedelta(0)


# --- refusals -------------------------------------------------------------------------------------


def closed_for(days: int, *, first: date) -> Calendar:
    shut = {first + timedelta(days=n): DayException(hours=(), why="closed") for n in range(days)}
    return calendar(week=(ALWAYS,) * 7, zone="UTC", exceptions=shut)


@pytest.mark.parametrize("month", range(1, 13))
def test_sixty_idle_days_are_the_longest_wait(month):
    first = date(2026, month, 1)
    started_at = datetime.combine(first, time(0), UTC) - hours(100)

    waited = deadline(started_at=started_at, target=hours(101), calendar=closed_for(60, first=first))
    assert waited.due_at == datetime.combine(first + timedelta(days=60), time(1), UTC)

    # The last hour before the closure is still due before it.
    shut = closed_for(61, first=first)
    assert deadline(started_at=started_at, target=hours(100), calendar=shut).due_at == started_at + hours(100)
    with pytest.raises(CalendarEmpty):
        deadline(started_at=started_at, target=hours(101), calendar=shut)


def test_a_calendar_without_hours_is_refused_only_when_a_deadline_needs_it():
    empty = calendar(week=((),) * 7)
    start = berlin("2026-03-02 10:00")

    with pytest.raises(
        CalendarEmpty, match="calendar t v1 has no working hours in the 60 days after 2026-03-02"
    ):
        deadline(started_at=start, target=MINUTE, calendar=empty)
    assert counted(start=start, end=start + timedelta(days=400), calendar=empty) == timedelta(0)
    assert deadline(started_at=start, target=timedelta(0), calendar=empty).due_at == start


def test_what_cannot_be_meant_is_refused():
    start = utc("2026-03-02 10:00")

    with pytest.raises(TypeError):
        deadline(started_at=start.replace(tzinfo=None), target=MINUTE, calendar=None)
    with pytest.raises(ValueError, match="negative"):
        deadline(started_at=start, target=-MINUTE, calendar=None)
    with pytest.raises(ValueError, match="before it starts"):
        deadline(started_at=start, target=MINUTE, calendar=None, pauses=[Span(start, start - MINUTE)])
    for moment in (datetime(1899, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
        with pytest.raises(OutOfRange):
            deadline(started_at=moment, target=MINUTE, calendar=OFFICE)
    for target in (timedelta(days=150_000), timedelta.max):
        with pytest.raises(OutOfRange):
            deadline(started_at=start, target=target, calendar=None)
    with pytest.raises(OutOfRange):
        deadline(started_at=start, target=timedelta(days=50_000), calendar=OFFICE)


# --- an independent oracle ------------------------------------------------------------------------

# Around clock changes of every sort: an hour, half an hour, at midnight, just after it, a whole day, none.
PLACES = [
    (BERLIN, utc("2026-03-29 01:00")),
    (BERLIN, utc("2026-10-25 01:00")),
    (SAO_PAULO, utc("2018-02-18 02:00")),
    (SAO_PAULO, utc("2018-11-04 03:00")),
    ("America/St_Johns", utc("2010-11-07 02:31")),
    ("America/St_Johns", utc("2010-03-14 03:31")),
    ("Australia/Lord_Howe", utc("2026-04-04 15:00")),
    ("Pacific/Apia", utc("2011-12-30 10:00")),
    ("Asia/Kolkata", utc("2026-01-01 00:00")),
    # A change in the last hours of a 56-day stretch of the index, whose edges lie on Thursdays.
    ("Asia/Tehran", utc("1996-03-20 20:30")),
    ("Asia/Tehran", utc("2005-09-21 19:30")),
]


def wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple((wall(a * 15), wall(b * 15)) for a, b in pairs)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone, around = draw(st.sampled_from(PLACES))
    local = around.astimezone(ZoneInfo(zone)).date()
    exceptions = draw(
        st.dictionaries(
            st.integers(-3, 6).map(lambda n: local + timedelta(days=n)),
            st.builds(DayException, hours=day_hours(), why=st.sampled_from(["a", "b"])),
            max_size=3,
        )
    )
    week = draw(st.lists(day_hours(), min_size=7, max_size=7))
    start = around + draw(st.integers(-3 * 24 * 60, 24 * 60)) * MINUTE
    return calendar(week=week, zone=zone, exceptions=exceptions), start


def spans_around(start: datetime) -> st.SearchStrategy[list[Span]]:
    span = st.tuples(st.integers(-600, 6000), st.integers(0, 3000), st.sampled_from(["", "x"])).map(
        lambda v: Span(start + v[0] * MINUTE, start + (v[0] + v[1]) * MINUTE, v[2])
    )
    return st.lists(span, max_size=4)


def inside(moment: datetime, spans: Sequence[Span]) -> bool:
    return any(span.start <= moment < span.end for span in spans)


def walked_kind(moment: datetime, which: Calendar) -> tuple[str, str]:
    """What a minute is, by looking at the clock on the wall."""
    local = moment.astimezone(ZoneInfo(which.time_zone))
    exception = which.exceptions.get(local.date())
    day = which.week[local.weekday()] if exception is None else exception.hours
    why = exception.why if exception else ""
    now = local.time()
    if not day:
        return "holiday", why
    if any(a <= now and (b == time(0) or now < b) for a, b in day):
        return "counted", ""
    last = day[-1][1]
    if now < day[0][0] or time(0) < last <= now:
        return "night", why
    return "break", why


def walk(start: datetime, target: timedelta, kind_at) -> tuple[datetime, list[tuple[str, str]]]:
    """Minute after minute until the target is used up; gives up (as a case) after three weeks."""
    labels, moment = [], start
    while target > timedelta(0):
        assume(len(labels) < 21 * 24 * 60)
        labels.append(kind_at(moment))
        target -= MINUTE if labels[-1][0] == "counted" else timedelta(0)
        moment += MINUTE
    return moment, labels


def minutes_of(answer: Deadline) -> list[tuple[str, str]]:
    return [(s.kind.value, s.why) for s in answer.segments for _ in range((s.end - s.start) // MINUTE)]


TARGETS = st.integers(0, 30 * 60).map(lambda n: n * MINUTE)


@examples(150)
@given(case=cases(), target=TARGETS, data=st.data())
def test_a_deadline_is_what_a_walk_minute_by_minute_finds(case, target, data):
    which, start = case
    pauses = data.draw(spans_around(start))

    def kind_at(moment: datetime) -> tuple[str, str]:
        covering = [p for p in pauses if p.start <= moment < p.end]
        return ("paused", "") if covering else walked_kind(moment, which)

    due_at, labels = walk(start, target, kind_at)
    answer = deadline(started_at=start, target=target, calendar=which, pauses=pauses)

    assert answer.due_at == due_at
    assert [(kind, "" if kind == "paused" else why) for kind, why in minutes_of(answer)] == labels
    assert counted(start=start, end=due_at, calendar=which, pauses=pauses) == target


@examples(80)
@given(case=cases(), target=TARGETS, data=st.data())
def test_a_deadline_in_shifts_is_what_a_walk_minute_by_minute_finds(case, target, data):
    which, start = case
    shifts, pauses, absences = (data.draw(spans_around(start)) for _ in range(3))
    known_until = max((s.end for s in shifts if s.start < s.end), default=start)

    def kind_at(moment: datetime) -> tuple[str, str]:
        if inside(moment, pauses):
            return "paused", ""
        if inside(moment, absences):
            return "absence", ""
        if moment >= known_until:
            return walked_kind(moment, which)
        return ("counted" if inside(moment, shifts) else "off_shift"), ""

    due_at, labels = walk(start, target, kind_at)
    rules = {"spans": shifts, "pauses": pauses, "absences": absences, "beyond": which}
    answer = deadline_in_spans(started_at=start, target=target, **rules)

    assert answer.due_at == due_at
    assert [(k, "" if k in ("paused", "absence") else why) for k, why in minutes_of(answer)] == labels
    assert counted_in_spans(start=start, end=due_at, **rules) == target


# --- properties -----------------------------------------------------------------------------------

MOMENTS = st.integers(0, 110 * 365 * 86_400_000).map(
    lambda n: utc("1975-01-01 00:00") + timedelta(milliseconds=n)
)
LONG_TARGETS = st.timedeltas(timedelta(0), timedelta(days=60))


@examples(150)
@given(start=MOMENTS, target=LONG_TARGETS, zone=st.sampled_from([zone for zone, _ in PLACES]), data=st.data())
def test_a_deadline_is_the_first_moment_at_which_the_target_is_used(start, target, zone, data):
    which = calendar(zone=zone)
    pauses = data.draw(spans_around(start))

    answer = deadline(started_at=start, target=target, calendar=which, pauses=pauses)

    assert counted(start=start, end=answer.due_at, calendar=which, pauses=pauses) == target
    just_before = answer.due_at - timedelta(microseconds=1)
    if target:
        assert counted(start=start, end=just_before, calendar=which, pauses=pauses) < target


@examples(150)
@given(start=MOMENTS, seconds=st.integers(0, 90 * 86_400), data=st.data())
def test_segments_join_up_and_their_seconds_sum_to_the_second(start, seconds, data):
    target, pauses = timedelta(seconds=seconds), data.draw(spans_around(start))

    answer = deadline(started_at=start, target=target, calendar=OFFICE, pauses=pauses)

    edges = [start, *(segment.end for segment in answer.segments)]
    assert [segment.start for segment in answer.segments] == edges[:-1]
    assert edges[-1] == answer.due_at
    assert sum(s.seconds for s in answer.segments if s.kind is SegmentKind.counted) == seconds
    assert sum(s.seconds for s in answer.segments) == (answer.due_at - start) // timedelta(seconds=1)
    neighbours = zip(answer.segments, answer.segments[1:], strict=False)
    assert all((a.kind, a.why) != (b.kind, b.why) for a, b in neighbours)


@examples(150)
@given(a=MOMENTS, later=LONG_TARGETS, target=LONG_TARGETS, more=LONG_TARGETS, data=st.data())
def test_a_later_start_or_a_larger_target_is_never_due_earlier(a, later, target, more, data):
    pauses = data.draw(spans_around(a))

    def due(start: datetime, need: timedelta) -> datetime:
        return deadline(started_at=start, target=need, calendar=OFFICE, pauses=pauses, segments=False).due_at

    assert a <= due(a, target) <= due(a, target + more)
    # A target of zero is due at its start, which may lie in a night: only real waiting can be compared.
    if target:
        assert due(a, target) <= due(a + later, target)


def test_thirty_business_days_cost_less_than_a_millisecond():
    starts = [utc("2026-03-02 10:00") + n * timedelta(minutes=7) for n in range(2_000)]
    deadline(started_at=starts[0], target=hours(240), calendar=OFFICE, segments=False)

    began = perf_counter()
    for start in starts:
        deadline(started_at=start, target=hours(240), calendar=OFFICE, segments=False)

    assert (perf_counter() - began) / len(starts) < 0.001
