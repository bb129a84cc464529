"""Who was chosen for an order, out of whom, and because of what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import assignment.selectors
from assignment.models import Assignment, Snapshot
from assignment.policies.distribute import distribute
from core.models import Entry
from core.selectors import NamesOf
from orders.models import Order
from rop.explain.values import AssignmentSeen, CandidateSeen, Person, Round
from rop.loop.giving import candidate_of, wanted_of
from rop.plan import OrderFacts, Policy

NEAR = 20
"""Among so many distributions written after the plan is the one that it belongs to: they share a statement."""

Rows = Sequence[Mapping[str, Any]]


def assignment_seen(
    order: Order,
    rounds: Sequence[Assignment],
    facts: OrderFacts | None,
    policy: Policy,
    *,
    now: datetime,
    names_of: NamesOf,
) -> AssignmentSeen:
    """`rounds`: all that the order had, in order."""
    held = rounds[-1] if rounds and order.assigned_manager_id == rounds[-1].manager_id else None
    if held is None and facts is not None:
        rows, excluded, because = _now(facts, policy, now=now)
    else:
        rows, excluded = _then(held)
        because = tuple(map(str, held.because)) if held else ()
    people = [*(row["manager_id"] for row in rows), *(r.manager_id for r in rounds)]
    names = {user_id: Person(user_id, name) for user_id, name in names_of(people).items()}
    return AssignmentSeen(
        owner=names[held.manager_id] if held else None,
        candidates=tuple(_candidate(row, excluded, names) for row in rows),
        because=because,
        load_before=float(held.load_before) if held and held.load_before is not None else None,
        rounds=tuple(
            Round(names[r.manager_id], r.assigned_at, r.ended_at, r.state, r.reason) for r in rounds
        ),
        reason=held.reason if held else "",
    )


def _now(
    facts: OrderFacts, policy: Policy, *, now: datetime
) -> tuple[Rows, Mapping[int, str], tuple[str, ...]]:
    """Nobody has it: how a distribution of this one order would end if it were made now."""
    candidates = [candidate_of(standing, now=now) for standing in assignment.selectors.standings(now=now)]
    (pick,) = distribute(wanted=(wanted_of(facts, policy),), candidates=candidates)
    rows = [
        {
            "manager_id": candidate.manager_id,
            "load": candidate.load,
            "capacity": candidate.capacity,
            "excluded_because": candidate.excluded_because,
        }
        for candidate in candidates
    ]
    return rows, pick.excluded, pick.because if pick.manager_id is None else ()


def _then(held: Assignment | None) -> tuple[Rows, Mapping[int, str]]:
    """As it was when the owner was picked; without candidates when a person gave it by hand."""
    if held is None or held.snapshot_id is None:
        return (), {}
    rows: Rows = Snapshot.objects.values_list("candidates", flat=True).get(pk=held.snapshot_id)
    return rows, _excluded(held)


def _excluded(held: Assignment) -> Mapping[int, str]:
    """Why others were no choice for this very order: kept with the distribution, not in the snapshot."""
    plan = (
        Entry.objects.filter(order_id=held.order_id, kind="decision.plan", at=held.assigned_at)
        .order_by("pk")
        .values_list("pk", flat=True)
        .last()
    )
    if plan is None:
        return {}
    following = Entry.objects.filter(kind="decision.distribute", pk__gt=plan).order_by("pk")
    for inputs, output in following.values_list("inputs", "output")[:NEAR]:
        if inputs.get("snapshot") == held.snapshot_id:
            return {
                int(manager): str(code)
                for pick in output["picks"]
                if pick["order_id"] == held.order_id
                for manager, code in pick["excluded"].items()
            }
    return {}


def _candidate(
    row: Mapping[str, Any], excluded: Mapping[int, str], names: Mapping[int, Person]
) -> CandidateSeen:
    manager_id = int(row["manager_id"])
    return CandidateSeen(
        manager=names[manager_id],
        load=float(Decimal(row["load"])),
        capacity=float(Decimal(row["capacity"])),
        excluded_because=row["excluded_because"] or excluded.get(manager_id, ""),
    )
