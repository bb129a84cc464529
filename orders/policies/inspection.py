"""What an answer says, what of an inspection is still missing, and which verdicts its answers allow."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.policies import values
from core.policies.flaws import BadValue

YES, NO = "yes", "no"
SEVERITIES = ("normal", "high", "critical")
"""From the least urgent on; a test compares with `orders.statuses.Severity`."""

TEXT_AT_MOST = 1000
WHOLE_DIGITS, PLACES = 11, 3
"""Of a number (limits of the column that holds the range of the norm)."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")


@dataclass(frozen=True, slots=True)
class Point:
    """What the template says of one point."""

    number: int
    group: str
    kind: str
    choices: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    normal_from: Decimal | None = None
    normal_to: Decimal | None = None
    proof: str = ""
    proof_rule: str = "none"
    proof_answers: tuple[str, ...] = ()
    proof_count: int = 1
    proof_from_severity: str = ""

    @property
    def norm(self) -> str:
        """The answer that "the norm for the whole group" gives; "" where one has to look and write."""
        return self.normal[0] if self.normal else ""


class BadAnswer(ValueError):
    """The answer is none to this question. `code`: blank, not_yes_no, unknown_choice, not_a_number, out_of_range,
    max_length, unreadable (characters that can't be kept)."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_answer(point: Point, value: str) -> str:
    """The answer as it is kept. Raises BadAnswer.

    A number may be written with a comma, and with spaces between thousands, as people write it.
    """
    given = read_words(value)
    if not given:
        raise BadAnswer("blank")
    if point.kind == "yes_no" and given not in (YES, NO):
        raise BadAnswer("not_yes_no")
    if point.kind == "choice" and given not in point.choices:
        raise BadAnswer("unknown_choice")
    return _read_number(given) if point.kind == "number" else given


def read_words(value: str) -> str:
    """Text without what nobody sees, at most 1000 characters; may be empty. Raises BadAnswer."""
    try:
        return values.lines(value, most=TEXT_AT_MOST)
    except BadValue as bad:
        raise BadAnswer("max_length" if bad.code == "max_length" else "unreadable") from None


def _read_number(given: str) -> str:
    plain = "".join(given.split()).replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise BadAnswer("not_a_number")
    number = Decimal(plain)
    if abs(number) >= 10**WHOLE_DIGITS or number != round(number, PLACES):
        raise BadAnswer("out_of_range")
    return f"{number.normalize() + 0:f}"


def is_normal(point: Point, value: str) -> bool:
    """Whether the answer is the norm. Of a number: within its range; words always are."""
    if point.kind == "number":
        number = Decimal(value)
        too_small = point.normal_from is not None and number < point.normal_from
        too_large = point.normal_to is not None and number > point.normal_to
        return not (too_small or too_large)
    if point.kind == "text":
        return True
    return value in point.normal


@dataclass(frozen=True, slots=True)
class Given:
    """The current answer to a point."""

    value: str
    is_normal: bool


def proof_needed(point: Point, given: Given | None, *, severity: str) -> int:
    """How many files the point needs, as far as it is known by now: some answers call for files."""
    if not point.proof:
        return 0
    if point.proof_rule == "always" or _from_severity(point, severity):
        return point.proof_count
    if given is None:
        return 0
    by_answer = point.proof_rule == "answers" and given.value in point.proof_answers
    by_exception = point.proof_rule == "exception" and not given.is_normal
    return point.proof_count if by_answer or by_exception else 0


def _from_severity(point: Point, severity: str) -> bool:
    since = point.proof_from_severity
    return bool(since) and SEVERITIES.index(severity) >= SEVERITIES.index(since)


@dataclass(frozen=True, slots=True)
class Progress:
    """What is missing: points without an answer, and of which kind how many files at which points."""

    points_open: tuple[int, ...] = ()
    proof_open: Mapping[int, int] = field(default_factory=dict)
    exceptions: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.points_open and not self.proof_open


def progress(
    points: Iterable[Point],
    answers: Mapping[int, Given],
    files: Mapping[int, Sequence[str]],
    *,
    severity: str,
) -> Progress:
    """`answers` and `files` (their kinds) by the number of the point. Only files of the kind asked for count."""
    points_open: list[int] = []
    exceptions: list[int] = []
    proof_open: dict[int, int] = {}
    for point in points:
        given = answers.get(point.number)
        if given is None:
            points_open.append(point.number)
        elif not given.is_normal:
            exceptions.append(point.number)
        have = sum(kind == point.proof for kind in files.get(point.number, ()))
        lacking = proof_needed(point, given, severity=severity) - have
        if lacking > 0:
            proof_open[point.number] = lacking
    return Progress(tuple(points_open), proof_open, tuple(exceptions))


def norms_of(points: Iterable[Point], group: str, answered: Collection[int]) -> dict[int, str]:
    """The answers that "the norm for the whole group" gives: to points that have a norm and no answer yet."""
    return {
        point.number: point.norm
        for point in points
        if point.group == group and point.norm and point.number not in answered
    }


def why_no_verdict(found: Progress, verdict: str, remarks: str) -> str:
    """Why this verdict can't be given: incomplete, has_exceptions, remarks_required; or ""."""
    if not found.is_complete:
        return "incomplete"
    if verdict == "pass" and found.exceptions:
        return "has_exceptions"
    if verdict != "pass" and not remarks.strip():
        return "remarks_required"
    return ""


def rushed_below(earlier: Sequence[int], *, at_least: int = 20) -> int | None:
    """The 5th percentile of these durations, in seconds; None while there are too few to say.

    The nearest-rank percentile: the smallest value that at least 5 % of them do not exceed.
    """
    if len(earlier) < at_least:
        return None
    rank = -(-len(earlier) * 5 // 100)
    return sorted(earlier)[rank - 1]
