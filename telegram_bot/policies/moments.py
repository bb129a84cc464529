"""Days and moments as people write them: завтра, 25.12, 25.12.2026 15:30, +3, 18:00, завтра в 15."""

import re
from datetime import date, datetime, time, timedelta

WORDS = {
    "вчера": -1,
    "yesterday": -1,
    "сегодня": 0,
    "today": 0,
    "завтра": 1,
    "tomorrow": 1,
    "послезавтра": 2,
}
IN_DAYS = re.compile(r"\+\s*(\d{1,3})", re.ASCII)
NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{2}|\d{4}))?\.?", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
CLOCK = re.compile(
    r"(?:(.*?)[\s,]+)?(?:(?:в\s+|at\s+)?(\d{1,2}):(\d{2})|(?:в|at)\s+(\d{1,2}))",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)

MORNING = 10
"""The hour that a day stands for when nobody names one."""


def day_in(text: str, *, today: date) -> date | None:
    """The day that the text names, and nothing else. Without a year: the nearest one of that name."""
    plain = text.strip().casefold()
    if plain in WORDS:
        return today + timedelta(days=WORDS[plain])
    if match := IN_DAYS.fullmatch(plain):
        return today + timedelta(days=int(match[1]))
    if match := ISO.fullmatch(plain):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMBERS.fullmatch(plain):
        day, month, year = int(match[1]), int(match[2]), match[3]
        if year is not None:
            return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        return _nearest(month, day, today)
    return None


def moment_in(text: str, *, now: datetime) -> datetime | None:
    """The moment that the text names, in the zone of `now`: a day, a time, or both. A day alone means its morning."""
    plain = text.strip()
    match = CLOCK.fullmatch(plain)
    at = _time(int(match[2] or match[4]), int(match[3] or 0)) if match else time(MORNING)
    named = (match[1] or "").strip() if match else plain
    day = day_in(named, today=now.date()) if named else (now.date() if match else None)
    if at is None or day is None:
        return None
    return morning_of(day, now=now).replace(hour=at.hour, minute=at.minute)


def morning_of(day: date, *, now: datetime) -> datetime:
    """In the zone of `now`."""
    return datetime.combine(day, time(MORNING), tzinfo=now.tzinfo)


def _nearest(month: int, day: int, today: date) -> date | None:
    years = (today.year - 1, today.year, today.year + 1)
    found = [named for year in years if (named := _date(year, month, day)) is not None]
    return min(found, key=lambda named: abs(named - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None
