"""Faults that can be ordered: what goes wrong, with which calls, how often and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from .errors import SandboxError


class FaultKind(StrEnum):
    """What goes wrong."""

    TOO_MANY = "429"
    FORBIDDEN = "403"
    CONFLICT = "409"
    ERROR = "500"
    BAD_GATEWAY = "502"
    HANG = "hang"
    RESET = "reset"
    TRUNCATED = "truncated"
    SLOW = "slow"
    DOWN = "down"


DELIVERED = {FaultKind.HANG, FaultKind.RESET, FaultKind.TRUNCATED, FaultKind.SLOW}
"""Kinds whose call has its effect unless told otherwise; the client just does not learn of it in time."""

_POLLING = ("getupdates",)
_DEFAULT_SECONDS = {FaultKind.SLOW: 9.0, FaultKind.HANG: 600.0}


@dataclass(slots=True)
class Fault:
    """One order. ``methods`` are patterns such as ``send*``, none meaning all that the kind makes sense for;
    ``times`` and ``until`` (Unix seconds) end it; ``seconds`` is how long a slow or hanging answer takes."""

    id: int
    kind: FaultKind
    methods: tuple[str, ...] = ()
    chat_id: int | None = None
    probability: float = 1.0
    seed: int | None = None
    times: int | None = None
    until: float | None = None
    retry_after: int | None = None
    seconds: float = 0.0
    delivered: bool = False
    description: str | None = None
    used: int = 0
    _random: Random = field(default_factory=Random, repr=False)

    def fits(self, method: str, chat_id: int | None) -> bool:
        if self.chat_id is not None and chat_id != self.chat_id:
            return False
        if self.methods:
            return any(fnmatchcase(method, pattern) for pattern in self.methods)
        if self.kind is FaultKind.CONFLICT:
            return method in _POLLING
        if self.kind in (FaultKind.TOO_MANY, FaultKind.FORBIDDEN):
            return chat_id is not None
        return self.kind is not FaultKind.DOWN

    def strikes(self) -> bool:
        return self._random.random() < self.probability

    def is_over(self, now: float) -> bool:
        return (self.times is not None and self.used >= self.times) or (
            self.until is not None and now >= self.until
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "methods": list(self.methods),
            "chat_id": self.chat_id,
            "probability": self.probability,
            "seed": self.seed,
            "times": self.times,
            "until": self.until,
            "retry_after": self.retry_after,
            "seconds": self.seconds,
            "delivered": self.delivered,
            "used": self.used,
        }


class Faults:
    """The orders that stand, oldest first; the first that fits a call and strikes decides."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last_id = 0

    def add(
        self,
        kind: str,
        *,
        now: float,
        methods: Iterable[str] = (),
        chat_id: int | None = None,
        probability: float = 1.0,
        seed: int | None = None,
        times: int | None = None,
        lasting: float | None = None,
        retry_after: int | None = None,
        seconds: float | None = None,
        delivered: bool | None = None,
        description: str | None = None,
    ) -> Fault:
        """``lasting`` is in seconds from ``now``. Raises SandboxError on what makes no sense."""
        try:
            known = FaultKind(kind)
        except ValueError:
            raise SandboxError(f"no such fault: {kind}") from None
        if not 0 < probability <= 1:
            raise SandboxError("a probability lies above 0 and up to 1")
        if (retry_after is not None and retry_after <= 0) or (times is not None and times <= 0):
            raise SandboxError("seconds and times are positive")
        self._last_id += 1
        fault = Fault(
            id=self._last_id,
            kind=known,
            methods=tuple(method.lower() for method in methods),
            chat_id=chat_id,
            probability=probability,
            seed=seed,
            times=times,
            until=None if lasting is None else now + lasting,
            retry_after=retry_after,
            seconds=_DEFAULT_SECONDS.get(known, 0.0) if seconds is None else seconds,
            delivered=known in DELIVERED if delivered is None else delivered,
            description=description,
            _random=Random(seed),  # noqa: S311 - a repeatable run is the point
        )
        self._faults.append(fault)
        return fault

    def pick(self, method: str, chat_id: int | None, *, now: float) -> Fault | None:
        """The fault that this call meets, counted as used."""
        for fault in self.standing(now):
            if fault.fits(method, chat_id) and fault.strikes():
                fault.used += 1
                return fault
        return None

    def standing(self, now: float) -> list[Fault]:
        self._faults = [fault for fault in self._faults if not fault.is_over(now)]
        return self._faults

    def remove(self, fault_id: int | None = None) -> None:
        """One fault, or all."""
        self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]
