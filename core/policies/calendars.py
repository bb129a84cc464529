"""Working calendars as values: the hours of a week in one time zone, and the days that differ.

Hours are wall-clock hours. An instant is a working one when the clock on the wall of `time_zone` then shows
a date and a time inside that date's intervals; so an hour that a clock change repeats counts twice, and one
that it skips never comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo

from core.refusals import Refusal

MIDNIGHT = time(0, 0)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a calendar: on which day (or field), a stable code, the value."""

    where: str
    code: str
    value: str

    def __str__(self) -> str:
        return f"{self.where}: {_SENTENCES[self.code]} ({self.value})"


_SENTENCES = {
    "unknown_zone": "there is no such time zone",
    "seven_days": "a week has seven days, Monday first",
    "unknown_field": "this field is not known here",
    "not_an_object": "an object is expected",
    "not_a_list": "a list of [start, end] pairs is expected",
    "not_a_pair": "an interval is a pair of times",
    "not_a_time": "a time is written HH:MM or HH:MM:SS",
    "not_a_date": "a date is written YYYY-MM-DD",
    "not_words": "the reason is text",
    "time_with_zone": "hours are wall-clock times without a zone",
    "part_of_a_second": "hours begin and end on whole seconds",
    "ends_before_it_starts": "an interval ends after it starts",
    "overlap": "intervals follow each other and do not overlap",
}


class CalendarInvalid(Refusal, ValueError):
    """The calendar cannot be used; `problems` names every one of its defects, in the order of the days."""

    code = "calendar_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class DayException:
    """What one date has instead of its weekday's hours; no hours at all make it a holiday."""

    hours: Hours
    why: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A version of a team's working hours; immutable, checked when made (`CalendarInvalid`).

    `week` has seven days, Monday first, each with its working intervals in ascending order; the gaps between
    the intervals of a day are its breaks. An end of 00:00 is the midnight at which the day ends.
    """

    code: str
    version: int
    time_zone: str
    # Left out of the hash, which is taken at every look-up of a cached stretch; equality compares everything.
    week: tuple[Hours, ...] = field(hash=False)
    exceptions: Mapping[date, DayException] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", dict(sorted(self.exceptions.items())))
        problems = tuple(_calendar_problems(self))
        if problems:
            raise CalendarInvalid(problems)


def calendar_from_json(data: object, *, code: str, version: int, time_zone: str) -> Calendar:
    """Read `{"week": [7 × [["09:00", "13:00"], …]], "exceptions": {"2026-01-01": {"hours": [], "why": ""}}}`.

    `exceptions` may be missing, and so may a `why`. "24:00" and "00:00" both end a day.
    Raises `CalendarInvalid` with all that is wrong at once.
    """
    problems: list[Problem] = []
    fields = _object(data, "calendar", {"week", "exceptions"}, problems)

    week = tuple(
        _hours(day, _weekday(number), problems) for number, day in enumerate(_list(fields, "week", problems))
    )
    exceptions = dict(_exceptions(fields.get("exceptions", {}), problems))

    if problems:
        raise CalendarInvalid(problems)
    return Calendar(code=code, version=version, time_zone=time_zone, week=week, exceptions=exceptions)


def calendar_to_json(calendar: Calendar) -> dict[str, object]:
    """The hours and exceptions in the shape that `calendar_from_json` reads."""
    return {
        "week": [_hours_to_json(hours) for hours in calendar.week],
        "exceptions": {
            day.isoformat(): {"hours": _hours_to_json(exception.hours), "why": exception.why}
            for day, exception in calendar.exceptions.items()
        },
    }


def _calendar_problems(calendar: Calendar) -> Iterator[Problem]:
    if not _zone_exists(calendar.time_zone):
        yield Problem("time_zone", "unknown_zone", calendar.time_zone)
    if len(calendar.week) != len(WEEKDAYS):
        yield Problem("week", "seven_days", str(len(calendar.week)))
    for number, hours in enumerate(calendar.week):
        yield from _hours_problems(_weekday(number), hours)
    for day, exception in calendar.exceptions.items():
        yield from _hours_problems(day.isoformat(), exception.hours)


def _hours_problems(where: str, hours: Hours) -> Iterator[Problem]:
    previous_end: time | None = MIDNIGHT
    for start, end in hours:
        value = f"{start:%H:%M}–{_end_to_json(end)}"
        if start.tzinfo is not None or end.tzinfo is not None:
            yield Problem(where, "time_with_zone", value)
            return
        if start.microsecond or end.microsecond:
            yield Problem(where, "part_of_a_second", value)
        if end != MIDNIGHT and end <= start:
            yield Problem(where, "ends_before_it_starts", value)
        if previous_end is None or start < previous_end:
            yield Problem(where, "overlap", value)
        previous_end = end if end != MIDNIGHT else None


def _zone_exists(key: str) -> bool:
    try:
        ZoneInfo(key)
    # An unknown key, one that is no key ("../x"), or the name of a folder of zones ("Europe").
    except (KeyError, ValueError, OSError):
        return False
    return True


def _weekday(number: int) -> str:
    return WEEKDAYS[number] if number < len(WEEKDAYS) else f"day {number + 1}"


def _object(data: object, where: str, known: set[str], problems: list[Problem]) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        problems.append(Problem(where, "not_an_object", repr(data)))
        return {}
    problems += [Problem(where, "unknown_field", str(name)) for name in data if name not in known]
    return data


def _list(fields: Mapping[str, object], name: str, problems: list[Problem]) -> Sequence[object]:
    value = fields.get(name)
    if not isinstance(value, list | tuple):
        problems.append(Problem(name, "not_a_list", repr(value)))
        return ()
    return value


def _exceptions(data: object, problems: list[Problem]) -> Iterator[tuple[date, DayException]]:
    if not isinstance(data, Mapping):
        problems.append(Problem("exceptions", "not_an_object", repr(data)))
        return
    for key, value in data.items():
        fields = _object(value, str(key), {"hours", "why"}, problems)
        hours = _hours(fields.get("hours"), str(key), problems)
        why = fields.get("why", "")
        if not isinstance(why, str):
            problems.append(Problem(str(key), "not_words", repr(why)))
        day = _date(key)
        if day is None:
            problems.append(Problem(str(key), "not_a_date", repr(key)))
        else:
            yield day, DayException(hours=hours, why=str(why))


def _date(key: object) -> date | None:
    try:
        day = date.fromisoformat(str(key))
    except ValueError:
        return None
    # The other ISO forms ("20260101", "2026-W01-4") would let two keys mean one day.
    return day if day.isoformat() == key else None


def _hours(data: object, where: str, problems: list[Problem]) -> Hours:
    if not isinstance(data, list | tuple):
        problems.append(Problem(where, "not_a_list", repr(data)))
        return ()
    return tuple(pair for item in data for pair in _interval(item, where, problems))


def _interval(data: object, where: str, problems: list[Problem]) -> Iterator[tuple[time, time]]:
    if not isinstance(data, list | tuple) or len(data) != 2:
        problems.append(Problem(where, "not_a_pair", repr(data)))
        return
    start = _time(data[0])
    end = MIDNIGHT if data[1] in ("24:00", "24:00:00") else _time(data[1])
    if start is not None and end is not None:
        yield start, end
    else:
        problems.append(Problem(where, "not_a_time", repr(data[0] if start is None else data[1])))


def _time(data: object) -> time | None:
    # Only HH:MM and HH:MM:SS: fromisoformat alone would also take "09", "0900" and "T09:00+03:00".
    if not isinstance(data, str) or len(data) not in (5, 8) or data[2] != ":":
        return None
    try:
        return time.fromisoformat(data)
    except ValueError:
        return None


def _hours_to_json(hours: Hours) -> list[list[str]]:
    return [[_time_to_json(start), _end_to_json(end)] for start, end in hours]


def _time_to_json(value: time) -> str:
    return value.isoformat("minutes" if value.second == 0 else "seconds")


def _end_to_json(value: time) -> str:
    return "24:00" if value == MIDNIGHT else _time_to_json(value)
