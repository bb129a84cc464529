"""Working time: when a target is used up, how much of it is used, and what the time in between was.

`calendar=None` means elapsed time round the clock. Time in a pause never counts. Results are exact to the
microsecond over breaks, nights, holidays and clock changes; instants may be in any zone and are answered in
UTC. All raise TypeError for a naive datetime, `OutOfRange` for instants outside 1900–2299 and, when they look
for a deadline, `CalendarEmpty` where the calendar has no working second for 60 days on end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from core.policies.calendars import (
    Calendar,
    CalendarInvalid,
    DayException,
    Problem,
    calendar_from_json,
    calendar_to_json,
)
from core.policies.hours import ByCalendar, CalendarEmpty, InSpans, RoundTheClock, RunningHours
from core.policies.pieces import (
    MICROSECOND,
    SECOND,
    OutOfRange,
    Piece,
    SegmentKind,
    clip,
    compress,
    instant,
    micros,
)

__all__ = [
    "Calendar",
    "CalendarEmpty",
    "CalendarInvalid",
    "DayException",
    "Deadline",
    "OutOfRange",
    "Problem",
    "Segment",
    "SegmentKind",
    "Span",
    "calendar_from_json",
    "calendar_to_json",
    "counted",
    "counted_in_spans",
    "deadline",
    "deadline_in_spans",
    "moment_of",
    "moments_of",
]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end) of aware datetimes; `why` is text for people and reaches the segments."""

    start: datetime
    end: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the time up to a deadline; the `seconds` of the counted ones sum to the target."""

    start: datetime
    end: datetime
    kind: SegmentKind
    seconds: int
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the target is used up; `segments`, if asked for, cover [started_at, due_at) without gaps."""

    due_at: datetime
    segments: tuple[Segment, ...] = ()


def deadline(
    *,
    started_at: datetime,
    target: timedelta,
    calendar: Calendar | None,
    pauses: Sequence[Span] = (),
    segments: bool = True,
) -> Deadline:
    """The earliest moment by which `target` has counted since `started_at`.

    A target that ends with a working day is due at the end of that day, not at the start of the next;
    a target of zero is due at once. `segments=False` is the fast path for `due_at` alone.
    Raises ValueError for a negative target.
    """
    return _deadline(started_at, target, _hours(calendar), _stops(pauses), segments)


def deadline_in_spans(
    *,
    started_at: datetime,
    target: timedelta,
    spans: Sequence[Span],
    pauses: Sequence[Span] = (),
    absences: Sequence[Span] = (),
    beyond: Calendar | None = None,
    segments: bool = True,
) -> Deadline:
    """Like `deadline`, but counting only inside `spans` (a manager's shifts) and outside `absences`.

    The end of the last span is as far as the shifts are known: from there on it goes by `beyond` (None: round
    the clock). An absence stops the clock as a pause does and differs only in its segments' kind.
    """
    return _deadline(started_at, target, _in_spans(spans, beyond), _stops(pauses, absences), segments)


def counted(
    *, start: datetime, end: datetime, calendar: Calendar | None, pauses: Sequence[Span] = ()
) -> timedelta:
    """How much of a target is used between two instants; zero when `end` is not after `start`."""
    return _counted(start, end, _hours(calendar), _stops(pauses))


def counted_in_spans(
    *,
    start: datetime,
    end: datetime,
    spans: Sequence[Span],
    pauses: Sequence[Span] = (),
    absences: Sequence[Span] = (),
    beyond: Calendar | None = None,
) -> timedelta:
    """`counted` by the rules of `deadline_in_spans`."""
    return _counted(start, end, _in_spans(spans, beyond), _stops(pauses, absences))


def moment_of(
    *,
    started_at: datetime,
    target: timedelta,
    share: Decimal | float,
    calendar: Calendar | None,
    pauses: Sequence[Span] = (),
    spans: Sequence[Span] | None = None,
    absences: Sequence[Span] = (),
) -> datetime:
    """When `share` of the target is used: 0.75 for a warning, 1 for the deadline, 1.5 for half as late again.

    With `spans` it counts as `deadline_in_spans` does, and `calendar` is what goes on beyond them.
    Raises ValueError for a negative share.
    """
    (moment,) = moments_of(
        started_at=started_at,
        target=target,
        shares=(share,),
        calendar=calendar,
        pauses=pauses,
        spans=spans,
        absences=absences,
    )
    return moment


def moments_of(
    *,
    started_at: datetime,
    target: timedelta,
    shares: Sequence[Decimal | float],
    calendar: Calendar | None,
    pauses: Sequence[Span] = (),
    spans: Sequence[Span] | None = None,
    absences: Sequence[Span] = (),
) -> tuple[datetime, ...]:
    """`moment_of` for several shares at once, in their order: the warnings and the deadline of one clock."""
    hours = _hours(calendar) if spans is None else _in_spans(spans, calendar)
    stops = _stops(pauses, absences)
    return tuple(
        _deadline(started_at, _part(target, share), hours, stops, segments=False).due_at for share in shares
    )


def _part(target: timedelta, share: Decimal | float) -> timedelta:
    exact = Decimal(share) * (target // MICROSECOND)
    return int(exact.to_integral_value(ROUND_HALF_EVEN)) * MICROSECOND


def _hours(calendar: Calendar | None) -> RunningHours:
    return RoundTheClock() if calendar is None else ByCalendar(calendar)


def _in_spans(spans: Sequence[Span], beyond: Calendar | None) -> InSpans:
    shifts = compress(_disjoint(spans, SegmentKind.counted))
    return InSpans(tuple((shift.start, shift.end) for shift in shifts), _hours(beyond))


def _deadline(
    started_at: datetime, target: timedelta, hours: RunningHours, stops: Sequence[Piece], segments: bool
) -> Deadline:
    start, need = micros(started_at), target // MICROSECOND
    if need < 0:
        raise ValueError(f"a target cannot be negative: {target}")

    due = _due(start, need, hours, stops) if need else start
    return Deadline(instant(due), tuple(_segments(start, due, hours, stops)) if segments else ())


def _due(start: int, need: int, hours: RunningHours, stops: Sequence[Piece]) -> int:
    at = start
    for stop in stops:
        if stop.end <= at:
            continue
        if stop.start > at:
            used = hours.used(at, stop.start)
            if used >= need:
                break
            need -= used
        at = stop.end
    return hours.due(at, need)


def _counted(start: datetime, end: datetime, hours: RunningHours, stops: Sequence[Piece]) -> timedelta:
    since, until = micros(start), micros(end)
    if until <= since:
        return timedelta(0)
    stopped = sum(hours.used(stop.start, stop.end) for stop in clip(stops, since, until))
    return (hours.used(since, until) - stopped) * MICROSECOND


def _segments(start: int, due: int, hours: RunningHours, stops: Sequence[Piece]) -> Iterator[Segment]:
    running = (part for piece in hours.pieces(start, due) for part in _outside(piece, stops))
    pieces = compress(sorted([*running, *clip(stops, start, due)]))

    # Rounded as running sums, so that the counted seconds (and the others) never drift from their total.
    passed = {True: 0, False: 0}
    for piece in pieces:
        counts = piece.kind is SegmentKind.counted
        before = passed[counts]
        passed[counts] += piece.end - piece.start
        yield Segment(
            start=instant(piece.start),
            end=instant(piece.end),
            kind=piece.kind,
            seconds=passed[counts] // SECOND - before // SECOND,
            why=piece.why,
        )


def _stops(pauses: Sequence[Span], absences: Sequence[Span] = ()) -> Sequence[Piece]:
    """What stops a clock, disjoint and ascending; where both hold, it is a pause."""
    if not pauses and not absences:
        return ()
    paused = _disjoint(pauses, SegmentKind.paused)
    absent = _disjoint(absences, SegmentKind.absence)
    return sorted([*paused, *(part for piece in absent for part in _outside(piece, paused))])


def _disjoint(spans: Iterable[Span], kind: SegmentKind) -> list[Piece]:
    """The spans in ascending order without their overlaps, which belong to the one that began first."""
    result: list[Piece] = []
    for piece in sorted(_piece(span, kind) for span in spans):
        start = max(piece.start, result[-1].end) if result else piece.start
        if start < piece.end:
            result.append(piece if start == piece.start else piece._replace(start=start))
    return result


def _piece(span: Span, kind: SegmentKind) -> Piece:
    start, end = micros(span.start), micros(span.end)
    if end < start:
        raise ValueError(f"a span cannot end before it starts: {span.start} – {span.end}")
    return Piece(start, end, kind, span.why)


def _outside(piece: Piece, stops: Iterable[Piece]) -> Iterator[Piece]:
    """The parts of the piece that no stop covers."""
    at = piece.start
    for stop in stops:
        if stop.end <= at:
            continue
        if stop.start >= piece.end:
            break
        if stop.start > at:
            yield piece._replace(start=at, end=stop.start)
        at = stop.end
    if at < piece.end:
        yield piece if at == piece.start else piece._replace(start=at)
