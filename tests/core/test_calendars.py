"""Calendars as they are stored: read whole, written back the same, and refused with every defect named."""

from __future__ import annotations

from datetime import UTC, date, time

import pytest

from core.policies.worktime import (
    Calendar,
    CalendarInvalid,
    DayException,
    calendar_from_json,
    calendar_to_json,
)

WEEK = [[["09:00", "13:00"], ["14:00", "18:00"]]] * 5 + [[], [["22:00:30", "24:00"]]]


def read(data: object, zone: str = "Europe/Moscow") -> Calendar:
    return calendar_from_json(data, code="office", version=3, time_zone=zone)


def problems(data: object, zone: str = "Europe/Moscow") -> list[tuple[str, str]]:
    with pytest.raises(CalendarInvalid) as refused:
        read(data, zone)
    return [(problem.where, problem.code) for problem in refused.value.problems]


def test_hours_and_exceptions_are_read():
    office = read(
        {
            "week": WEEK,
            "exceptions": {
                "2026-12-31": {"hours": [["09:00", "12:00"]], "why": "short"},
                "2026-01-01": {"hours": []},
            },
        }
    )

    assert (office.code, office.version, office.time_zone) == ("office", 3, "Europe/Moscow")
    assert office.week[0] == ((time(9), time(13)), (time(14), time(18)))
    assert office.week[6] == ((time(22, 0, 30), time(0)),)
    assert office.exceptions == {
        date(2026, 1, 1): DayException(hours=(), why=""),
        date(2026, 12, 31): DayException(hours=((time(9), time(12)),), why="short"),
    }


def test_what_was_read_is_written_back_the_same():
    data = {"week": WEEK, "exceptions": {"2026-01-01": {"hours": [["00:00", "24:00"]], "why": "duty"}}}

    assert calendar_to_json(read(data)) == data


def test_midnight_ends_a_day_in_either_spelling():
    either = [read({"week": [[["18:00", end]]] * 7}) for end in ("00:00", "24:00")]

    assert either[0] == either[1]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ([["09:00", "08:00"]], "ends_before_it_starts"),
        ([["09:00", "09:00"]], "ends_before_it_starts"),
        ([["09:00", "13:00"], ["12:00", "18:00"]], "overlap"),
        ([["14:00", "18:00"], ["09:00", "13:00"]], "overlap"),
        ([["09:00", "24:00"], ["10:00", "11:00"]], "overlap"),
        ([["9:00", "13:00"]], "not_a_time"),
        ([["09:00", "25:00"]], "not_a_time"),
        ([["24:00", "13:00"]], "not_a_time"),
        ([["09:00", None]], "not_a_time"),
        ([["T09:00", "12+03"]], "not_a_time"),
        ([["09:00"]], "not_a_pair"),
        (["09:00-13:00"], "not_a_pair"),
        ("09:00-13:00", "not_a_list"),
        (None, "not_a_list"),
    ],
)
def test_a_bad_day_is_named_with_what_is_wrong(day, code):
    assert problems({"week": [*WEEK[:2], day, *WEEK[3:]]}) == [("wednesday", code)]
    assert problems({"week": WEEK, "exceptions": {"2026-05-01": {"hours": day}}}) == [("2026-05-01", code)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [("calendar", "not_an_object"), ("week", "not_a_list")]),
        ({}, [("week", "not_a_list")]),
        ({"week": WEEK[:6]}, [("week", "seven_days")]),
        ({"week": [*WEEK, []]}, [("week", "seven_days")]),
        ({"week": WEEK, "weeks": 1}, [("calendar", "unknown_field")]),
        ({"week": WEEK, "exceptions": []}, [("exceptions", "not_an_object")]),
        ({"week": WEEK, "exceptions": {"1 May": {"hours": []}}}, [("1 May", "not_a_date")]),
        ({"week": WEEK, "exceptions": {"20260501": {"hours": []}}}, [("20260501", "not_a_date")]),
        ({"week": WEEK, "exceptions": {"2026-02-30": {"hours": []}}}, [("2026-02-30", "not_a_date")]),
        (
            {"week": WEEK, "exceptions": {"2026-05-01": {"hours": [], "why": 5}}},
            [("2026-05-01", "not_words")],
        ),
        (
            {"week": WEEK, "exceptions": {"2026-05-01": {"hours": [], "what": ""}}},
            [("2026-05-01", "unknown_field")],
        ),
    ],
)
def test_a_bad_shape_is_named_with_what_is_wrong(data, expected):
    assert problems(data) == expected


def test_all_defects_are_told_at_once():
    week = [[["10:00", "09:00"]], *WEEK[1:6], [["09:00", "12:00"], ["11:00", "13:00"]]]

    assert problems({"week": week}, zone="Moscow") == [
        ("time_zone", "unknown_zone"),
        ("monday", "ends_before_it_starts"),
        ("sunday", "overlap"),
    ]


@pytest.mark.parametrize("zone", ["", "Moscow", "../etc/passwd", "Europe", "Europe/Moscow\0"])
def test_a_time_zone_must_exist(zone):
    assert problems({"week": WEEK}, zone=zone) == [("time_zone", "unknown_zone")]


def test_the_sentence_names_the_day_and_the_value():
    with pytest.raises(CalendarInvalid, match=r"^sunday: intervals follow each other .* \(11:00–13:00\)$"):
        read({"week": [*WEEK[:6], [["09:00", "12:00"], ["11:00", "13:00"]]]})


def test_times_with_a_zone_or_a_part_of_a_second_are_refused():
    for start, code in ((time(9, tzinfo=UTC), "time_with_zone"), (time(9, 0, 0, 1), "part_of_a_second")):
        with pytest.raises(CalendarInvalid) as refused:
            Calendar(code="x", version=1, time_zone="UTC", week=(((start, time(10)),),) * 7)
        assert refused.value.problems[0].code == code


def test_a_calendar_keeps_its_own_copy_of_the_exceptions():
    given = {date(2026, 1, 1): DayException(hours=(), why="")}
    office = Calendar(code="x", version=1, time_zone="UTC", week=((),) * 7, exceptions=given)

    given.clear()

    assert list(office.exceptions) == [date(2026, 1, 1)]


def test_versions_with_other_exceptions_are_not_equal_though_they_may_share_a_hash():
    plain, other = (
        Calendar(code="x", version=1, time_zone="UTC", week=((),) * 7, exceptions=exceptions)
        for exceptions in ({}, {date(2026, 1, 1): DayException(hours=(), why="")})
    )

    assert plain != other
    assert hash(plain) == hash(other)
