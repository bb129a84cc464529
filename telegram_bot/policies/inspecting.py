"""The way through an inspection: where the card goes by itself, and what a person's words say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

BAR = 8
"""Blocks of the line that shows the progress."""

CAPTION_POINT = re.compile(r"\s*(?:п\.?|пункт|#|№|point|p\.?)?\s*([1-9][0-9]?)\s*\.?\s*", re.IGNORECASE)

YES_NO_WORDS = {
    "да": "yes",
    "yes": "yes",
    "+": "yes",
    "нет": "no",
    "no": "no",
    "-": "no",
}


@dataclass(frozen=True, slots=True)
class PointState:
    """What the way depends on of one point. `has_norm`: "the norm for the whole group" can answer it."""

    number: int
    group: str
    needs_answer: bool = False
    needs_files: int = 0
    has_norm: bool = False
    wants_remark: bool = False

    @property
    def is_open(self) -> bool:
        return self.needs_answer or self.needs_files > 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the card goes: one point, one group, or the end (neither), where the verdict is given."""

    group: str = ""
    point: int | None = None

    @property
    def is_end(self) -> bool:
        return not self.group


def after_answer(points: Sequence[PointState], number: int) -> Place:
    """The point that was answered, while a file is required or a remark is welcome there; else the next open one."""
    point = next(point for point in points if point.number == number)
    if point.needs_files or point.wants_remark:
        return Place(point.group, number)
    return onward(points, number)


def onward(points: Sequence[PointState], number: int) -> Place:
    """The next open point of this point's group, round and round; else where the next open group begins."""
    group = next(point.group for point in points if point.number == number)
    same = [point for point in points if point.group == group]
    ahead = [point for point in same if point.number > number] + [p for p in same if p.number < number]
    found = next((point for point in ahead if point.is_open), None)
    if found is not None:
        return Place(group, found.number)
    return next_group(points, group)


def after_group(points: Sequence[PointState], group: str) -> Place:
    """The group was answered by the norm: what of it is open still, else where the next open group begins."""
    found = next((point for point in points if point.group == group and point.is_open), None)
    return Place(group, found.number) if found is not None else next_group(points, group)


def next_group(points: Sequence[PointState], group: str) -> Place:
    """Where the next group begins that is not done: as a group while the norm could answer some of it."""
    order = list(dict.fromkeys(point.group for point in points))
    at = order.index(group) if group in order else -1
    for code in [*order[at + 1 :], *order[: at + 1]]:
        open_ones = [point for point in points if point.group == code and point.is_open]
        if not open_ones:
            continue
        by_norm = sum(point.needs_answer and point.has_norm for point in open_ones)
        return Place(code) if by_norm > 1 else Place(code, open_ones[0].number)
    return Place()


def begin(points: Sequence[PointState]) -> Place:
    """Where somebody goes on who was elsewhere."""
    return next_group(points, "")


def bar(done: int, total: int) -> str:
    """▓▓▓░░░░░: full only when all is done, and empty only when nothing is."""
    if total <= 0:
        return "░" * BAR
    blocks = done * BAR // total
    if done > 0:
        blocks = max(1, blocks)
    return "▓" * blocks + "░" * (BAR - blocks)


def point_in(caption: str, *, most: int) -> int | None:
    """The point that a caption names ("7", "п. 7", "№7"), and nothing else."""
    match = CAPTION_POINT.fullmatch(caption)
    number = int(match.group(1)) if match else 0
    return number if 1 <= number <= most else None


def without_unit(text: str, unit: str) -> str:
    """The number that somebody wrote with its unit: “12,5 мм”."""
    plain = text.strip()
    if unit and plain.lower().endswith(unit.lower()):
        return plain[: -len(unit)].strip()
    return plain


def yes_or_no(text: str) -> str | None:
    """What a written yes or no says."""
    return YES_NO_WORDS.get(text.strip().lower().rstrip("."))
