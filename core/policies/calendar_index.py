"""A calendar laid out in UTC, 56 days at a time, so that a deadline costs a look-up and not a walk.

The layouts are kept for as long as the process lives: a version of a calendar never changes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.policies.calendars import MIDNIGHT, Calendar, Hours
from core.policies.pieces import (
    DAY,
    EARLIEST,
    EPOCH,
    LATEST,
    MICROSECOND,
    SECOND,
    OutOfRange,
    Piece,
    SegmentKind,
    clip,
    compress,
    instant,
)

LONGEST_IDLE_DAYS = 60
# Shorter than the longest idle time, so that a gap which is too long always crosses the edge of a stretch.
STRETCH = 56 * DAY


@dataclass(frozen=True, slots=True)
class Stretch:
    """An index of 56 days of a calendar: spans that count, and how much has counted by the end of each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]
    total: int

    def used_before(self, at: int) -> int:
        i = bisect_right(self.starts, at) - 1
        return self.sums[i] - max(0, self.ends[i] - at) if i >= 0 else 0

    def moment(self, used: int) -> int:
        """The earliest instant by which `used` > 0 microseconds of the stretch have counted."""
        i = bisect_left(self.sums, used)
        return self.ends[i] - (self.sums[i] - used)


@lru_cache(maxsize=2048)
def stretch_of(calendar: Calendar, number: int) -> Stretch:
    spans = compress(p for p in stretch_pieces(calendar, number) if p.kind is SegmentKind.counted)
    total, sums = 0, []
    for span in spans:
        total += span.end - span.start
        sums.append(total)
    return Stretch(
        starts=tuple(span.start for span in spans),
        ends=tuple(span.end for span in spans),
        sums=tuple(sums),
        total=total,
    )


@lru_cache(maxsize=256)
def stretch_pieces(calendar: Calendar, number: int) -> tuple[Piece, ...]:
    start = number * STRETCH
    if not EARLIEST - STRETCH <= start < LATEST:
        raise OutOfRange(f"calendar {calendar.code} v{calendar.version} is asked for {instant(start).year}")
    return tuple(compress(_local_days(calendar, start, start + STRETCH)))


def _local_days(calendar: Calendar, start: int, end: int) -> Iterator[Piece]:
    for since, until, offset in _offsets(ZoneInfo(calendar.time_zone), start, end):
        for day in range((since + offset) // DAY, (until - 1 + offset) // DAY + 1):
            shift = day * DAY - offset
            yield from clip(
                (Piece(a + shift, b + shift, kind, why) for a, b, kind, why in _local_day(calendar, day)),
                since,
                until,
            )


def _local_day(calendar: Calendar, day: int) -> tuple[Piece, ...]:
    local = date.fromordinal(_EPOCH_ORDINAL + day)
    exception = calendar.exceptions.get(local)
    if exception is None:
        return _day_pieces(calendar.week[local.weekday()], "")
    return _day_pieces(exception.hours, exception.why)


_EPOCH_ORDINAL = EPOCH.date().toordinal()


@lru_cache(maxsize=1024)
def _day_pieces(hours: Hours, why: str) -> tuple[Piece, ...]:
    """A whole local day, in microseconds since its midnight."""
    if not hours:
        return (Piece(0, DAY, SegmentKind.holiday, why),)

    pieces, at, gap = [], 0, SegmentKind.night
    for start, end in hours:
        opens, closes = _since_midnight(start), DAY if end == MIDNIGHT else _since_midnight(end)
        pieces += [Piece(at, opens, gap, why), Piece(opens, closes, SegmentKind.counted)]
        at, gap = closes, SegmentKind.break_
    pieces.append(Piece(at, DAY, SegmentKind.night, why))
    return tuple(clip(pieces, 0, DAY))


def _since_midnight(value: time) -> int:
    return (value.hour * 3600 + value.minute * 60 + value.second) * SECOND


def _offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Stretches (since, until, offset) of an unchanging UTC offset that make up [start, end).

    Looked at once a day: in no zone of the database have two changes ever been less than four days apart.
    """
    since, offset = start, _offset(zone, start)
    for at in range(start + DAY, end + DAY, DAY):
        later = _offset(zone, at)
        if later != offset:
            change = _change(zone, at - DAY, at)
            yield since, change, offset
            since, offset = change, later
    if since < end:
        yield since, end, offset


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The second, in (before, after], at which the offset changes."""
    seconds = range(before // SECOND, after // SECOND + 1)
    last = _offset(zone, after)
    return (
        seconds[bisect_left(seconds, True, key=lambda second: _offset(zone, second * SECOND) == last)]
        * SECOND
    )


def _offset(zone: ZoneInfo, at: int) -> int:
    local = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
    return (local.replace(tzinfo=UTC) - EPOCH) // MICROSECOND - at
