"""What ought to be true of an order now: pure functions over facts, no queries and no clock."""

from rop.plan.facts import (
    ApprovalFacts,
    BlockerFacts,
    DealFacts,
    EscalationFacts,
    HangingFacts,
    InspectionFacts,
    OpenedFacts,
    OrderFacts,
    OwnerFacts,
    Picked,
    Policy,
    ProposalFacts,
    SnoozeFacts,
    TaskFacts,
)
from rop.plan.openings import Opening, due_openings
from rop.plan.planning import decide, needs_owner, settle
from rop.plan.result import Climb, Notice, Plan, Release, StepPlan

__all__ = [
    "ApprovalFacts",
    "BlockerFacts",
    "Climb",
    "DealFacts",
    "EscalationFacts",
    "HangingFacts",
    "InspectionFacts",
    "Notice",
    "OpenedFacts",
    "Opening",
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
    "due_openings",
    "needs_owner",
    "settle",
]
