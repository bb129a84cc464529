"""Which clocks ought to run, compared with which do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.policies.worktime import Calendar, Span, deadline, deadline_in_spans
from rop.plan.facts import DEFAULT_CALENDAR, DealFacts, OrderFacts, Policy
from rop.plan.result import Mark
from sla.policies.clocks import (
    ClockEnd,
    ClockFacts,
    ClockStart,
    RuleFacts,
    Until,
    moments,
    next_moment,
    rule_for,
    shares_of,
    tick,
)

OPEN_STAGES = frozenset({"under_inspection", "awaiting_payment", "ready_for_shipment", "in_transit"})
TASK_WARNINGS = (75,)

ELSEWHERE = {"client_decision": "stage"}
"""Whose rule a clock goes by in a matrix that was published before there was one for it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clock that ought to run: `mark` says what started it, so that the same one is never started twice."""

    kind: str
    subject_type: str
    subject_id: int
    mark: str
    started_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    end: tuple[ClockEnd, ...]
    start: tuple[ClockStart, ...]
    marks: tuple[Mark, ...]
    running: tuple[ClockFacts | ClockStart, ...]

    def due_at(self, kind: str) -> datetime | None:
        return min((clock.due_at for clock in self.running if clock.kind == kind), default=None)

    @property
    def earliest_due(self) -> datetime | None:
        return min((clock.due_at for clock in self.running), default=None)

    def next_moment(self, *, muted: bool) -> datetime | None:
        """When something of these clocks comes due next, after what has come due by now; no warning while muted."""
        marks = {mark.clock_id: mark for mark in self.marks}
        found: list[datetime] = []
        for clock in self.running:
            mark = marks.get(clock.id) if isinstance(clock, ClockFacts) else None
            warned = mark.warned if mark else clock.warned
            breached = mark.breached if mark else _breached(clock)
            moment = next_moment(
                warnings=() if muted else clock.warnings,
                warned=warned,
                due_at=clock.due_at,
                breached=breached,
            )
            if moment is not None:
                found.append(moment)
        return min(found, default=None)


def _breached(clock: ClockFacts | ClockStart) -> bool:
    return clock.breached if isinstance(clock, ClockStart) else clock.breached_at is not None


def wanted(facts: OrderFacts, policy: Policy) -> list[Wanted]:
    """The clocks that these facts call for."""
    clocks = [Wanted("task", "task", task.id, "1", task.created_at, task.due_at) for task in facts.tasks]
    # Passed on with another deadline, it is another clock.
    clocks += [
        Wanted("blocker", "blocker", b.id, f"{b.due_at.timestamp():.0f}", b.opened_at, b.due_at)
        for b in facts.hangs.blockers
    ]
    clocks += [Wanted("approval", "approval", a.id, "1", a.asked_at, a.due_at) for a in facts.hangs.approvals]
    if facts.status == "pending_manager" and facts.owner is None:
        clocks.append(Wanted("assign", "order", facts.id, f"{facts.rounds}", facts.waiting_since))
    elif facts.status == "pending_manager" and facts.owner is not None:
        clocks.append(Wanted("accept", "order", facts.id, f"{facts.owner.round}", facts.owner.assigned_at))
    elif facts.status == "awaiting_payment" and facts.deal is not None:
        clocks.append(_of_the_deal(facts, facts.deal, policy))
    elif facts.status in OPEN_STAGES:
        clocks.append(Wanted("stage", "order", facts.id, f"{facts.status_sequence}", facts.status_since))
    return clocks


def _of_the_deal(facts: OrderFacts, deal: DealFacts, policy: Policy) -> Wanted:
    """While the client decides, the client's clock runs; the stage's own from their decision on.

    Who wants to think until a moment is asked then: the clock ends as much later as whoever asks has time for it.
    """
    stage = f"{facts.status_sequence}"
    if deal.decided_at is None:
        return Wanted("client_decision", "order", facts.id, stage, facts.status_since)
    mark = f"{stage}.{deal.decision_id}"
    if deal.until is not None:
        due_at = deal.until + policy.terms.ask_within
        return Wanted("client_decision", "order", facts.id, mark, deal.decided_at, due_at)
    return Wanted("stage", "order", facts.id, mark, deal.decided_at)


def reconcile(facts: OrderFacts, policy: Policy, now: datetime, *, cancelled: bool) -> Reconciled:
    """Keep what runs and still ought to, end the others, start what is missing, mark what has come due.

    A clock keeps the version of the matrix and of the calendar that it started under. A change of severity
    starts it anew, from the same moment and with the other target. While the order is snoozed no warning is
    marked: what is still true is told when the snooze ends.
    """
    muted = facts.muted_until(now) is not None
    running = {(clock.kind, clock.subject_type, clock.subject_id): clock for clock in facts.clocks}
    kept: list[ClockFacts | ClockStart] = []
    start: list[ClockStart] = []
    marks: list[Mark] = []
    replaced: set[int] = set()
    for want in wanted(facts, policy):
        clock = running.pop((want.kind, want.subject_type, want.subject_id), None)
        if clock is not None and _same(clock, want, facts):
            kept.append(clock)
            continue
        if clock is not None:
            running[want.kind, want.subject_type, want.subject_id] = clock
            # Neither another severity nor a deadline that was moved keeps the one before.
            if clock.generation.partition(":")[0] == want.mark or clock.subject_type == "blocker":
                replaced.add(clock.id)
        start.append(_start(want, facts, policy, now))
    marks += [
        mark for held in kept if isinstance(held, ClockFacts) and (mark := _mark(held, now, muted=muted))
    ]
    ended = [
        (clock, _outcome(clock, now, cancelled=clock.id in replaced or _cancelled(clock, facts, cancelled)))
        for clock in running.values()
    ]
    # A clock that ran out before it ended was breached, even if nobody has looked since.
    marks += [
        Mark(clock.id, clock.warned, breached=True)
        for clock, outcome in ended
        if outcome == "missed" and clock.breached_at is None
    ]
    return Reconciled(
        end=tuple(ClockEnd(clock.id, outcome) for clock, outcome in ended),
        start=tuple(start),
        marks=tuple(marks),
        running=(*kept, *start),
    )


def _same(clock: ClockFacts, want: Wanted, facts: OrderFacts) -> bool:
    if clock.generation.partition(":")[0] != want.mark:
        return False
    # A deadline that people named does not depend on the severity.
    return want.due_at is not None or clock.severity == facts.severity


def _mark(clock: ClockFacts, now: datetime, *, muted: bool) -> Mark | None:
    due = tick(
        warnings=() if muted else clock.warnings,
        warned=clock.warned,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        now=now,
    )
    if not due.breach and due.warn is None:
        return None
    return Mark(clock.id, clock.warned if due.warn is None else due.warn, breached=due.breach)


def _cancelled(clock: ClockFacts, facts: OrderFacts, order_cancelled: bool) -> bool:
    """A task ends by itself, whatever becomes of its order."""
    if clock.subject_type == "task":
        return clock.subject_id in facts.cancelled_tasks
    return order_cancelled


def _outcome(clock: ClockFacts, now: datetime, *, cancelled: bool) -> str:
    if clock.breached_at is not None or clock.due_at <= now:
        return "missed"
    return "cancelled" if cancelled else "met"


def _start(want: Wanted, facts: OrderFacts, policy: Policy, now: datetime) -> ClockStart:
    calendar: Calendar | None = None
    shares = {
        rung.share
        for rung in policy.matrix.rungs_for(trigger=want.kind, stage=facts.status, severity=facts.severity)
        if rung.share is not None
    }
    if want.due_at is not None:
        mode, target = "elapsed", max(int((want.due_at - want.started_at).total_seconds()), 1)
        rule = RuleFacts(target_seconds=target, mode=mode, warn_at=TASK_WARNINGS)
        due_at = want.due_at
        until: Until = want.started_at.__add__
        warnings = shares_of(rule, TASK_WARNINGS, until=until)
    else:
        rule = _rule(facts, policy, want.kind)
        if rule.mode != "elapsed":
            calendar = policy.calendar(facts.owner.calendar_code if facts.owner else DEFAULT_CALENDAR)
        until = _until(want, facts, rule.mode, calendar)
        due_at, warnings = moments(rule, until=until)
    due = tick(warnings=warnings, warned=0, due_at=due_at, breached_at=None, now=now)
    return ClockStart(
        kind=want.kind,
        subject_type=want.subject_type,
        subject_id=want.subject_id,
        generation=f"{want.mark}:{facts.version}",
        stage=facts.status,
        severity=facts.severity,
        mode=rule.mode,
        target_seconds=rule.target_seconds,
        started_at=want.started_at,
        due_at=due_at,
        warnings=warnings,
        # What passed before it was started is not told one by one.
        warned=due.warn or 0,
        policy_version=policy.matrix.version,
        calendar_code=calendar.code if calendar else "",
        calendar_version=calendar.version if calendar else None,
        breached=due.breach,
        rung_moments=shares_of(rule, shares, until=until),
    )


def _rule(facts: OrderFacts, policy: Policy, kind: str) -> RuleFacts:
    key = (kind, facts.status, facts.severity)
    kind = kind if key in policy.matrix.rules else ELSEWHERE.get(kind, kind)
    return rule_for(policy.matrix, kind=kind, stage=facts.status, severity=facts.severity)


def _until(want: Wanted, facts: OrderFacts, mode: str, calendar: Calendar | None) -> Until:
    if mode == "shift" and facts.owner is not None:
        spans = tuple(Span(start, end) for start, end in facts.owner.shifts)

        def by_shifts(target: timedelta) -> datetime:
            return deadline_in_spans(
                started_at=want.started_at, target=target, spans=spans, beyond=calendar, segments=False
            ).due_at

        return by_shifts

    def by_calendar(target: timedelta) -> datetime:
        return deadline(started_at=want.started_at, target=target, calendar=calendar, segments=False).due_at

    return by_calendar
