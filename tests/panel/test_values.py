"""Spans, hours and moments as people write and read them."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from panel import hours, words
from panel.journal import ENTRY_KINDS
from panel.people import Load
from panel.rules import durations
from panel.words import Tone
from tests.docs.test_domain import table

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 min", 1800),
        ("30мин", 1800),
        ("4 h", 14400),
        ("1 d 12 h", 129_600),
        ("1 д 12 ч", 129_600),
        ("1.5 h", 5400),
        ("1,5 часа", 5400),
        ("90 s", 90),
        ("2 дня 3 часа 15 минут", 184_500),
    ],
)
def test_a_span_is_read_as_it_is_said(text: str, seconds: int) -> None:
    assert durations.read(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "30", "min", "-5 min", "4 weeks", "1 h and a half", "0 min", "400 d", "1 h;"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        durations.read(text)


@given(st.integers(1, durations.LONGEST), st.sampled_from(["ru", "en"]))
def test_what_is_written_is_read_back(seconds: int, language: str) -> None:
    with translation.override(language):
        assert durations.read(durations.write(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("", []),
        ("9:00-18:00", [(time(9), time(18))]),
        ("09:00–13:00, 14:00–24:00", [(time(9), time(13)), (time(14), time(0))]),
        ("22:00 — 06:00;", [(time(22), time(6))]),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, intervals: hours.Hours) -> None:
    assert hours.read(text) == intervals


@given(st.lists(st.tuples(st.times(), st.times()), max_size=4))
def test_hours_that_are_written_are_read_back(intervals: list[tuple[time, time]]) -> None:
    whole = [(a.replace(second=0, microsecond=0), b.replace(second=0, microsecond=0)) for a, b in intervals]

    assert hours.read(hours.write(whole)) == whole


@pytest.mark.parametrize(
    ("left", "text", "tone"),
    [
        (timedelta(hours=2, minutes=10), "in 2 h 10 min", Tone.QUIET),
        (timedelta(minutes=60), "in 1 h", Tone.SOON),
        (timedelta(0), "in less than a minute", Tone.SOON),
        (timedelta(minutes=-40), "40 min overdue", Tone.LATE),
        (timedelta(days=-2, hours=-3), "2 d 3 h overdue", Tone.LATE),
    ],
)
def test_a_deadline_is_said_in_words_and_colour(left: timedelta, text: str, tone: Tone) -> None:
    with translation.override("en"):
        said = words.due(NOW + left, now=NOW)

    assert (said.text, said.tone) == (text, tone)


@pytest.mark.parametrize(
    ("load", "capacity", "share", "percent", "tone"),
    [
        (0, 0, 0, 0, Tone.GOOD),
        (1, 0, 100, 100, Tone.LATE),
        (3, 4, 75, 75, Tone.GOOD),
        (Decimal("3.2"), 4, 80, 80, Tone.SOON),
        (6, 4, 150, 100, Tone.LATE),
    ],
)
def test_a_load_is_a_share_of_the_capacity(
    load: Decimal, capacity: Decimal, share: int, percent: int, tone: Tone
) -> None:
    found = Load(load, capacity)

    assert (found.share, found.percent, found.tone) == (share, percent, tone)


def test_money_is_written_with_its_sign_and_no_needless_kopecks() -> None:
    with translation.override("ru"):
        assert words.money(Decimal("125000.00"), "RUB") == "125\u00a0000\u00a0₽"
        assert words.money(Decimal("99.50"), "USD") == "99,50\u00a0$"
        assert words.money(None, "RUB") == ""


def test_the_journal_in_the_panel_knows_every_kind() -> None:
    assert set(ENTRY_KINDS) == set(table("journal"))
