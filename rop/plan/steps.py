"""The next action: total over open orders. What to do, whose turn it is, until when, what is missing."""

from datetime import datetime

from rop.plan.clocks import Reconciled
from rop.plan.facts import DealFacts, OrderFacts, Policy, TaskFacts
from rop.plan.openings import FOLLOW_UP, TRACK, UNDECIDED
from rop.plan.result import StepPlan

STAGE_STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "awaiting_payment": ("follow_up_client", ("client_decision",)),
    "ready_for_shipment": ("fix_logistics", ("carrier", "tracking", "promised_date")),
    "in_transit": ("track_shipment", ("delivery_date",)),
}
"""Stage → its step and what it waits for, in entries of the journal from before deals were recorded."""

DECIDE_INSPECTION = "decide_inspection"
"""The kind of a lead's task; a test compares with `orders.services.DECIDE`."""

STEP_OF_TASK = {
    "settle_claim": ("settle_claim", ("claim",)),
    "settle_money": ("do_task", ("lead_decision",)),
    "pay_out": ("do_task", ("payout",)),
}
"""What a task at the end of an order is as a step, and what it waits for; the others are just a task."""


def next_step(
    facts: OrderFacts, clocks: Reconciled, policy: Policy, now: datetime, *, closes_at: datetime
) -> StepPlan:
    """The step of an open order that is not closed in this look."""
    if facts.status == "pending_manager":
        if facts.owner is None:
            return StepPlan("assign_manager", "rop", None, _due(clocks, "assign"), ("owner",))
        return StepPlan("accept_order", "person", facts.owner.user_id, _due(clocks, "accept"))
    if (first := _before_all_else(facts)) is not None:
        return first
    if facts.status == "under_inspection":
        return _inspecting(facts, _due(clocks, "stage"))
    if facts.status in STAGE_STEPS and facts.deal is None:
        code, missing = STAGE_STEPS[facts.status]
        return _owners(facts, code, _due(clocks, "stage"), missing)
    if facts.deal is not None:
        if facts.status == "awaiting_payment":
            return _deciding(facts, facts.deal, clocks, policy, now)
        if facts.status == "ready_for_shipment":
            return _shipping(facts, facts.deal, _due(clocks, "stage"))
        if facts.status == "in_transit":
            return _on_the_way(facts, facts.deal, policy, now, _due(clocks, "stage"))
    return _at_the_end(facts, closes_at)


def _before_all_else(facts: OrderFacts) -> StepPlan | None:
    """What stands in the way, or waits for a second person: whichever is due first."""
    steps = [
        StepPlan("resolve_blocker", "person", blocker.owner_id, blocker.due_at, (f"blocker:{blocker.id}",))
        for blocker in facts.hangs.blockers[:1]
    ]
    steps += [
        StepPlan("decide_approval", "lead", None, approval.due_at, (f"approval:{approval.id}",))
        for approval in facts.hangs.approvals[:1]
    ]
    return min(steps, key=lambda step: step.due_at, default=None)


def _deciding(
    facts: OrderFacts, deal: DealFacts, clocks: Reconciled, policy: Policy, now: datetime
) -> StepPlan:
    """Ask the client, then have the payment confirmed and the date agreed on. Undecided to the end: a lead decides."""
    if deal.decision == "confirmed":
        return _paying(facts, deal, _due(clocks, "stage"))
    if deal.decision == "declined":
        return _owners(facts, "record_client_decision", _due(clocks, "stage"), ("cancel",))
    if (task := _task(facts, UNDECIDED)) is not None:
        return StepPlan("record_client_decision", "person", task.owner_id, task.due_at, ("lead_decision",))
    bound = policy.terms.thinks_until(facts.status_since)
    word = (
        ("client_decision", "time_from_lead") if bound is not None and bound <= now else ("client_decision",)
    )
    if (task := _task(facts, FOLLOW_UP)) is not None:
        missing = (f"follow_up:{task.number or 1}", *word)
        return StepPlan("follow_up_client", "person", task.owner_id, task.due_at, missing)
    return _owners(facts, "record_client_decision", _due(clocks, "client_decision"), word)


def _paying(facts: OrderFacts, deal: DealFacts, due_at: datetime) -> StepPlan:
    lacks = tuple(
        code
        for code, is_missing in (
            ("price", deal.price is None),
            ("payment", deal.price is not None and deal.paid < deal.price),
            ("seller_date", not deal.seller_agreed),
        )
        if is_missing
    )
    if "price" in lacks:
        return _owners(facts, "confirm_payment", due_at, lacks)
    if "payment" in lacks:
        return StepPlan("confirm_payment", "finance", None, due_at, lacks)
    if lacks:
        return _owners(facts, "agree_date_with_seller", due_at, lacks)
    return _owners(facts, "release", due_at, ())


def _shipping(facts: OrderFacts, deal: DealFacts, due_at: datetime) -> StepPlan:
    if deal.price is not None and deal.paid < deal.price:
        # Money went back, or the price rose, since it was released.
        return StepPlan("confirm_payment", "finance", None, due_at, ("payment",))
    return _owners(facts, "fix_logistics" if deal.lacks else "ship", due_at, deal.lacks)


def _on_the_way(
    facts: OrderFacts, deal: DealFacts, policy: Policy, now: datetime, due_at: datetime
) -> StepPlan:
    """Look where it is, until it has arrived or should have."""
    lacks = tuple(
        code for code, is_there in (("delivery_date", deal.delivered), ("proof", deal.proved)) if not is_there
    )
    promised = policy.end_of(deal.promised_date) if deal.promised_date else None
    if deal.delivered:
        return _owners(facts, "confirm_delivery", due_at, lacks)
    if promised is not None and promised <= now:
        return _owners(facts, "confirm_delivery", min(promised, due_at), lacks)
    if (task := _task(facts, TRACK)) is not None:
        return StepPlan("track_shipment", "person", task.owner_id, task.due_at, ("tracking_check",))
    due = min(due_at, promised) if promised else due_at
    return _owners(facts, "track_shipment", due, ("delivery_date",))


def _at_the_end(facts: OrderFacts, closes_at: datetime) -> StepPlan:
    """The order is over; what is left of it is settled before it is closed."""
    if facts.tasks:
        task = min(facts.tasks, key=lambda task: (task.due_at, task.id))
        code, missing = STEP_OF_TASK.get(task.kind, ("do_task", ("task",)))
        return StepPlan(code, "person", task.owner_id, task.due_at, missing)
    if facts.hangs.claims:
        return _owners(facts, "settle_claim", closes_at, ("claim",))
    if facts.hangs.payouts:
        return StepPlan("settle_claim", "finance", None, closes_at, ("payout",))
    return StepPlan("close", "rop", None, closes_at)


def _task(facts: OrderFacts, kind: str) -> TaskFacts | None:
    return next((task for task in facts.tasks if task.kind == kind), None)


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
