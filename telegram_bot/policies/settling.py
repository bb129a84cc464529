"""A flood is told when it is over, or has gone on long enough: then one message tells all of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

QUIET = 1.0
"""Seconds without anything new after which a flood is over."""

LONGEST = 3.8
"""Seconds after which it is told all the same: what matters is tried within five, the outbox is read each second."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Flood:
    newest: int
    grew_at: float
    began_at: float


@dataclass(slots=True)
class Settling(Generic[Key]):
    """By addressee, on a monotonic clock of seconds.

    When a message arrived is only known from when it was seen: what is decided at one moment is written over seconds.
    """

    _floods: dict[Key, _Flood] = field(default_factory=dict)

    def unsettled(self, newest: Mapping[Key, int], *, now: float) -> set[Key]:
        """Of the addressees for whom several messages wait (each with the newest id), those for whom more may come."""
        for key in self._floods.keys() - newest.keys():
            del self._floods[key]
        for key, message_id in newest.items():
            flood = self._floods.setdefault(key, _Flood(message_id, now, now))
            if message_id > flood.newest:
                flood.newest, flood.grew_at = message_id, now
        return {
            key
            for key, flood in self._floods.items()
            if now - flood.grew_at < QUIET and now - flood.began_at < LONGEST
        }
