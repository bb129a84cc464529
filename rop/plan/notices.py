"""Who must be told, because of what."""

from collections.abc import Iterator

from rop.plan.clocks import Reconciled
from rop.plan.facts import OrderFacts
from rop.plan.result import Notice, Release, StepPlan
from sla.policies.clocks import ClockFacts, ClockStart

ASSIGNMENT, BREACH, REMINDER = 20, 30, 40
"""As `core.models.Importance`; a test compares."""


def notices(
    facts: OrderFacts, clocks: Reconciled, step: StepPlan, release: Release | None, *, picked: bool
) -> tuple[Notice, ...]:
    """Told to the one who loses the order, to the one who gets it, and before each clock comes due."""
    told: list[Notice] = []
    if release is not None:
        told.append(_taken(facts, release))
    if picked and facts.owner is not None:
        told.append(new_card(facts.id, facts.owner.round))
    elif facts.owner is not None and facts.step != step.code and step.code != "accept_order":
        told.append(_edited_card(facts, step.code))
    return (*told, *_reminders(facts, clocks))


def new_card(order_id: int, round_: int) -> Notice:
    """The order's card for its new owner."""
    return Notice("order_new", ASSIGNMENT, "owner", f"order_new:{order_id}:{round_}", {"round": round_})


def farewell(facts: OrderFacts) -> tuple[Notice, ...]:
    """The order is closed: its owner's card says so."""
    return (_edited_card(facts, "closed"),) if facts.owner else ()


def _edited_card(facts: OrderFacts, step: str) -> Notice:
    key = f"order_card:{facts.id}:{facts.version}:{step}"
    return Notice("order_card", REMINDER, "owner", key, edits=True)


def _taken(facts: OrderFacts, release: Release) -> Notice:
    to = facts.owner.user_id if facts.owner else None
    return Notice(
        template="order_taken",
        importance=ASSIGNMENT,
        to=str(release.user_id),
        key=f"order_taken:{facts.id}:{release.round}",
        context={"because": release.state, "now_with": to},
        edits=True,
    )


def _reminders(facts: OrderFacts, clocks: Reconciled) -> Iterator[Notice]:
    """Of each share of a target that was reached; what a missed deadline brings is the ladder's."""
    running = {clock.id: clock for clock in clocks.running if isinstance(clock, ClockFacts)}
    for mark in clocks.marks:
        clock = running.get(mark.clock_id)
        if clock is None or mark.breached or (whose := addressee(facts, clock)) is None:
            continue
        yield Notice(
            template="sla_reminder",
            importance=REMINDER,
            to=whose,
            key=f"sla_reminder:{subject_key(clock)}:{mark.warned}",
            context={"clock": clock.kind, "due_at": clock.due_at.isoformat(), "share": mark.warned},
        )


def subject_key(clock: ClockFacts | ClockStart) -> str:
    return f"{clock.subject_type}:{clock.subject_id}:{clock.kind}:{clock.generation}"


def addressee(facts: OrderFacts, clock: ClockFacts | ClockStart) -> str | None:
    """Whose turn it is: that of whoever has the task or removes the blocker, otherwise of the order's owner.

    None while nobody has it, and for what a lead decides: the ladder finds one.
    """
    if clock.subject_type == "task":
        return next((str(task.owner_id) for task in facts.tasks if task.id == clock.subject_id), None)
    if clock.subject_type == "blocker":
        return next((str(b.owner_id) for b in facts.hangs.blockers if b.id == clock.subject_id), None)
    if clock.subject_type == "approval":
        return None
    return "owner" if facts.owner else None
