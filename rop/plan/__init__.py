"""What ought to be true of an order now: pure functions over facts, no queries and no clock."""

from rop.plan.facts import OrderFacts, OwnerFacts, Picked, Policy, TaskFacts
from rop.plan.planning import decide, needs_owner, settle
from rop.plan.result import Notice, Plan, Release, StepPlan

__all__ = [
    "Notice",
    "OrderFacts",
    "OwnerFacts",
    "Picked",
    "Plan",
    "Policy",
    "Release",
    "StepPlan",
    "TaskFacts",
    "decide",
    "needs_owner",
    "settle",
]
