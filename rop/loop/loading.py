"""All facts of a batch in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

import assignment.selectors
import core.selectors
import orders.selectors.deals
import sla.selectors
from assignment.models import Assignment, AssignmentState
from assignment.selectors import NoWeights
from core import bulk
from orders.models import Order, Task, TaskStatus
from orders.services import lock_orders
from orders.statuses import IN_A_DEAL, Status
from rop.loop.dealing import deal_facts, hanging_facts
from rop.loop.inspecting import inspections
from rop.loop.standing import STANDS_NOWHERE, Standing, standing
from rop.plan import (
    DealFacts,
    HangingFacts,
    InspectionFacts,
    OrderFacts,
    OwnerFacts,
    Policy,
    TaskFacts,
)
from sla.policies.clocks import ClockFacts
from sla.selectors import NoMatrix

GAVE_UP = frozenset({AssignmentState.SILENT, AssignmentState.RETURNED})


@dataclass(frozen=True, slots=True)
class Batch:
    """The locked rows and the facts of the open orders among those asked for, in ascending id.

    `rounds` (by order) and `owners` of what has a clock of its own say whose deadline it was that passed.
    """

    orders: dict[int, Order]
    facts: list[OrderFacts]
    rounds: Mapping[int, Sequence[Assignment]]
    owners: Mapping[tuple[str, int], int]


_VERSIONS = """
    SELECT (SELECT max(version) FROM sla_matrix WHERE published_at IS NOT NULL),
           (SELECT max(version) FROM assignment_weighttable),
           (SELECT COALESCE(max(version), 0) FROM orders_terms WHERE published_at IS NOT NULL),
           ARRAY(SELECT code FROM core_calendar WHERE published_at IS NOT NULL GROUP BY code ORDER BY code),
           ARRAY(SELECT max(version) FROM core_calendar WHERE published_at IS NOT NULL GROUP BY code ORDER BY code)
"""


def policy_in_force() -> Policy:
    """The newest published versions, in one query: the values are cached by version.

    Raises NoMatrix, NoWeights.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        matrix, weights, terms, codes, versions = cursor.fetchone()
    if matrix is None:
        raise NoMatrix
    if weights is None:
        raise NoWeights
    return Policy(
        matrix=sla.selectors.matrix(matrix),
        weights=assignment.selectors.weights(weights),
        terms=orders.selectors.deals.terms(terms),
        calendars={
            code: core.selectors.calendar(code, version)
            for code, version in zip(codes, versions, strict=True)
        },
    )


def load(order_ids: Iterable[int], *, now: datetime) -> Batch:
    """Lock these orders in ascending id and read what the plan asks of them. Closed ones are left out."""
    return _batch(lock_orders(order_ids), now=now)


def read(order_ids: Iterable[int], *, now: datetime) -> Batch:
    """The same without locking: for whoever only wants to know."""
    return read_of(Order.objects.filter(pk__in=order_ids).order_by("pk"), now=now)


def read_of(
    orders: Iterable[Order],
    *,
    now: datetime,
    clocks: Mapping[int, Sequence[ClockFacts]] | None = None,
    rounds: Mapping[int, Sequence[Assignment]] | None = None,
) -> Batch:
    """The same of orders that were read already. `clocks`: those that run; `rounds`: all; where they were read too."""
    return _batch(orders, clocks, rounds, now=now)


def _batch(
    rows: Iterable[Order],
    clocks: Mapping[int, Sequence[ClockFacts]] | None = None,
    rounds: Mapping[int, Sequence[Assignment]] | None = None,
    *,
    now: datetime,
) -> Batch:
    locked = {order.pk: order for order in rows if order.closed_at is None}
    rounds = assignment.selectors.rounds(locked) if rounds is None else rounds
    clocks = sla.selectors.running_clocks(locked) if clocks is None else clocks
    in_deals = [order for order in locked.values() if order.status in IN_A_DEAL]
    tasks = _tasks(locked, clocks, [order.pk for order in in_deals])
    standings = standing({order.pk: order.status_sequence for order in locked.values()})
    inspecting = inspections(o.pk for o in locked.values() if o.status == Status.UNDER_INSPECTION)
    deals = deal_facts(in_deals, tasks)
    hanging = hanging_facts(locked)
    facts = [
        _facts(
            order,
            rounds.get(order.pk, ()),
            clocks.get(order.pk, ()),
            tasks.get(order.pk, ()),
            standings.get(order.pk, STANDS_NOWHERE),
            inspection=inspecting.get(order.pk),
            deal=deals.get(order.pk),
            hanging=hanging.get(order.pk),
        )
        for order in locked.values()
    ]
    return Batch(
        orders=locked,
        facts=_with_availability(facts, now=now),
        rounds=rounds,
        owners={
            **{("task", task.pk): task.owner_id for some in tasks.values() for task in some},
            **{("blocker", one.id): one.owner_id for some in hanging.values() for one in some.blockers},
        },
    )


def _tasks(
    order_ids: Iterable[int], clocks: Mapping[int, Sequence[ClockFacts]], in_deals: Sequence[int]
) -> dict[int, list[Task]]:
    """The open ones, those that have ended while their clock still runs, and all that AI-РОП opened for a deal."""
    timed = [clock.subject_id for some in clocks.values() for clock in some if clock.subject_type == "task"]
    which = """WHERE order_id = ANY(%s) AND status = %s OR id = ANY(%s)
                  OR order_id = ANY(%s) AND stage IS NOT NULL ORDER BY due_at, id"""
    tasks: dict[int, list[Task]] = {}
    for task in bulk.read_rows(Task, which, [list(order_ids), TaskStatus.OPEN, timed, in_deals]):
        tasks.setdefault(task.order_id, []).append(task)
    return tasks


def _facts(
    order: Order,
    rounds: Sequence[Assignment],
    clocks: Sequence[ClockFacts],
    tasks: Sequence[Task],
    ladder: Standing,
    *,
    inspection: InspectionFacts | None,
    deal: DealFacts | None,
    hanging: HangingFacts | None,
) -> OrderFacts:
    active = next((r for r in rounds if r.ended_at is None), None)
    ended = [r.ended_at for r in rounds if r.ended_at is not None]
    timed = {clock.subject_id for clock in clocks if clock.subject_type == "task"}
    return OrderFacts(
        id=order.pk,
        version=order.version,
        status=order.status,
        status_sequence=order.status_sequence,
        severity=order.severity,
        created_at=order.created_at,
        status_since=order.status_since,
        waiting_since=max([order.status_since, *ended]),
        rounds=rounds[-1].round if rounds else 0,
        owner=_owner(active) if active else None,
        silent=tuple((r.manager_id, r.ended_at) for r in rounds if r.state in GAVE_UP and r.ended_at),
        clocks=tuple(clocks),
        tasks=tuple(
            TaskFacts(
                id=task.pk,
                owner_id=task.owner_id,
                created_at=task.created_at,
                due_at=task.due_at,
                kind=task.kind,
                number=task.number,
            )
            for task in tasks
            if task.status == TaskStatus.OPEN
        ),
        cancelled_tasks=tuple(
            task.pk for task in tasks if task.status == TaskStatus.CANCELLED and task.pk in timed
        ),
        step=order.next_action,
        moved_at=order.moved_at,
        escalations=tuple(ladder.escalations),
        snooze=ladder.snooze,
        proposal=ladder.proposal,
        inspection=inspection,
        deal=deal,
        hanging=hanging,
    )


def _owner(active: Assignment) -> OwnerFacts:
    return OwnerFacts(
        user_id=active.manager_id, round=active.round, state=active.state, assigned_at=active.assigned_at
    )


def _with_availability(facts: list[OrderFacts], *, now: datetime) -> list[OrderFacts]:
    owners = {f.owner.user_id for f in facts if f.owner}
    found = assignment.selectors.availability(owners, now=now) if owners else {}
    # Shifts matter to the acceptance clock only, and only until it has been started.
    starting = {
        f.id: f for f in facts if f.owner and f.status == Status.PENDING_MANAGER and not _accept_runs(f)
    }
    shifts = _shifts(starting.values())
    whole: list[OrderFacts] = []
    for fact in facts:
        owner = fact.owner
        if owner is None:
            whole.append(fact)
            continue
        known = found.get(owner.user_id)
        owner = replace(
            owner,
            available=known.available if known else False,
            absent_from=known.absent_from if known else None,
            calendar_code=known.calendar_code if known else owner.calendar_code,
            on_shift=known.on_shift if known else False,
            shifts=shifts.get(owner.user_id, ()) if fact.id in starting else (),
        )
        whole.append(replace(fact, owner=owner))
    return whole


def _accept_runs(facts: OrderFacts) -> bool:
    """Whether the plan can keep the running one: not of the owner before, nor of another severity."""
    owner = facts.owner
    return owner is not None and any(
        clock.kind == "accept"
        and clock.severity == facts.severity
        and clock.generation.partition(":")[0] == str(owner.round)
        for clock in facts.clocks
    )


def _shifts(facts: Iterable[OrderFacts]) -> dict[int, tuple[tuple[datetime, datetime], ...]]:
    owners = [f.owner for f in facts if f.owner]
    if not owners:
        return {}
    return assignment.selectors.shifts_ahead(
        {owner.user_id for owner in owners}, start=min(owner.assigned_at for owner in owners)
    )
