"""What the bot asked and what it got: one line for every call of the Bot API."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KEPT = 100_000
"""Calls that are remembered; older ones are forgotten."""


@dataclass(slots=True)
class Call:
    """One call. ``outcome`` is ``ok``, ``refused`` or the name of the injected fault; ``delivered`` tells whether
    the call had its effect. ``seconds`` is None until the answer has gone out."""

    number: int
    at: float
    method: str
    params: dict[str, Any]
    outcome: str = "pending"
    code: int | None = None
    description: str | None = None
    delivered: bool = False
    seconds: float | None = None

    @property
    def chat_id(self) -> int | None:
        value = self.params.get("chat_id")
        try:
            return int(value) if value is not None else None
        except (TypeError, ValueError):
            return None


class Journal:
    """Calls in the order in which they came."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._count = 0

    def begin(self, method: str, params: dict[str, Any], *, at: float) -> Call:
        self._count += 1
        call = Call(number=self._count, at=at, method=method, params=params)
        self._calls.append(call)
        return call

    def newest_first(self) -> Iterator[Call]:
        return reversed(self._calls)

    def calls(self, method: str | None = None) -> list[Call]:
        return [call for call in self._calls if method is None or call.method.lower() == method.lower()]

    def clear(self) -> None:
        self._calls.clear()

    @property
    def total(self) -> int:
        return self._count
