"""Writing what the ladder did: a statement for each kind of change, however many orders."""

from collections.abc import Sequence
from datetime import datetime

from core import bulk
from rop.announcing import announce
from rop.models import Escalation, EscalationState, Proposal, ProposalState, Snooze
from rop.plan import OrderFacts, Plan
from rop.plan.result import EscalationOpen

ClockKey = tuple[str, int, str]
"""Subject's type and id, kind: of those that run there is one."""

EscalationKey = tuple[int, str, str]
"""Order, trigger, generation."""


def climbs_write(
    plans: Sequence[Plan], facts: dict[int, OrderFacts], clock_ids: dict[ClockKey, int], *, now: datetime
) -> dict[EscalationKey, int]:
    """Write them; returns the ids of all that these orders have, old and new."""
    climbing = [plan for plan in plans if plan.climb.acts]
    known = {
        (fact.id, held.trigger, held.generation): held.id
        for fact in facts.values()
        for held in fact.escalations
    }
    opened = _open(climbing, facts, clock_ids, now=now)
    bulk.update_rows(
        Escalation,
        ["id", "state", "owner", "fired", "level", "times_told"],
        [
            (change.id, change.state, change.owner_id, change.fired, change.level, change.times_told)
            for plan in climbing
            for change in plan.climb.change
        ],
    )
    bulk.update_rows(
        Escalation,
        ["id", "state", "ended_at"],
        [(end.id, end.state, now) for plan in climbing for end in plan.climb.end],
    )
    snoozes = [plan.climb.snooze_end for plan in climbing if plan.climb.snooze_end is not None]
    bulk.update_rows(Snooze, ["id", "ended_at"], [(snooze_id, now) for snooze_id in snoozes])
    expired = [plan.climb.proposal_expire for plan in climbing if plan.climb.proposal_expire is not None]
    bulk.update_rows(
        Proposal,
        ["id", "state", "decided_at"],
        [(proposal_id, ProposalState.EXPIRED, now) for proposal_id in expired],
    )
    announce({plan.order_id: plan.climb.announce for plan in climbing if plan.climb.announce}, now=now)
    return known | opened


def _open(
    plans: Sequence[Plan], facts: dict[int, OrderFacts], clock_ids: dict[ClockKey, int], *, now: datetime
) -> dict[EscalationKey, int]:
    rows = bulk.insert_rows(
        Escalation,
        [
            *("order", "trigger", "generation", "clock_id", "stage", "severity", "owner", "opened_at"),
            *("because", "level", "fired", "times_told", "state"),
        ],
        [
            (
                *(plan.order_id, new.trigger, new.generation, _clock_id(new, clock_ids)),
                *(facts[plan.order_id].status, facts[plan.order_id].severity, plan.owner_id, now),
                *(new.because, new.level, new.fired, new.times_told, EscalationState.OPEN),
            )
            for plan in plans
            for new in plan.climb.open
        ],
        returning=["order_id", "trigger", "generation", "id"],
    )
    return {
        (order_id, trigger, generation): escalation_id
        for order_id, trigger, generation, escalation_id in rows
    }


def _clock_id(new: EscalationOpen, clock_ids: dict[ClockKey, int]) -> int | None:
    return clock_ids.get((*new.subject, new.trigger)) if new.subject else None
