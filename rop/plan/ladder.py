"""Which escalations an order ought to have, what they tell now, and when they tell more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rop.plan.clocks import OPEN_STAGES, Reconciled
from rop.plan.facts import DEFAULT_CALENDAR, EscalationFacts, OrderFacts, Policy
from rop.plan.notices import BREACH, REMINDER, addressee
from rop.plan.result import Climb, EscalationChange, EscalationEnd, EscalationOpen, Notice, StepPlan
from sla.policies import ladder
from sla.policies.clocks import ClockFacts, ClockStart
from sla.policies.ladder import OWNER, STUCK_TRIGGERS, Cause, Firing, Hold, Rung

OPEN, ACKNOWLEDGED, RESOLVED, ENDED = "open", "acknowledged", "resolved", "ended"
"""As `rop.models.EscalationState`; a test compares."""

CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Reason:
    """What may climb: its cause, the clock behind it, and whom the rungs for the owner reach."""

    trigger: str
    generation: str
    cause: Cause
    clock: ClockFacts | ClockStart | None = None
    owner: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.trigger, self.generation)


@dataclass(frozen=True, slots=True)
class Climbed:
    """What one reason comes to: told now, kept from now on, and when there is more."""

    held: EscalationFacts | None
    opened: EscalationOpen | None = None
    changed: EscalationChange | None = None
    ended: EscalationEnd | None = None
    firings: tuple[Firing, ...] = ()
    wake_at: datetime | None = None


def climb(
    facts: OrderFacts, clocks: Reconciled, policy: Policy, now: datetime, *, step: StepPlan
) -> tuple[Climb, tuple[Notice, ...], datetime | None]:
    """What the ladder does, whom it tells, and when it has more to say (None: nothing by itself)."""
    known = {(held.trigger, held.generation): held for held in facts.escalations}
    reasons = list(_reasons(facts, clocks, policy))
    results = {
        reason.key: _climbed(reason, known.get(reason.key), facts, policy, now, step) for reason in reasons
    }
    gone = [_end(held) for key, held in known.items() if key not in results and not held.over]
    ends = [*gone, *(result.ended for result in results.values() if result.ended)]
    told = [(reason, firing) for reason in reasons for firing in results[reason.key].firings]
    is_live = any(_lives(result) for result in results.values())
    opened = tuple(result.opened for result in results.values() if result.opened)
    changed = tuple(result.changed for result in results.values() if result.changed)
    found = Climb(
        open=opened,
        change=changed,
        end=tuple(ends),
        snooze_end=_snooze_end(facts, now),
        propose=_propose(facts, told),
        proposal_expire=_expire(facts, is_live=is_live),
        announce=_announce(facts, known, ends, changed),
    )
    moments = [*(result.wake_at for result in results.values()), facts.muted_until(now)]
    notices = tuple(_notice(facts, reason, firing) for reason, firing in told)
    return found, notices, min(filter(None, moments), default=None)


def farewell(facts: OrderFacts) -> Climb:
    """The order is closed: nothing of it climbs, is silent or is proposed any more."""
    known = {(held.trigger, held.generation): held for held in facts.escalations}
    ends = [_end(held) for held in facts.escalations if not held.over]
    return Climb(
        end=tuple(ends),
        snooze_end=facts.snooze.id if facts.snooze else None,
        proposal_expire=facts.proposal.id if facts.proposal else None,
        announce=_announce(facts, known, ends, ()),
    )


# ── reasons ──


def _reasons(facts: OrderFacts, clocks: Reconciled, policy: Policy) -> Iterator[Reason]:
    for clock in clocks.running:
        yield Reason(
            trigger=clock.kind,
            generation=clock_generation(clock),
            cause=Cause(clock.due_at, clock.rung_moments),
            clock=clock,
            owner=addressee(facts, clock),
        )
    for level, trigger in enumerate(STUCK_TRIGGERS, 1):
        seconds = policy.matrix.stuck.get((facts.status, level))
        if seconds is not None:
            yield Reason(
                trigger=trigger,
                generation=f"{facts.status_sequence}",
                cause=Cause(_still_since(facts, policy) + timedelta(seconds=seconds)),
                owner="owner" if facts.owner else None,
            )


def clock_generation(clock: ClockFacts | ClockStart) -> str:
    """Tasks of one order may have clocks of one generation: these are told apart by the task."""
    if clock.subject_type == "order":
        return clock.generation
    return f"{clock.subject_type}.{clock.subject_id}/{clock.generation}"


def _still_since(facts: OrderFacts, policy: Policy) -> datetime:
    """From when on an order stands still: not before the day that the carrier promised is over, nor while the client
    thinks until a moment that they named."""
    since, deal = facts.moved_at or facts.status_since, facts.deal
    if deal is None:
        return since
    if facts.status == "in_transit" and deal.promised_date is not None:
        return max(since, policy.end_of(deal.promised_date))
    if facts.status == "awaiting_payment" and deal.until is not None:
        return max(since, deal.until)
    return since


def silence_moments(facts: OrderFacts, policy: Policy, *, due_at: datetime) -> list[datetime]:
    """When an offer whose acceptance was due then is given to the next manager: the rungs of `reassign`."""
    rungs = [rung for rung in _rungs(facts, policy, "accept") if rung.action == "reassign"]
    return [moment for rung in rungs if (moment := Cause(due_at).moment(rung)) is not None]


# ── climbing ──


def _climbed(
    reason: Reason,
    held: EscalationFacts | None,
    facts: OrderFacts,
    policy: Policy,
    now: datetime,
    step: StepPlan,
) -> Climbed:
    if held is not None and (held.over or held.state == RESOLVED):
        return Climbed(held)
    if held is not None and reason.clock is None and reason.cause.at > now:
        # It moved. Each threshold is told once for a stage, so this one is over for good.
        return Climbed(held, ended=_end(held))
    rungs = _telling(reason, facts, policy)
    first = _first_moment(rungs, reason)
    has_begun = first is not None and first <= now
    if held is None and not has_begun:
        # What most reasons are at most looks: nothing to tell, nobody to ask whether they may be told.
        return Climbed(None, wake_at=first)
    hold = _hold(reason, held, facts, policy, now)
    before: ladder.Fired = held.fired if held else {}
    firings = ladder.firings(rungs, reason.cause, before, hold, now)
    fired = ladder.after(before, firings, now)
    times_told = (held.times_told if held else 0) + int(any(f.rung.whom != OWNER for f in firings))
    moments = [ladder.next_moment(rungs, reason.cause, before, hold, now)]
    opened = changed = None
    if held is None:
        if has_begun:
            subject = (reason.clock.subject_type, reason.clock.subject_id) if reason.clock else None
            opened = EscalationOpen(
                trigger=reason.trigger,
                generation=reason.generation,
                subject=subject,
                because=_because(step),
                fired=fired,
                level=ladder.reached(fired),
                times_told=times_told,
            )
    else:
        state = _state(held, now)
        if state == ACKNOWLEDGED:
            moments.append(held.acknowledged_until)
        owner_id = facts.owner.user_id if facts.owner else None
        if firings or state != held.state or owner_id != held.owner_id:
            changed = EscalationChange(held.id, state, owner_id, fired, ladder.reached(fired), times_told)
    wake_at = min(filter(None, moments), default=None)
    return Climbed(held, opened, changed, None, firings, wake_at)


def _rungs(facts: OrderFacts, policy: Policy, trigger: str) -> tuple[Rung, ...]:
    return policy.matrix.rungs_for(trigger=trigger, stage=facts.status, severity=facts.severity)


def _telling(reason: Reason, facts: OrderFacts, policy: Policy) -> tuple[Rung, ...]:
    """The rungs that tell somebody: not those that take the order away, nor an owner where there is none."""
    may_propose = facts.owner is not None and facts.status in OPEN_STAGES
    return tuple(
        rung
        for rung in _rungs(facts, policy, reason.trigger)
        if rung.action != "reassign"
        and (rung.whom != OWNER or reason.owner is not None)
        and (rung.action != "propose" or may_propose)
    )


def _first_moment(rungs: tuple[Rung, ...], reason: Reason) -> datetime | None:
    """When the first rung is reached, also when it then has to wait until it may be told."""
    return min(filter(None, map(reason.cause.moment, rungs)), default=None)


def _hold(
    reason: Reason, held: EscalationFacts | None, facts: OrderFacts, policy: Policy, now: datetime
) -> Hold:
    acknowledged = held.acknowledged_until if held is not None and _state(held, now) == ACKNOWLEDGED else None
    quiet = None
    if facts.severity != CRITICAL:
        zone = policy.calendar(DEFAULT_CALENDAR).time_zone
        quiet = ladder.quiet_until(policy.matrix.quiet, time_zone=zone, now=now)
    owner = facts.owner
    # Whoever else has a task of it may be told: only the owner's shift is known.
    works = owner is None or reason.owner not in ("owner", str(owner.user_id)) or owner.on_shift
    until = max(filter(None, [facts.muted_until(now), acknowledged]), default=None)
    return Hold(until=until, quiet_until=quiet, owner_works=works)


def _state(held: EscalationFacts, now: datetime) -> str:
    """An acknowledgement that has run out leaves it open."""
    if held.state == ACKNOWLEDGED and (held.acknowledged_until is None or held.acknowledged_until <= now):
        return OPEN
    return held.state


def _because(step: StepPlan) -> dict[str, Any]:
    return {"step": step.code, "whose": step.whose, "user": step.user_id, "missing": list(step.missing)}


def _end(held: EscalationFacts) -> EscalationEnd:
    return EscalationEnd(held.id, RESOLVED if held.state == RESOLVED else ENDED)


def _lives(result: Climbed) -> bool:
    if result.opened is not None:
        return True
    held = result.held
    return held is not None and result.ended is None and not held.over and held.state != RESOLVED


# ── what follows for the order ──


def _snooze_end(facts: OrderFacts, now: datetime) -> int | None:
    snooze = facts.snooze
    return snooze.id if snooze is not None and snooze.until <= now else None


def _propose(facts: OrderFacts, told: list[tuple[Reason, Firing]]) -> str:
    """At most one proposal at a time; another one has to expire or be decided first."""
    if facts.proposal is not None:
        return ""
    return next((reason.trigger for reason, firing in told if firing.rung.action == "propose"), "")


def _expire(facts: OrderFacts, *, is_live: bool) -> int | None:
    """A proposal no longer fits when the order has another owner, is not in work, or nothing climbs any more."""
    proposal, owner = facts.proposal, facts.owner
    if proposal is None:
        return None
    fits = owner is not None and owner.user_id == proposal.from_user_id and facts.status in OPEN_STAGES
    return None if fits and is_live else proposal.id


def _announce(
    facts: OrderFacts,
    known: Mapping[tuple[str, str], EscalationFacts],
    ends: list[EscalationEnd],
    changed: tuple[EscalationChange, ...],
) -> str:
    """What its cards have to show now: that it is over, or who has the order.

    Also when nobody was told yet: a lead may have opened a card from the list of what burns.
    """
    shown = {held.id: held for held in known.values() if held.state != RESOLVED}
    if any(end.id in shown for end in ends):
        return "ended"
    if any(change.id in shown and change.owner_id != shown[change.id].owner_id for change in changed):
        return "assigned"
    return ""


# ── telling ──


def _notice(facts: OrderFacts, reason: Reason, firing: Firing) -> Notice:
    rung = firing.rung
    key = f"{facts.id}:{reason.trigger}:{reason.generation}:{rung.key}:{firing.times}"
    if rung.whom != OWNER:
        context = {"trigger": reason.trigger, "generation": reason.generation, "times": firing.times}
        return Notice("escalation", BREACH, rung.whom, f"escalation:{key}", context)
    assert reason.owner is not None
    clock = reason.clock
    if clock is None:
        context = {
            "trigger": reason.trigger,
            "since": (facts.moved_at or facts.status_since).isoformat(),
            "times": firing.times,
        }
        importance = REMINDER if reason.trigger == STUCK_TRIGGERS[0] else BREACH
        return Notice("stuck", importance, reason.owner, f"stuck:{key}", context)
    context = {"clock": clock.kind, "due_at": clock.due_at.isoformat()}
    if rung.share is not None:
        context["share"] = rung.share
        return Notice("sla_reminder", REMINDER, reason.owner, f"sla_reminder:{key}", context)
    return Notice("sla_breach", BREACH, reason.owner, f"sla_breach:{key}", context)
