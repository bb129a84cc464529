"""How fast a bot may write: Telegram's limits, the holds after a refusal, and the count of calls made in a hold."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from .errors import ApiError, too_many_requests

Key = tuple[str, int]
"""What a hold covers: ("all", 0), ("send", chat) or ("edit", chat)."""

ALL: Key = ("all", 0)


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """``per_second`` over all chats, one chat's steady rate and burst, and a group's messages and edits a minute."""

    on: bool = True
    per_second: int = 30
    private_per_second: float = 1.0
    private_burst: int = 3
    group_per_minute: int = 20


@dataclass(slots=True)
class _Window:
    """At most ``most`` events in any ``seconds``."""

    most: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, cost: int) -> float:
        """Seconds until ``cost`` more would fit; 0 when they fit now."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        excess = len(self.times) + cost - self.most
        if excess <= 0:
            return 0.0
        return (
            self.times[min(excess, len(self.times)) - 1] + self.seconds - now if self.times else self.seconds
        )

    def take(self, now: float, cost: int) -> None:
        self.times.extend([now] * cost)


@dataclass(slots=True)
class _Bucket:
    """A steady rate with a small burst."""

    rate: float
    burst: int
    left: float
    at: float

    def wait(self, now: float, cost: int) -> float:
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        missing = min(cost, self.burst) - self.left
        return max(0.0, missing / self.rate)

    def take(self, now: float, cost: int) -> None:
        self.left -= cost


class Limits:
    """Asked before every message or edit; ``now`` is a steadily growing number of seconds."""

    def __init__(self, settings: LimitSettings) -> None:
        self.settings = settings
        self.violations = 0
        self.refusals = 0
        self._holds: dict[Key, float] = {}
        self._all = _Window(settings.per_second, 1.0)
        self._chats: dict[Key, _Window | _Bucket] = {}

    def configure(self, settings: LimitSettings) -> None:
        self.settings = settings
        self._all = _Window(settings.per_second, 1.0)
        self._chats.clear()
        self._holds.clear()

    def hold(self, key: Key, *, seconds: int, now: float) -> None:
        """From now on calls under this key are refused and counted until ``seconds`` have passed."""
        self._holds[key] = max(self._holds.get(key, 0.0), now + seconds)

    def release(self) -> None:
        self._holds.clear()

    def check_holds(self, key: Key, *, now: float) -> None:
        """Raises ApiError 429 with what remains of the hold, and counts the violation."""
        for held in (ALL, key):
            until = self._holds.get(held)
            if until is None:
                continue
            if now >= until:
                del self._holds[held]
                continue
            self.violations += 1
            raise too_many_requests(math.ceil(until - now))

    def take(self, key: Key, *, is_group: bool, cost: int, now: float) -> None:
        """Count ``cost`` messages under this key. Raises ApiError 429 and begins a hold when there are too many."""
        self.check_holds(key, now=now)
        if not self.settings.on:
            return
        gauges: list[tuple[Key, _Window | _Bucket]] = [(key, self._gauge(key, is_group, now))]
        if key[0] == "send":
            gauges.append((ALL, self._all))
        elif not is_group:
            return
        for held, gauge in gauges:
            if wait := gauge.wait(now, cost):
                raise self._refuse(held, wait, now)
        for _, gauge in gauges:
            gauge.take(now, cost)

    def holds(self, now: float) -> dict[str, float]:
        """Seconds left of each hold, by a name for people."""
        return {f"{kind}:{chat}": until - now for (kind, chat), until in self._holds.items() if until > now}

    def _refuse(self, key: Key, wait: float, now: float) -> ApiError:
        self.refusals += 1
        retry_after = max(1, math.ceil(wait))
        self.hold(key, seconds=retry_after, now=now)
        return too_many_requests(retry_after)

    def _gauge(self, key: Key, is_group: bool, now: float) -> _Window | _Bucket:
        gauge = self._chats.get(key)
        if gauge is None:
            settings = self.settings
            if is_group:
                gauge = _Window(settings.group_per_minute, 60.0)
            else:
                burst = settings.private_burst
                gauge = _Bucket(settings.private_per_second, burst, left=burst, at=now)
            self._chats[key] = gauge
        return gauge
