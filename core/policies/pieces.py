"""Instants and stretches of time as the computation sees them: whole microseconds since the epoch (UTC).

All stretches are half-open; `worktime` is the door that speaks in datetimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND

EARLIEST = (datetime(1900, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime(2300, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND


class OutOfRange(ValueError):
    """An instant before 1900 or after 2299: a slip of the data, which is not worth computing with."""


class SegmentKind(StrEnum):
    counted = "counted"
    # Outside the first and the last working interval of a day that has any.
    night = "night"
    # Between two working intervals of one day.
    break_ = "break"
    # A local day without hours: a weekend by the week, or a holiday by an exception.
    holiday = "holiday"
    absence = "absence"
    paused = "paused"
    off_shift = "off_shift"


class Piece(NamedTuple):
    """A stretch of one kind; `why` is the text of its exception, pause or absence, and often empty."""

    start: int
    end: int
    kind: SegmentKind
    why: str = ""


def micros(moment: datetime) -> int:
    """Microseconds since the epoch. TypeError for a naive datetime, OutOfRange beyond three centuries."""
    value = (moment - EPOCH) // MICROSECOND
    if not EARLIEST <= value < LATEST:
        raise OutOfRange(f"{moment.isoformat()} is not between 1900 and 2299")
    return value


def instant(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def clip(pieces: Iterable[Piece], start: int, end: int) -> Iterator[Piece]:
    """The parts of the pieces that lie in [start, end)."""
    for piece in pieces:
        since, until = max(piece.start, start), min(piece.end, end)
        if since < until:
            whole = since == piece.start and until == piece.end
            yield piece if whole else Piece(since, until, piece.kind, piece.why)


def compress(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind and one reason become one piece."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if last and last.end == piece.start and last[2:] == piece[2:]:
            result[-1] = last._replace(end=piece.end)
        else:
            result.append(piece)
    return result
