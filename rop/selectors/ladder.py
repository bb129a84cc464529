"""Reading the ladder: what is open, silent, proposed. Each is a fixed number of queries for any number of orders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from core import bulk
from orders.models import Order
from rop.models import LIVE, Escalation, Proposal, ProposalState, Snooze
from sla.policies.ladder import STUCK_TRIGGERS, Cause


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """What is open of an order. `acknowledged_until` is None while nobody is at it.

    `because`: {"step", "whose", "user", "missing"}, as the next step was when it opened.
    """

    id: int
    order_id: int
    trigger: str
    state: str
    level: int
    times_told: int
    stage: str
    severity: str
    owner_id: int | None
    opened_at: datetime
    acknowledged_by_id: int | None
    acknowledged_until: datetime | None
    untold_since: datetime | None
    because: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SnoozeRow:
    """`why` in words or by a code of `rop.words.SNOOZED_BECAUSE`."""

    id: int
    order_id: int
    since: datetime
    until: datetime
    why: str
    by_id: int


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What AI-РОП would do. `because`: {"trigger", "load", "capacity", "from_load", "why"}."""

    id: int
    order_id: int
    kind: str
    from_user_id: int
    to_user_id: int
    created_at: datetime
    because: Mapping[str, Any]


def open_escalations(order_ids: Iterable[int]) -> dict[int, list[EscalationRow]]:
    """What is open or acknowledged of these orders, the oldest first. One query."""
    found: dict[int, list[EscalationRow]] = {}
    which = "WHERE order_id = ANY(%s) AND state = ANY(%s) ORDER BY id"
    for escalation in bulk.read_rows(Escalation, which, [list(order_ids), list(LIVE)]):
        found.setdefault(escalation.order_id, []).append(_row(escalation))
    return found


def _row(escalation: Escalation) -> EscalationRow:
    return EscalationRow(
        id=escalation.pk,
        order_id=escalation.order_id,
        trigger=escalation.trigger,
        state=escalation.state,
        level=escalation.level,
        times_told=escalation.times_told,
        stage=escalation.stage,
        severity=escalation.severity,
        owner_id=escalation.owner_id,
        opened_at=escalation.opened_at,
        acknowledged_by_id=escalation.acknowledged_by_id,
        acknowledged_until=escalation.acknowledged_until,
        untold_since=escalation.untold_since,
        because=escalation.because,
    )


def cause_of(
    escalation: Escalation, order: Order, *, due_at: datetime | None, stuck: Mapping[tuple[str, int], int]
) -> Cause | None:
    """From when on its rungs are counted: the deadline of its clock, or the threshold of the stage. No query.

    None when neither is known (any more). `stuck`: seconds by (stage, level), as the matrix has them.
    """
    if escalation.trigger not in STUCK_TRIGGERS:
        return Cause(due_at) if due_at is not None else None
    seconds = stuck.get((order.status, STUCK_TRIGGERS.index(escalation.trigger) + 1))
    return Cause(order.moved_at + timedelta(seconds=seconds)) if seconds is not None else None


def live_escalations() -> QuerySet[Escalation]:
    """All that is open or acknowledged, the oldest first: for the inbox and its count."""
    return Escalation.objects.filter(state__in=LIVE).order_by("opened_at", "pk")


def untold() -> Sequence[Escalation]:
    """Open ones that nobody could be told, the oldest first. One query."""
    found = Escalation.objects.filter(untold_since__isnull=False, state__in=LIVE)
    return list(found.select_related("order").order_by("untold_since"))


def escalation_counts(order_ids: Iterable[int]) -> dict[int, int]:
    """How often each order was escalated again: all tellings above its owner but the first. One query."""
    sums = (
        Escalation.objects.filter(order_id__in=list(order_ids))
        .order_by()
        .values_list("order_id")
        .annotate(told=Sum("times_told"))
    )
    return {order_id: max(told - 1, 0) for order_id, told in sums}


def snooze_of(order_ids: Iterable[int]) -> dict[int, SnoozeRow]:
    """Those of these orders that are snoozed now. One query."""
    rows = bulk.read_rows(Snooze, "WHERE order_id = ANY(%s) AND ended_at IS NULL", [list(order_ids)])
    return {
        row.order_id: SnoozeRow(row.pk, row.order_id, row.since, row.until, row.why, row.by_id)
        for row in rows
    }


def proposals_of(order_ids: Iterable[int]) -> dict[int, ProposalRow]:
    """What is proposed for these orders now. One query."""
    which = "WHERE order_id = ANY(%s) AND state = %s ORDER BY id DESC"
    rows = bulk.read_rows(Proposal, which, [list(order_ids), ProposalState.OPEN])
    return {row.order_id: _proposal(row) for row in rows}


def _proposal(row: Proposal) -> ProposalRow:
    return ProposalRow(
        id=row.pk,
        order_id=row.order_id,
        kind=row.kind,
        from_user_id=row.from_user_id,
        to_user_id=row.to_user_id,
        created_at=row.created_at,
        because=row.because,
    )


def open_proposals() -> QuerySet[Proposal]:
    """All that waits for a lead's yes or no, the oldest first."""
    return Proposal.objects.filter(state=ProposalState.OPEN).order_by("pk")
