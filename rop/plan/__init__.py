"""What ought to be true of an order now: pure functions over facts, no queries and no clock."""

from rop.plan.facts import (
    EscalationFacts,
    InspectionFacts,
    OrderFacts,
    OwnerFacts,
    Picked,
    Policy,
    ProposalFacts,
    SnoozeFacts,
    TaskFacts,
)
from rop.plan.planning import decide, needs_owner, settle
from rop.plan.result import Climb, Notice, Plan, Release, StepPlan

__all__ = [
    "Climb",
    "EscalationFacts",
    "InspectionFacts",
    "Notice",
    "OrderFacts",
    "OwnerFacts",
    "Picked",
    "Plan",
    "Policy",
    "ProposalFacts",
    "Release",
    "SnoozeFacts",
    "StepPlan",
    "TaskFacts",
    "decide",
    "needs_owner",
    "settle",
]
