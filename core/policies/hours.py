"""When a clock counts: round the clock, by a calendar, or inside known shifts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol

from core.policies.calendar_index import LONGEST_IDLE_DAYS, STRETCH, stretch_of, stretch_pieces
from core.policies.calendars import Calendar
from core.policies.pieces import DAY, EARLIEST, LATEST, OutOfRange, Piece, SegmentKind, clip, instant

_start, _end = attrgetter("start"), attrgetter("end")


class CalendarEmpty(ValueError):
    """The calendar has no working second for 60 days on end, so a deadline by it would tell nothing."""

    def __init__(self, calendar: Calendar, since: int) -> None:
        self.code, self.version, self.since = calendar.code, calendar.version, instant(since)
        super().__init__(
            f"calendar {self.code} v{self.version} has no working hours"
            f" in the {LONGEST_IDLE_DAYS} days after {self.since.isoformat()}"
        )


class RunningHours(Protocol):
    """What a clock runs by."""

    def used(self, start: int, end: int) -> int:
        """Microseconds that count between the two instants."""
        ...

    def due(self, start: int, need: int) -> int:
        """The earliest instant by which `need` > 0 microseconds have counted since `start`."""
        ...

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """All of [start, end), in order, without gaps."""
        ...


@dataclass(frozen=True, slots=True)
class RoundTheClock:
    def used(self, start: int, end: int) -> int:
        return end - start

    def due(self, start: int, need: int) -> int:
        return _within_range(start + need)

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        if start < end:
            yield Piece(start, end, SegmentKind.counted)


@dataclass(frozen=True, slots=True)
class ByCalendar:
    calendar: Calendar

    def used(self, start: int, end: int) -> int:
        first, last = start // STRETCH, end // STRETCH
        whole = sum(stretch_of(self.calendar, number).total for number in range(first, last))
        return (
            whole
            + stretch_of(self.calendar, last).used_before(end)
            - stretch_of(self.calendar, first).used_before(start)
        )

    def due(self, start: int, need: int) -> int:
        """Raises CalendarEmpty when the calendar stands still for more than 60 days on the way."""
        number, idle_since = start // STRETCH, start
        stretch = stretch_of(self.calendar, number)
        used = stretch.used_before(start)
        while True:
            left = stretch.total - used
            # No gap inside a stretch can be too long: only what lies before its first span is looked at.
            runs_at = stretch.starts[0] if left else (number + 1) * STRETCH
            if runs_at - idle_since > LONGEST_IDLE_DAYS * DAY:
                raise CalendarEmpty(self.calendar, idle_since)
            if need <= left:
                return _within_range(stretch.moment(used + need))

            if left:
                need, idle_since = need - left, stretch.ends[-1]
            number, used = number + 1, 0
            stretch = stretch_of(self.calendar, number)

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        for number in range(start // STRETCH, end // STRETCH + 1):
            pieces = stretch_pieces(self.calendar, number)
            first = bisect_right(pieces, start, key=_end)
            last = bisect_left(pieces, end, key=_start)
            yield from clip(pieces[first:last], start, end)


@dataclass(frozen=True, slots=True)
class InSpans:
    """Inside known spans (disjoint, ascending), and after the last of them by other hours."""

    spans: tuple[tuple[int, int], ...]
    beyond: RunningHours

    @property
    def known_until(self) -> int:
        return self.spans[-1][1] if self.spans else EARLIEST

    def used(self, start: int, end: int) -> int:
        inside = sum(max(0, min(end, until) - max(start, since)) for since, until in self.spans)
        after = max(start, self.known_until)
        return inside + (self.beyond.used(after, end) if after < end else 0)

    def due(self, start: int, need: int) -> int:
        for since, until in self.spans:
            counts_from = max(start, since)
            if need <= until - counts_from:
                return counts_from + need
            need -= max(0, until - counts_from)
        return self.beyond.due(max(start, self.known_until), need)

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        yield from clip(self._known_pieces(start), start, end)
        yield from self.beyond.pieces(max(start, self.known_until), end)

    def _known_pieces(self, start: int) -> Iterator[Piece]:
        at = start
        for since, until in self.spans:
            yield Piece(at, since, SegmentKind.off_shift)
            yield Piece(since, until, SegmentKind.counted)
            at = until


def _within_range(value: int) -> int:
    if value >= LATEST:
        raise OutOfRange("the deadline would be after 2299")
    return value
