"""Why the order is where it is, laid out for drawing: candidates as bars, deadlines as strips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from assignment.models import Assignment
from core.selectors import NamesOf
from orders.models import Order
from panel.people import Load
from panel.words import Due, due
from rop.explain.gathering import explanation_of
from rop.explain.sentences import next_sentences
from rop.explain.values import AssignmentSeen, CandidateSeen, ClockSeen, Explanation
from rop.words import BECAUSE, ENDED_BECAUSE, EXCLUDED, SEGMENTS, word
from sla.models import ClockKind, ClockState

log = structlog.get_logger(__name__)

RUNS = (ClockState.RUNNING, ClockState.PAUSED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`width` is that of the bar, in per cent of the scale that all of them share."""

    name: str
    load: Load
    is_owner: bool
    why_not: str
    width: float


@dataclass(frozen=True, slots=True)
class Held:
    """Who had the order before, how that ended, and with what words they had been given it by hand."""

    name: str
    since: datetime
    until: datetime | None
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the time up to a deadline: how much of the strip it takes, in per cent."""

    kind: str
    width: float
    seconds: int
    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A clock as a strip from its start to its deadline; `passed` is where now is, in per cent (100 at the end)."""

    title: str
    seen: ClockSeen
    due: Due
    passed: float
    parts: Sequence[Part]
    legend: Sequence[tuple[str, str, int]]


def context(
    order: Order, *, now: datetime, names_of: NamesOf, rounds: Sequence[Assignment]
) -> dict[str, Any]:
    """What the page shows of it. An order that can't be planned can't be explained: the rest of the page stands."""
    try:
        found = explanation_of(order, now=now, names_of=names_of, rounds=rounds)
    except Exception:
        # The very orders that were set aside because of a defect are looked at here.
        log.exception("explanation_failed", order=order.pk)
        return {"unexplained": True}
    scale = _scale(found.assignment)
    return {
        "scale": scale,
        "because": [word(code, BECAUSE) for code in found.assignment.because],
        "given_with_words": found.assignment.reason,
        "candidates": _candidates(found.assignment, scale=scale),
        "load_before": found.assignment.load_before,
        "held_before": _held_before(found.assignment),
        "strips": _strips(found, now=now),
        "ended_clocks": [
            (ClockKind(clock.kind).label, clock) for clock in found.clocks if clock.state not in RUNS
        ],
        "coming": next_sentences(found.next, now=now),
    }


SCALES = (5, 10, 25, 50)
"""Per cent of the capacity that a full bar may stand for when everybody has less: small differences are seen."""


def _scale(seen: AssignmentSeen) -> int:
    fullest = max((_share(one) for one in seen.candidates), default=0)
    return next((scale for scale in SCALES if fullest <= scale), 100)


def _share(one: CandidateSeen) -> float:
    """How full somebody was, in per cent; who can carry nothing is full."""
    return one.load / one.capacity * 100 if one.capacity else 100


def _candidates(seen: AssignmentSeen, *, scale: int) -> list[Candidate]:
    """Those who could have had it first, the least loaded before the others."""
    owner_id = seen.owner.id if seen.owner else None
    found = [_candidate(one, owner_id=owner_id, scale=scale) for one in seen.candidates]
    return sorted(found, key=lambda one: (not one.is_owner, bool(one.why_not), one.load.share, one.name))


def _candidate(one: CandidateSeen, *, owner_id: int | None, scale: int) -> Candidate:
    return Candidate(
        name=one.manager.name,
        load=Load(one.load, one.capacity),
        is_owner=one.manager.id == owner_id,
        why_not=word(one.excluded_because, EXCLUDED) if one.excluded_because else "",
        width=min(_share(one) / scale * 100, 100),
    )


def _held_before(seen: AssignmentSeen) -> list[Held]:
    return [
        Held(r.manager.name, r.assigned_at, r.ended_at, word(r.state, ENDED_BECAUSE), r.reason)
        for r in seen.rounds
        if r.ended_at is not None
    ]


def _strips(found: Explanation, *, now: datetime) -> list[Strip]:
    return [_strip(clock, now=now) for clock in found.clocks if clock.state in RUNS]


def _strip(clock: ClockSeen, *, now: datetime) -> Strip:
    whole = max((clock.due_at - clock.started_at).total_seconds(), 1)
    parts = [
        Part(
            kind=segment.kind,
            width=round((segment.end - segment.start).total_seconds() / whole * 100, 3),
            seconds=segment.seconds,
            start=segment.start,
            end=segment.end,
            why=segment.why,
        )
        for segment in clock.segments
    ]
    passed = (now - clock.started_at).total_seconds() / whole * 100
    return Strip(
        title=str(ClockKind(clock.kind).label),
        seen=clock,
        due=due(clock.due_at, now=now),
        passed=round(min(max(passed, 0), 100), 2),
        parts=parts,
        legend=_legend(parts),
    )


def _legend(parts: Sequence[Part]) -> list[tuple[str, str, int]]:
    """Each kind of time once: its code, its name, how many seconds of it."""
    seconds: dict[str, int] = {}
    for part in parts:
        seconds[part.kind] = seconds.get(part.kind, 0) + part.seconds
    return [(kind, word(kind, SEGMENTS), total) for kind, total in seconds.items()]
