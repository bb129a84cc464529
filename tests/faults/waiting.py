"""Waiting with an end, and what was measured by it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


def wait_for(what: str, true: Callable[[], T], *, seconds: float, every: float = 0.1) -> T:
    """The first answer that is true. Fails with `what` when there is none within `seconds`."""
    until = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(every)
    return answer


@dataclass(frozen=True, slots=True)
class Row:
    test: str
    what: str
    seconds: float
    at_most: float


@dataclass(slots=True)
class Measured:
    """What one test measured, each against its bound; the table of all tests is printed at the end."""

    test: str
    rows: list[Row] = field(default_factory=list)

    def __call__(self, what: str, seconds: float, *, at_most: float) -> None:
        self.rows.append(Row(self.test, what, seconds, at_most))
        assert seconds <= at_most, f"{what}: {seconds:.1f} s, at most {at_most:g} s"

    def until(self, what: str, true: Callable[[], T], *, since: float, at_most: float) -> T:
        """Wait for it; `since` is a moment of `time.monotonic()`. The bound is a little longer while waiting,
        so that a near miss is seen as a figure."""
        left = since + at_most * 1.5 - time.monotonic()
        answer = wait_for(what, true, seconds=max(left, 0.5))
        self(what, time.monotonic() - since, at_most=at_most)
        return answer
