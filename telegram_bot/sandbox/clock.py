"""The sandbox's own clock, which a test may move forward."""

from __future__ import annotations

import time


class Clock:
    """Unix seconds; ``advance`` makes old buttons and old updates testable without waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
