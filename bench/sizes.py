"""How much is measured: for a verdict, and for a look at whether it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`rounds`: how often each pair of product and bare SQL is repeated, in turn.

    many, few: open orders; due: how many of them at once; armed: open orders while lateness is measured, of which
    so many come due each second; seconds: for so long; wave: orders that come within a minute; flood: and at once;
    messages: how many are sent.
    """

    rounds: int
    intake: int
    singles: int
    many: int
    few: int
    due: int
    armed: int
    due_a_second: int
    seconds: int
    wave: int
    flood: int
    messages: int
    pages: int


FULL = Sizes(
    rounds=5, intake=10_000, singles=300, many=1_000_000, few=10_000, due=1_000, armed=100_000, due_a_second=100,
    seconds=60, wave=600, flood=200, messages=900, pages=12,
)  # fmt: skip

SHORT = Sizes(
    rounds=2, intake=1_000, singles=40, many=5_000, few=1_000, due=200, armed=3_000, due_a_second=20, seconds=10,
    wave=60, flood=20, messages=150, pages=3,
)  # fmt: skip
