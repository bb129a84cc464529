"""Proposals: for an order in work AI-РОП only says who else could take it; a lead decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

import assignment.selectors
from assignment.policies.distribute import Candidate, Pick, distribute
from assignment.services.rounds import snapshot_write
from core import actors, bulk, journal
from rop.loop.giving import candidate_of, wanted_of
from rop.models import Proposal, ProposalKind, ProposalState
from rop.plan import OrderFacts, Plan, Policy


def propose(plans: Sequence[Plan], facts: dict[int, OrderFacts], policy: Policy, *, now: datetime) -> None:
    """Write a proposal for each plan that asks for one and for whose order somebody has room.

    Nobody is locked: by the time a lead says yes, the manager is asked again whether they can have it.
    """
    about = {
        plan.order_id: plan for plan in plans if plan.climb.propose and facts[plan.order_id].owner is not None
    }
    if not about:
        return
    candidates = tuple(candidate_of(found, now=now) for found in assignment.selectors.standings(now=now))
    wanted = tuple(
        replace(wanted_of(fact, policy), silent=frozenset({fact.owner.user_id}))
        for order_id in about
        if (fact := facts[order_id]).owner is not None
    )
    picks = distribute(wanted=wanted, candidates=candidates)
    by_manager = {candidate.manager_id: candidate for candidate in candidates}
    bulk.insert_rows(
        Proposal,
        ["order", "kind", "from_user", "to_user", "because", "created_at", "state"],
        [
            (
                *(pick.order_id, ProposalKind.REASSIGN, about[pick.order_id].owner_id, pick.manager_id),
                *(_because(about[pick.order_id], pick, by_manager), now, ProposalState.OPEN),
            )
            for pick in picks
            if pick.manager_id is not None
        ],
    )
    record = journal.Record(
        kind="decision.propose",
        policy_version=policy.version,
        inputs={
            "wanted": [
                {
                    **msgspec.to_builtins(want),
                    "stage": facts[want.order_id].status,
                    "severity": facts[want.order_id].severity,
                }
                for want in wanted
            ],
            "snapshot": snapshot_write(msgspec.to_builtins(list(candidates)), now=now),
        },
        output={"picks": [msgspec.to_builtins(pick, str_keys=True) for pick in picks]},
    )
    journal.write([record], actor=actors.rop(), now=now)


def _because(plan: Plan, pick: Pick, by_manager: dict[int, Candidate]) -> dict[str, object]:
    """Numbers as the proposal found them, in weights of orders."""
    to, owner = by_manager[pick.manager_id or 0], by_manager.get(plan.owner_id or 0)
    return {
        "trigger": plan.climb.propose,
        "why": list(pick.because),
        "load": float(to.load),
        "capacity": float(to.capacity),
        "from_load": float(owner.load) if owner else None,
        "from_capacity": float(owner.capacity) if owner else None,
    }
