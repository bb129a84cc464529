"""Carrying plans out: the difference between what ought to be and what is, written in bulk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from assignment.models import Assignment, AssignmentState
from assignment.services import (
    LoadChange,
    assignments_accept,
    assignments_end,
    assignments_start,
    loads_apply,
)
from assignment.services.rounds import NewRound, snapshot_write
from core import actors, bulk, journal
from core.actors import ActorKind
from orders.models import Order
from rop.loop.climbing import ClockKey, climbs_write
from rop.loop.giving import Given
from rop.loop.loading import Batch
from rop.loop.proposing import propose
from rop.loop.telling import tell
from rop.plan import OrderFacts, Plan, Policy
from sla.policies.clocks import ClockFacts, ClockStart
from sla.services import Breach, clocks_end, clocks_mark, clocks_start, violations_write

COLUMNS = (
    "assigned_manager",
    "due_at",
    "next_action",
    "next_action_whose",
    "next_action_user",
    "next_action_due",
    "next_action_missing",
    "wake_at",
    "queue_key",
    "load_weight",
    "closed_at",
    "version",
)
"""The columns of an order that the loop writes."""


def carry_out(batch: Batch, plans: Sequence[Plan], given: Given, policy: Policy, *, now: datetime) -> int:
    """Write what differs. Returns for how many orders something did."""
    facts = {fact.id: fact for fact in batch.facts}
    changed = _changed_rows(batch, plans, now=now)
    acting = [plan for plan in plans if plan.acts or plan.order_id in changed]
    if not acting:
        return 0
    snapshot_id = _write_assignments(acting, facts, given, now=now)
    clock_ids = _write_clocks(acting, batch, now=now)
    escalation_ids = climbs_write(acting, facts, clock_ids, now=now)
    propose(acting, facts, policy, now=now)
    bulk.update_rows(Order, ["id", *COLUMNS], [(order_id, *row) for order_id, row in changed.items()])
    _write_journal(acting, facts, given, policy, snapshot_id, now=now)
    tell(acting, facts, given, escalation_ids, now=now)
    # The counters last: their rows are shared by everybody who works for the same manager.
    loads_apply(_load_changes(acting, batch, facts, now=now))
    return len(acting)


def _row(plan: Plan, order: Order, now: datetime) -> tuple[Any, ...]:
    step = plan.step
    return (
        plan.owner_id if not plan.close else order.assigned_manager_id,
        plan.due_at,
        step.code if step else "",
        step.whose if step else "",
        step.user_id if step else None,
        step.due_at if step else None,
        list(step.missing) if step else [],
        plan.wake_at,
        plan.queue_key,
        plan.load_weight,
        now if plan.close else None,
        plan.version,
    )


def _changed_rows(batch: Batch, plans: Sequence[Plan], *, now: datetime) -> dict[int, tuple[Any, ...]]:
    changed: dict[int, tuple[Any, ...]] = {}
    for plan in plans:
        order = batch.orders[plan.order_id]
        row = _row(plan, order, now)
        stands = tuple(
            getattr(order, f"{name}_id" if name in ("assigned_manager", "next_action_user") else name)
            for name in COLUMNS
        )
        if row != stands:
            changed[plan.order_id] = row
    return changed


def _write_assignments(
    plans: Sequence[Plan], facts: dict[int, OrderFacts], given: Given, *, now: datetime
) -> int | None:
    ends = [(p.order_id, p.release.round, p.release.state) for p in plans if p.release]
    ends += [
        (p.order_id, owner.round, AssignmentState.CLOSED)
        for p in plans
        if p.close and (owner := facts[p.order_id].owner)
    ]
    assignments_end(ends, now=now)
    accepted = [
        (p.order_id, owner.round, facts[p.order_id].status_since)
        for p in plans
        if p.accepted and not p.close and (owner := facts[p.order_id].owner)
    ]
    assignments_accept(accepted)
    picks = {pick.order_id: pick for pick in given.picks}
    snapshot_id = None
    newly_waiting = any(clock.kind == "assign" for plan in plans for clock in plan.clocks_start)
    if newly_waiting or any(plan.new_owner for plan in plans):
        snapshot_id = snapshot_write(msgspec.to_builtins(list(given.candidates)), now=now)
    assignments_start(
        [
            NewRound(
                order_id=p.order_id,
                round=facts[p.order_id].rounds + 1,
                user_id=p.owner_id,
                because=list(picks[p.order_id].because),
                load_before=picks[p.order_id].load_before,
            )
            for p in plans
            if p.new_owner and p.owner_id is not None
        ],
        by=ActorKind.ROP,
        snapshot_id=snapshot_id,
        now=now,
    )
    return snapshot_id


def _write_clocks(plans: Sequence[Plan], batch: Batch, *, now: datetime) -> dict[ClockKey, int]:
    """The ids of those that run now, by subject and kind."""
    running = {clock.id: clock for fact in batch.facts for clock in fact.clocks}
    marks = [mark for plan in plans for mark in plan.clocks_mark]
    clocks_mark(
        [
            (mark.clock_id, mark.warned, now if mark.breached else running[mark.clock_id].breached_at)
            for mark in marks
        ]
    )
    clocks_end([end for plan in plans for end in plan.clocks_end], now=now)
    starts = [(plan, clock) for plan in plans for clock in plan.clocks_start]
    ids = clocks_start([(plan.order_id, clock) for plan, clock in starts], now=now)
    breaches = [
        Breach(mark.clock_id, _owner_then(plan, batch, running[mark.clock_id]))
        for plan in plans
        for mark in plan.clocks_mark
        if mark.breached
    ]
    breaches += [
        Breach(clock_id, _owner_then(plan, batch, clock))
        for clock_id, (plan, clock) in zip(ids, starts, strict=True)
        if clock.breached
    ]
    violations_write(breaches, now=now)
    found = {(clock.subject_type, clock.subject_id, clock.kind): clock.id for clock in running.values()}
    new = {
        (clock.subject_type, clock.subject_id, clock.kind): clock_id
        for clock_id, (_plan, clock) in zip(ids, starts, strict=True)
    }
    return found | new


def _owner_then(plan: Plan, batch: Batch, clock: ClockFacts | ClockStart) -> int | None:
    """Whose deadline it was, whoever has got the order since. One that waited too long was nobody's."""
    if clock.kind == "assign":
        return None
    if clock.subject_type != "order":
        # What a lead decides is nobody's alone.
        return batch.owners.get((clock.subject_type, clock.subject_id))
    if isinstance(clock, ClockStart):
        # It began when it was over already: a deadline that nobody had before.
        return plan.owner_id
    rounds = batch.rounds.get(plan.order_id, ())
    return next((held.manager_id for held in rounds if _was_theirs(clock, held)), plan.owner_id)


def _was_theirs(clock: ClockFacts, held: Assignment) -> bool:
    """An acceptance is of one round; any other deadline is of whoever had the order when it passed."""
    if clock.kind == "accept":
        return clock.generation.partition(":")[0] == str(held.round)
    return held.assigned_at <= clock.due_at and (held.ended_at is None or held.ended_at >= clock.due_at)


def _weighed_by(facts: OrderFacts) -> dict[str, str]:
    """What the weight was computed from, so that a replay can weigh anew."""
    return {"stage": facts.status, "severity": facts.severity}


def _load_changes(
    plans: Sequence[Plan], batch: Batch, facts: dict[int, OrderFacts], *, now: datetime
) -> list[LoadChange]:
    changes: list[LoadChange] = []
    for plan in plans:
        order, owner = batch.orders[plan.order_id], facts[plan.order_id].owner
        if owner is not None:
            is_offer = int(owner.state == AssignmentState.OFFERED)
            changes.append(LoadChange(owner.user_id, -order.load_weight, -is_offer, -1))
        if plan.owner_id is not None and not plan.close:
            still_offer = owner is not None and owner.state == AssignmentState.OFFERED and not plan.accepted
            is_offer = int(plan.new_owner or still_offer)
            assigned_at = now if plan.new_owner else None
            changes.append(LoadChange(plan.owner_id, plan.load_weight, is_offer, 1, assigned_at))
    return changes


def _write_journal(
    plans: Sequence[Plan],
    facts: dict[int, OrderFacts],
    given: Given,
    policy: Policy,
    snapshot_id: int | None,
    *,
    now: datetime,
) -> None:
    records = [
        journal.Record(
            kind="decision.plan",
            order_id=plan.order_id,
            policy_version=policy.version,
            inputs={
                "facts": facts[plan.order_id],
                "pick": given.owners[plan.order_id] if plan.new_owner else None,
            },
            output=plan,
        )
        for plan in plans
    ]
    if snapshot_id is not None:
        records.append(
            journal.Record(
                kind="decision.distribute",
                policy_version=policy.version,
                inputs={
                    "wanted": [
                        {**msgspec.to_builtins(want), **_weighed_by(facts[want.order_id])}
                        for want in given.wanted
                    ],
                    "snapshot": snapshot_id,
                },
                output={"picks": [msgspec.to_builtins(pick, str_keys=True) for pick in given.picks]},
            )
        )
    journal.write(records, actor=actors.rop(), now=now)
