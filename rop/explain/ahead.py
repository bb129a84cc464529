"""What will happen to an order by itself: planned in memory, moment by moment, with nothing written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import core.selectors
from core.actors import ActorKind
from core.models import User
from orders.models import Order
from rop.explain.values import NextThing, Whom
from rop.plan import OrderFacts, Plan, Policy, decide
from sla.policies.clocks import ClockFacts, ClockStart

LOOKS = 5
"""How many moments ahead are planned."""

TOLD = {"sla_reminder": "remind", "sla_breach": "breach"}
"""The messages that are worth foretelling; the others only follow from what is said already."""


@dataclass(frozen=True, slots=True)
class _Coming:
    at: datetime
    what: str
    to: str
    clock: str = ""
    share: int | None = None


def next_things(
    order: Order, facts: OrderFacts | None, policy: Policy, *, now: datetime
) -> tuple[NextThing, ...]:
    """Nothing for a closed order."""
    if facts is None:
        return ()
    coming = list(_coming(facts, policy, wake_at=order.wake_at or now, now=now))
    return tuple(_with_people(coming, owner_id=order.assigned_manager_id))


def _coming(facts: OrderFacts, policy: Policy, *, wake_at: datetime, now: datetime) -> Iterator[_Coming]:
    if facts.status == "pending_manager" and facts.owner is None:
        yield _Coming(now, "assign_when_free", "rop")
    for _look in range(LOOKS):
        at = max(wake_at, now)
        facts = _as_known_then(facts, at)
        plan = decide(facts, policy, at, pick=None)
        yield from _things(plan, facts, at)
        if plan.close or plan.release or plan.wake_at is None:
            # From here on it depends on whom a distribution picks.
            return
        facts, wake_at = _after(facts, plan, at), plan.wake_at


def _things(plan: Plan, facts: OrderFacts, at: datetime) -> Iterator[_Coming]:
    for notice in plan.notices:
        if notice.template in TOLD:
            yield _Coming(
                at, TOLD[notice.template], notice.to, notice.context["clock"], notice.context.get("share")
            )
    if plan.release is not None:
        yield _Coming(at, "take_away", str(plan.release.user_id))
        yield _Coming(at, "assign_next", "rop")
    if plan.close:
        yield _Coming(at, "close", "rop")


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
    )


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
    )


def _with_people(coming: Sequence[_Coming], *, owner_id: int | None) -> Iterator[NextThing]:
    leads = _leads(owner_id) if any(thing.to == "lead" for thing in coming) else []
    ids = {*leads, *(int(thing.to) for thing in coming if thing.to.isdigit())}
    if owner_id is not None:
        ids.add(owner_id)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}
    for thing in coming:
        for whom in _whom(thing.to, owner_id, leads, names):
            yield NextThing(thing.at, thing.what, whom, thing.clock, thing.share)


def _whom(to: str, owner_id: int | None, leads: Sequence[int], names: dict[int, str]) -> Iterator[Whom]:
    if to == "rop":
        yield Whom("rop", None, str(ActorKind.ROP.label))
    elif to == "lead":
        yield from (Whom("lead", lead, names[lead]) for lead in leads)
    else:
        user_id = owner_id if to == "owner" else int(to)
        if user_id is not None:
            yield Whom("owner" if user_id == owner_id else "person", user_id, names[user_id])


def _leads(owner_id: int | None) -> list[int]:
    """As they would be told: the lead of the owner's team, or all of them."""
    of_team = core.selectors.leads_by_member([owner_id]) if owner_id is not None else {}
    return [of_team[owner_id]] if owner_id in of_team else core.selectors.all_leads()
