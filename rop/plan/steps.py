"""The next action: total over open orders. What to do, whose turn it is, until when, what is missing."""

from datetime import datetime

from rop.plan.clocks import Reconciled
from rop.plan.facts import OrderFacts
from rop.plan.result import StepPlan

STAGE_STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "under_inspection": ("contact_seller", ("contact",)),
    "awaiting_payment": ("follow_up_client", ("client_decision",)),
    "ready_for_shipment": ("fix_logistics", ("carrier", "tracking", "promised_date")),
    "in_transit": ("track_shipment", ("delivery_date",)),
}
"""Stage → its step and what it waits for, as long as no finer facts of the stage are recorded."""


def next_step(facts: OrderFacts, clocks: Reconciled, *, closes_at: datetime) -> StepPlan:
    """The step of an open order that is not closed in this look."""
    if facts.status == "pending_manager":
        if facts.owner is None:
            return StepPlan("assign_manager", "rop", None, _due(clocks, "assign"), ("owner",))
        return StepPlan("accept_order", "person", facts.owner.user_id, _due(clocks, "accept"))
    if facts.status in STAGE_STEPS:
        code, missing = STAGE_STEPS[facts.status]
        owner = facts.owner.user_id if facts.owner else None
        return StepPlan(code, "person" if owner else "lead", owner, _due(clocks, "stage"), missing)
    if facts.tasks:
        task = min(facts.tasks, key=lambda task: (task.due_at, task.id))
        return StepPlan("do_task", "person", task.owner_id, task.due_at, ("task",))
    return StepPlan("close", "rop", None, closes_at)


def _due(clocks: Reconciled, kind: str) -> datetime:
    due = clocks.due_at(kind)
    if due is None:
        raise LookupError(f"a step without its clock: {kind}")
    return due
