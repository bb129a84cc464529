"""The way through an inspection, as a table: where the card goes by itself, and what words say."""

import pytest

from telegram_bot.policies.inspecting import (
    Place,
    PointState,
    after_answer,
    after_group,
    bar,
    begin,
    onward,
    point_in,
    without_unit,
    yes_or_no,
)


def points(*marks: str) -> list[PointState]:
    """`a1 open`, `a2 text`, `a3 file`, `a4 done`, `b5 remark`: group, number, what is the matter."""
    made = []
    for mark in marks:
        name, state = mark.split()
        made.append(
            PointState(
                number=int(name[1:]),
                group=name[0],
                needs_answer=state in ("open", "text"),
                needs_files=int(state == "file"),
                has_norm=state != "text",
                wants_remark=state == "remark",
            )
        )
    return made


@pytest.mark.parametrize(
    ("state", "answered", "goes_to"),
    [
        (["a1 done", "a2 open", "b3 open"], 1, Place("a", 2)),
        (["a1 open", "a2 done", "b3 open"], 2, Place("a", 1)),
        (["a1 file", "a2 open"], 1, Place("a", 1)),
        (["a1 remark", "a2 open"], 1, Place("a", 1)),
        (["a1 done", "a2 file"], 1, Place("a", 2)),
        (["a1 done", "b2 open", "b3 open"], 1, Place("b")),
        (["a1 done", "b2 open", "b3 text"], 1, Place("b", 2)),
        (["a1 done", "b2 text", "b3 text"], 1, Place("b", 2)),
        (["a1 open", "b2 done"], 2, Place("a", 1)),
        (["a1 open", "a2 open", "b3 done"], 3, Place("a")),
        (["a1 done", "b2 remark"], 1, Place()),
        (["a1 done"], 1, Place()),
    ],
)
def test_after_an_answer(state: list[str], answered: int, goes_to: Place) -> None:
    assert after_answer(points(*state), answered) == goes_to


def test_what_is_skipped_comes_again_after_the_others() -> None:
    state = points("a1 open", "a2 open", "a3 done", "a4 open", "b5 open")
    assert onward(state, 1) == Place("a", 2)
    assert onward(state, 2) == Place("a", 4)
    assert onward(state, 4) == Place("a", 1)


def test_the_only_open_point_can_be_left_for_another_group() -> None:
    assert onward(points("a1 open", "b2 open", "b3 open"), 1) == Place("b")


def test_after_the_norm_of_a_group_comes_what_it_could_not_say() -> None:
    assert after_group(points("a1 done", "a2 file", "a3 text", "b4 open"), "a") == Place("a", 2)
    assert after_group(points("a1 done", "a2 done", "b3 open", "b4 open"), "a") == Place("b")


def test_one_begins_where_something_is_open() -> None:
    assert begin(points("a1 done", "b2 open", "b3 open")) == Place("b")
    assert begin(points("a1 done")).is_end


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (0, 28, "░" * 8),
        (1, 28, "▓" + "░" * 7),
        (14, 28, "▓" * 4 + "░" * 4),
        (27, 28, "▓" * 7 + "░"),
        (28, 28, "▓" * 8),
    ],
)
def test_the_bar_is_full_only_when_all_is_done(done: int, total: int, line: str) -> None:
    assert bar(done, total) == line


@pytest.mark.parametrize(
    ("caption", "point"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("п. 7", 7),
        ("П7", 7),
        ("пункт 12", 12),
        ("№ 28", 28),
        ("#3", 3),
        ("29", None),
        ("0", None),
        ("07", None),
        ("7 скол", None),
        ("", None),
        ("٧", None),
    ],
)
def test_a_caption_that_is_a_number_names_a_point(caption: str, point: int | None) -> None:
    assert point_in(caption, most=28) == point


def test_a_number_may_be_written_with_its_unit() -> None:
    assert without_unit("12,5 мм", "мм") == "12,5"
    assert without_unit("12,5ММ ", "мм") == "12,5"
    assert without_unit("12,5", "мм") == "12,5"
    assert without_unit("мм", "") == "мм"


@pytest.mark.parametrize(
    ("text", "value"), [("Да", "yes"), ("нет.", "no"), ("+", "yes"), ("да, но", None), ("", None)]
)
def test_a_written_yes_is_a_yes(text: str, value: str | None) -> None:
    assert yes_or_no(text) == value
