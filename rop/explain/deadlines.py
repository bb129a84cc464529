"""What the deadlines of an order are made of, recomputed with the versions that each clock started under."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import core.selectors
from core.models import Entry
from core.policies.worktime import Deadline, Segment, SegmentKind, Span, deadline, deadline_in_spans
from rop.explain.values import ClockSeen, SegmentSeen
from rop.words import SEGMENTS, word
from sla.models import Clock, ClockKind, Mode

Key = tuple[str, int, str, str]
"""Subject's type and id, kind, generation: what makes a clock this clock."""

Spans = tuple[Span, ...]

GIVEN = frozenset({"task", "blocker", "approval"})
"""What has its deadline by itself."""


def clocks_seen(order_id: int, clocks: Sequence[Clock]) -> tuple[ClockSeen, ...]:
    """All clocks of the order, first to last."""
    by_shifts = any(clock.mode == Mode.SHIFT for clock in clocks)
    shifts = _shifts_then(order_id) if by_shifts else {}
    return tuple(_seen(clock, shifts) for clock in clocks)


def _seen(clock: Clock, shifts: Mapping[Key, Spans]) -> ClockSeen:
    return ClockSeen(
        kind=clock.kind,
        state=clock.state,
        started_at=clock.started_at,
        target_seconds=clock.target_seconds,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        policy_version=clock.policy_version,
        calendar=f"{clock.calendar_code} v{clock.calendar_version}" if clock.calendar_code else "",
        segments=tuple(map(_segment, _segments(clock, shifts))),
    )


def _segments(clock: Clock, shifts: Mapping[Key, Spans]) -> Iterable[Segment]:
    """Empty where the deadline can't be derived again: better no explanation than a wrong one."""
    if _was_given(clock):
        return [Segment(clock.started_at, clock.due_at, SegmentKind.counted, clock.target_seconds, "")]
    computed = _computed(clock, shifts)
    return computed.segments if computed.due_at == clock.due_at else ()


def _was_given(clock: Clock) -> bool:
    """People named its deadline, or it follows from a moment that the client named: it was not computed."""
    thinks = clock.kind == ClockKind.CLIENT_DECISION and "." in clock.generation.partition(":")[0]
    return thinks or clock.subject_type in GIVEN


def _computed(clock: Clock, shifts: Mapping[Key, Spans]) -> Deadline:
    target = timedelta(seconds=clock.target_seconds)
    calendar = None
    if clock.calendar_code and clock.calendar_version is not None:
        calendar = core.selectors.calendar(clock.calendar_code, clock.calendar_version)
    if clock.mode == Mode.SHIFT:
        spans = shifts.get((clock.subject_type, clock.subject_id, clock.kind, clock.generation), ())
        return deadline_in_spans(started_at=clock.started_at, target=target, spans=spans, beyond=calendar)
    return deadline(started_at=clock.started_at, target=target, calendar=calendar)


def _segment(segment: Segment) -> SegmentSeen:
    return SegmentSeen(
        start=segment.start,
        end=segment.end,
        kind=segment.kind,
        seconds=segment.seconds,
        why=segment.why or word(segment.kind, SEGMENTS),
    )


def _shifts_then(order_id: int) -> dict[Key, Spans]:
    """The owner's shifts as they were known when each clock was started: the decision kept them."""
    rows = (
        Entry.objects.filter(order_id=order_id, kind="decision.plan")
        .exclude(output__clocks_start=[])
        .order_by("pk")
        .values_list("inputs", "output")
    )
    return {
        (start["subject_type"], start["subject_id"], start["kind"], start["generation"]): _spans(inputs)
        for inputs, output in rows
        for start in output["clocks_start"]
    }


def _spans(inputs: Mapping[str, Any]) -> Spans:
    owner = inputs["pick"] or inputs["facts"]["owner"] or {"shifts": []}
    return tuple(
        Span(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in owner["shifts"]
    )
