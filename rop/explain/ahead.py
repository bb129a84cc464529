"""What will happen to an order by itself: planned in memory, moment by moment, with nothing written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.actors import ActorKind
from core.selectors import NamesOf
from orders.models import Order
from rop.explain.values import NextThing, Whom
from rop.loop.audience import INSTEAD, Addressee, Audience
from rop.plan import (
    EscalationFacts,
    Notice,
    Opening,
    OrderFacts,
    Plan,
    Policy,
    ProposalFacts,
    TaskFacts,
    decide,
    due_openings,
)
from rop.plan.openings import FOLLOW_UP, TRACK, UNDECIDED, with_tasks, without_expired
from sla.policies.clocks import ClockFacts, ClockStart
from sla.policies.ladder import GROUP, LEAD, Rung

LOOKS = 40
"""How many moments ahead are planned."""

SHOWN = 12
"""How many things that will happen are told, besides what becomes of the deal."""

TOLD = {"sla_reminder": "remind", "sla_breach": "breach", "stuck": "stuck", "escalation": "escalate"}
"""The messages that are worth foretelling; the others only follow from what is said already."""

ASKED = {FOLLOW_UP: "ask_client", UNDECIDED: "lead_decides", TRACK: "look_for_parcel"}
"""What AI-РОП will ask of people by itself, by the kind of its task."""

OF_THE_DEAL = frozenset({*ASKED.values(), "approval_expires", "promised_date_over"})

NOBODY = 0
"""Whose a task is that only a lead can have, while it is foretold."""


@dataclass(frozen=True, slots=True)
class _Coming:
    at: datetime
    what: str
    to: str
    clock: str = ""
    share: int | None = None
    times: int = 1
    rung: Rung | None = None


def next_things(
    order: Order, facts: OrderFacts | None, policy: Policy, *, now: datetime, names_of: NamesOf
) -> tuple[NextThing, ...]:
    """Nothing for a closed order."""
    if facts is None:
        return ()
    coming = list(_shown(_coming(facts, policy, wake_at=order.wake_at or now, now=now)))
    return tuple(_with_people(coming, owner_id=order.assigned_manager_id, now=now, names_of=names_of))


def _shown(coming: Iterable[_Coming]) -> Iterator[_Coming]:
    """Reminders of one deadline must not crowd out what becomes of the deal after it."""
    others = 0
    for thing in coming:
        others += thing.what not in OF_THE_DEAL
        if thing.what in OF_THE_DEAL or others <= SHOWN:
            yield thing


def _coming(facts: OrderFacts, policy: Policy, *, wake_at: datetime, now: datetime) -> Iterator[_Coming]:
    if facts.status == "pending_manager" and facts.owner is None:
        yield _Coming(now, "assign_when_free", "rop")
    for _look in range(LOOKS):
        at = max(wake_at, now)
        facts = _as_known_then(facts, at)
        openings = due_openings(facts, policy, at)
        yield from _of_the_deal(facts, policy, openings, at)
        facts = _come_due(facts, openings, at)
        plan = decide(facts, policy, at, pick=None)
        yield from _things(plan, facts, policy, at)
        if plan.close or plan.release or plan.wake_at is None:
            # From here on it depends on whom a distribution picks.
            return
        facts, wake_at = _after(facts, plan, at), plan.wake_at


def _things(plan: Plan, facts: OrderFacts, policy: Policy, at: datetime) -> Iterator[_Coming]:
    for notice in plan.notices:
        if notice.template in TOLD:
            about = notice.context.get("clock") or notice.context.get("trigger") or ""
            rungs = policy.matrix.rungs_for(trigger=about, stage=facts.status, severity=facts.severity)
            rung, times = _spoken_by(notice, rungs)
            share = notice.context.get("share")
            yield _Coming(at, TOLD[notice.template], notice.to, about, share, times, rung)
    if plan.climb.propose:
        yield _Coming(at, "propose", "rop")
    if plan.climb.snooze_end is not None:
        yield _Coming(at, "snooze_ends", "rop")
    if plan.release is not None:
        yield _Coming(at, "take_away", str(plan.release.user_id))
        yield _Coming(at, "assign_next", "rop")
    if plan.close:
        yield _Coming(at, "close", "rop")


def _of_the_deal(
    facts: OrderFacts, policy: Policy, openings: Sequence[Opening], at: datetime
) -> Iterator[_Coming]:
    """What comes due before anything is planned, and the end of the day that the carrier promised."""
    for opening in openings:
        yield _Coming(at, ASKED[opening.kind], opening.whose)
    if any(approval.expires_at <= at for approval in facts.hangs.approvals):
        yield _Coming(at, "approval_expires", "rop")
    deal = facts.deal
    is_away = facts.status == "in_transit" and deal is not None and not deal.delivered
    if is_away and deal is not None and deal.promised_date and policy.end_of(deal.promised_date) == at:
        yield _Coming(at, "promised_date_over", "owner" if facts.owner else "lead")


def _come_due(facts: OrderFacts, openings: Sequence[Opening], at: datetime) -> OrderFacts:
    """The facts with these tasks open and without what has expired, as a look would leave them.

    A task that only a lead can have is nobody's here: who it will be is not known yet.
    """
    facts, owner = without_expired(facts, at), facts.owner
    if not openings:
        return facts
    first = min((task.id for task in facts.tasks), default=0)
    tasks = [
        TaskFacts(
            id=min(first, 0) - number,
            owner_id=owner.user_id if owner is not None and opening.whose == "owner" else NOBODY,
            created_at=at,
            due_at=opening.due_at,
            kind=opening.kind,
            number=opening.number,
        )
        for number, opening in enumerate(openings, 1)
    ]
    return with_tasks(facts, tasks)


def _spoken_by(notice: Notice, rungs: Sequence[Rung]) -> tuple[Rung | None, int]:
    """Which rung tells this, and for the how many-th time: its notices' keys end with these."""
    key, _colon, times = notice.key.rpartition(":")
    rung = next((rung for rung in rungs if key.endswith(f":{rung.key}")), None)
    return (rung, int(times)) if rung else (None, 1)


def _as_known_then(facts: OrderFacts, at: datetime) -> OrderFacts:
    owner = facts.owner
    if owner is not None and owner.absent_from is not None and owner.absent_from <= at:
        return replace(facts, owner=replace(owner, available=False))
    return facts


def _after(facts: OrderFacts, plan: Plan, at: datetime) -> OrderFacts:
    """The facts as they would be with this plan carried out."""
    marks = {mark.clock_id: mark for mark in plan.clocks_mark}
    ended = {end.id for end in plan.clocks_end}
    kept = [
        replace(clock, warned=mark.warned, breached_at=at if mark.breached else clock.breached_at)
        if (mark := marks.get(clock.id))
        else clock
        for clock in facts.clocks
        if clock.id not in ended
    ]
    started = [_running(clock, -position, at) for position, clock in enumerate(plan.clocks_start, 1)]
    owner = facts.owner
    if owner is not None and plan.accepted:
        owner = replace(owner, state="accepted")
    return replace(
        facts,
        version=plan.version,
        owner=owner,
        clocks=(*kept, *started),
        step=plan.step.code if plan.step else facts.step,
        escalations=_climbed(facts, plan),
        snooze=None if plan.climb.snooze_end is not None else facts.snooze,
        proposal=None if plan.climb.proposal_expire is not None else _proposed(facts, plan),
    )


def _climbed(facts: OrderFacts, plan: Plan) -> tuple[EscalationFacts, ...]:
    changes = {change.id: change for change in plan.climb.change}
    ended = {end.id for end in plan.climb.end}
    kept = [
        replace(
            held,
            state=change.state,
            owner_id=change.owner_id,
            fired=change.fired,
            times_told=change.times_told,
        )
        if (change := changes.get(held.id))
        else held
        for held in facts.escalations
    ]
    opened = [
        EscalationFacts(
            id=-len(kept) - number,
            trigger=new.trigger,
            generation=new.generation,
            state="open",
            owner_id=plan.owner_id,
            fired=new.fired,
            times_told=new.times_told,
        )
        for number, new in enumerate(plan.climb.open, 1)
    ]
    return (*(replace(held, over=held.over or held.id in ended) for held in kept), *opened)


def _proposed(facts: OrderFacts, plan: Plan) -> ProposalFacts | None:
    """As if somebody could take it: whether a proposal comes of it changes nothing else that is told here."""
    if plan.climb.propose and plan.owner_id is not None:
        return ProposalFacts(id=0, from_user_id=plan.owner_id)
    return facts.proposal


def _running(start: ClockStart, made_up_id: int, at: datetime) -> ClockFacts:
    return ClockFacts(
        id=made_up_id,
        kind=start.kind,
        subject_type=start.subject_type,
        subject_id=start.subject_id,
        generation=start.generation,
        severity=start.severity,
        started_at=start.started_at,
        due_at=start.due_at,
        warnings=start.warnings,
        warned=start.warned,
        breached_at=at if start.breached else None,
        rung_moments=start.rung_moments,
    )


def _with_people(
    coming: Sequence[_Coming], *, owner_id: int | None, now: datetime, names_of: NamesOf
) -> Iterator[NextThing]:
    """Roles as they would be told now: at the time somebody else may be on duty."""
    audience = Audience([owner_id] if owner_id is not None else [], now=now)
    told = [(thing, _told(thing.to, owner_id, audience)) for thing in coming]
    people = {one.person_id for _thing, whom in told for one in whom if one.person_id is not None}
    names = names_of(people)
    seen = set[tuple[datetime, str, str, Addressee]]()
    for thing, whom in told:
        for one in whom:
            # Several rungs that reach one person at one moment are one message.
            if (same := (thing.at, thing.what, thing.clock, one)) in seen:
                continue
            seen.add(same)
            if one.group_id is not None and audience.group is not None:
                name = audience.group.title
            else:
                name = names[one.person_id] if one.person_id is not None else str(ActorKind.ROP.label)
            said = Whom(_role(thing.to, one, owner_id), one.person_id, name)
            yield NextThing(
                thing.at, thing.what, said, thing.clock, thing.share, thing.times, **_repeats(thing)
            )


def _repeats(thing: _Coming) -> dict[str, Any]:
    rung = thing.rung
    if rung is None or rung.repeat_seconds is None:
        return {}
    return {
        "rung": rung.key,
        "more": max(rung.at_most - thing.times, 0),
        "every_seconds": rung.repeat_seconds,
    }


def _told(to: str, owner_id: int | None, audience: Audience) -> tuple[Addressee, ...]:
    if to in INSTEAD:
        return audience.of(to, owner_id=owner_id)
    if to == "rop":
        return (Addressee(),)
    user_id = owner_id if to == "owner" else int(to)
    if user_id == NOBODY:
        return audience.of(LEAD, owner_id=owner_id)
    return (Addressee(person_id=user_id),) if user_id is not None else ()


def _role(to: str, one: Addressee, owner_id: int | None) -> str:
    if one.group_id is not None:
        return "group"
    if to in INSTEAD or to == "rop":
        return "lead" if to == GROUP else to
    return "owner" if one.person_id == owner_id else "person"
