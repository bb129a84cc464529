from dataclasses import dataclass
from datetime import datetime, timedelta

from core import heartbeats
from rop.words import word


@dataclass(frozen=True, slots=True)
class Part:
    """A part of AI-РОП that has to be alive, and how long ago it made progress (None: never)."""

    name: str
    age: timedelta | None
    silent: bool


def parts(*, now: datetime) -> list[Part]:
    """Every part that has to be alive."""
    return [
        Part(word(name, heartbeats.PARTS), age, silent=age is None or age > heartbeats.SILENT_AFTER)
        for name, age in heartbeats.ages(now=now).items()
    ]
