"""Who must be told, because of what."""

from typing import Any

from rop.plan.clocks import Reconciled
from rop.plan.facts import OrderFacts
from rop.plan.result import Notice, Release, StepPlan
from sla.policies.clocks import ClockFacts, ClockStart

ASSIGNMENT, BREACH, REMINDER = 20, 30, 40
"""As `core.models.Importance`; a test compares."""


def notices(
    facts: OrderFacts, clocks: Reconciled, step: StepPlan, release: Release | None, *, picked: bool
) -> tuple[Notice, ...]:
    """Told to the one who loses the order, to the one who gets it, and of each clock that came due."""
    told: list[Notice] = []
    if release is not None:
        told.append(_taken(facts, release))
    if picked and facts.owner is not None:
        told.append(new_card(facts.id, facts.owner.round))
    elif facts.owner is not None and facts.step != step.code and step.code != "accept_order":
        told.append(_edited_card(facts, step.code))
    for clock, warned in _came_due(clocks):
        told += _clock_notices(facts, clock, warned)
    return tuple(told)


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


def _came_due(clocks: Reconciled) -> list[tuple[ClockFacts | ClockStart, int | None]]:
    """The running clocks that came due: with the share for a warning, with None for a breach."""
    marks = {mark.clock_id: mark for mark in clocks.marks}
    found: list[tuple[ClockFacts | ClockStart, int | None]] = []
    for clock in clocks.running:
        if isinstance(clock, ClockStart):
            if clock.breached:
                found.append((clock, None))
        elif mark := marks.get(clock.id):
            found.append((clock, None if mark.breached else mark.warned))
    return found


def _clock_notices(facts: OrderFacts, clock: ClockFacts | ClockStart, warned: int | None) -> list[Notice]:
    context: dict[str, Any] = {"clock": clock.kind, "due_at": clock.due_at.isoformat()}
    key = f"{clock.subject_type}:{clock.subject_id}:{clock.kind}:{clock.generation}"
    whose = _whose(facts, clock)
    if warned is not None:
        if whose is None:
            return []
        return [
            Notice(
                "sla_reminder", REMINDER, whose, f"sla_reminder:{key}:{warned}", {**context, "share": warned}
            )
        ]
    told = [Notice("sla_breach", BREACH, "lead", f"sla_breach:lead:{key}", context)]
    if whose is not None:
        told.append(Notice("sla_breach", BREACH, whose, f"sla_breach:{key}", context))
    return told


def _whose(facts: OrderFacts, clock: ClockFacts | ClockStart) -> str | None:
    if clock.subject_type == "task":
        return next((str(task.owner_id) for task in facts.tasks if task.id == clock.subject_id), None)
    return "owner" if facts.owner else None
