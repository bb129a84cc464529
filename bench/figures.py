"""What was measured, repeated because machines are noisy, and the bound that it has to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Runs:
    """The same thing measured several times, in `unit`."""

    values: tuple[float, ...]
    unit: str

    @classmethod
    def of(cls, values: Sequence[float], unit: str) -> "Runs":
        return cls(tuple(values), unit)

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """The distance between the largest and the smallest, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def __str__(self) -> str:
        more = f" ±{self.spread / 2:.0%}" if len(self.values) > 1 else ""
        return f"{self.median:.{_places(self.median)}f} {self.unit}{more}"


def _places(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `figure` is what the bound is about: a ratio, or seconds where there is nothing bare.

    at_most: otherwise the figure has to be at least the bound.
    """

    what: str
    ours: Runs
    figure: float
    bound: float
    bare: Runs | None = None
    unit: str = "×"
    at_most: bool = True
    note: str = ""

    @property
    def ok(self) -> bool:
        return self.figure <= self.bound if self.at_most else self.figure >= self.bound


def ratio(what: str, *, ours: Runs, bare: Runs, bound: float, at_most: bool = True, note: str = "") -> Figure:
    """The median of the ratios of each round: the two sides of a round share what the machine did besides."""
    rounds = [mine / other for mine, other in zip(ours.values, bare.values, strict=True)]
    return Figure(what, ours, median(rounds), bound, bare=bare, at_most=at_most, note=note)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)]
