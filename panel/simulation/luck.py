"""Luck that a seed repeats."""

from random import Random


def luck(seed: int, *about: object) -> Random:
    """Always the same for the same seed and the same things; independent of what else was drawn."""
    return Random(":".join(map(str, (seed, *about))))  # noqa: S311
