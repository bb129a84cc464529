"""An explanation as values; `as_dict` of each is what the API answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class CandidateSeen:
    """A manager as the distribution found them; `excluded_because` is "" for those who could have had it."""

    manager: Person
    load: float
    capacity: float
    excluded_because: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "manager": self.manager.as_dict(),
            "load": self.load,
            "capacity": self.capacity,
            "excluded_because": self.excluded_because or None,
        }


@dataclass(frozen=True, slots=True)
class Round:
    """Who had the order before, and how that ended. `reason`: what the person who gave it by hand said."""

    manager: Person
    assigned_at: datetime
    ended_at: datetime | None
    state: str
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "manager": self.manager.as_dict(),
            "assigned_at": self.assigned_at,
            "ended_at": self.ended_at,
            "state": self.state,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class AssignmentSeen:
    """Who has the order and because of what; with nobody, why nobody can have it now.

    `reason`: what the person who gave it by hand said, in their own words.
    """

    owner: Person | None
    candidates: tuple[CandidateSeen, ...]
    because: tuple[str, ...]
    load_before: float | None
    rounds: tuple[Round, ...]
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "owner": self.owner.as_dict() if self.owner else None,
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "because": list(self.because),
            "reason": self.reason,
            "load_before": self.load_before,
            "rounds": [round_.as_dict() for round_ in self.rounds],
        }


@dataclass(frozen=True, slots=True)
class SegmentSeen:
    start: datetime
    end: datetime
    kind: str
    seconds: int
    why: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.start,
            "to": self.end,
            "kind": self.kind,
            "seconds": self.seconds,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class ClockSeen:
    kind: str
    state: str
    started_at: datetime
    target_seconds: int
    due_at: datetime
    breached_at: datetime | None
    policy_version: int
    calendar: str
    segments: tuple[SegmentSeen, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "state": self.state,
            "started_at": self.started_at,
            "target_seconds": self.target_seconds,
            "due_at": self.due_at,
            "breached_at": self.breached_at,
            "policy_version": self.policy_version,
            "calendar": self.calendar,
            "segments": [segment.as_dict() for segment in self.segments],
        }


@dataclass(frozen=True, slots=True)
class Whom:
    """A person, or AI-РОП itself (without an id); the role is why it is this person."""

    role: str
    id: int | None
    name: str

    def as_dict(self) -> dict[str, Any]:
        return {"role": self.role, "id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class NextThing:
    """What will happen by itself unless something else happens first. `what` is a code.

    `clock`: what it is about, a trigger of the ladder. `times`: for the how many-th time somebody is told.
    `rung`: by which rung of the ladder (its key), which then speaks again `more` times, every so many seconds.
    """

    at: datetime
    what: str
    whom: Whom
    clock: str = ""
    share: int | None = None
    times: int = 1
    rung: str = ""
    more: int = 0
    every_seconds: int = 0

    def as_dict(self, text: str) -> dict[str, Any]:
        return {"at": self.at, "what": self.what, "whom": self.whom.as_dict(), "text": text}


@dataclass(frozen=True, slots=True)
class Explanation:
    assignment: AssignmentSeen
    clocks: tuple[ClockSeen, ...]
    next: tuple[NextThing, ...]
