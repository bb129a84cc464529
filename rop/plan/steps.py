"""The next action: total over open orders. What to do, whose turn it is, until when, what is missing."""

from datetime import datetime

from rop.plan.clocks import Reconciled
from rop.plan.facts import OrderFacts
from rop.plan.result import StepPlan

STAGE_STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "awaiting_payment": ("follow_up_client", ("client_decision",)),
    "ready_for_shipment": ("fix_logistics", ("carrier", "tracking", "promised_date")),
    "in_transit": ("track_shipment", ("delivery_date",)),
}
"""Stage → its step and what it waits for, as long as no finer facts of the stage are recorded."""

DECIDE_INSPECTION = "decide_inspection"
"""The kind of a lead's task; a test compares with `orders.services.DECIDE`."""


def next_step(facts: OrderFacts, clocks: Reconciled, *, closes_at: datetime) -> StepPlan:
    """The step of an open order that is not closed in this look."""
    if facts.status == "pending_manager":
        if facts.owner is None:
            return StepPlan("assign_manager", "rop", None, _due(clocks, "assign"), ("owner",))
        return StepPlan("accept_order", "person", facts.owner.user_id, _due(clocks, "accept"))
    if facts.status == "under_inspection":
        return _inspecting(facts, _due(clocks, "stage"))
    if facts.status in STAGE_STEPS:
        code, missing = STAGE_STEPS[facts.status]
        return _owners(facts, code, _due(clocks, "stage"), missing)
    if facts.tasks:
        task = min(facts.tasks, key=lambda task: (task.due_at, task.id))
        return StepPlan("do_task", "person", task.owner_id, task.due_at, ("task",))
    return StepPlan("close", "rop", None, closes_at)


def _inspecting(facts: OrderFacts, due_at: datetime) -> StepPlan:
    """Talk to the seller, answer, attach, give the verdict, complete; "not fit" is a lead's to decide."""
    inspection = facts.inspection
    if inspection is None:
        return _owners(facts, "contact_seller", due_at, ("contact",))
    if inspection.untouched and not inspection.contacted:
        return _owners(facts, "contact_seller", due_at, ("contact",))
    if inspection.points_open:
        points = tuple(f"point:{number}" for number in inspection.points_open)
        return _owners(facts, "fill_inspection", due_at, points)
    if inspection.proof_open:
        return _owners(
            facts, "attach_evidence", due_at, tuple(f"file:{number}" for number in inspection.proof_open)
        )
    if inspection.verdict == "fail" and inspection.decision != "go_on":
        task = next((task for task in facts.tasks if task.kind == DECIDE_INSPECTION), None)
        if task is None:
            return StepPlan("complete_inspection", "lead", None, due_at, ("lead_decision",))
        return StepPlan("complete_inspection", "person", task.owner_id, task.due_at, ("lead_decision",))
    return _owners(facts, "complete_inspection", due_at, () if inspection.verdict else ("verdict",))


def _owners(facts: OrderFacts, code: str, due_at: datetime, missing: tuple[str, ...]) -> StepPlan:
    """A step of whoever has the order; a lead's while nobody has it."""
    if facts.owner is None:
        return StepPlan(code, "lead", None, due_at, missing)
    return StepPlan(code, "person", facts.owner.user_id, due_at, missing)


def _due(clocks: Reconciled, kind: str) -> datetime:
    due = clocks.due_at(kind)
    if due is None:
        raise LookupError(f"a step without its clock: {kind}")
    return due
