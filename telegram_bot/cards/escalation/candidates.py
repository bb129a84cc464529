"""Whom an order could be given to: those who can take it first, what AI-РОП proposes on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assignment.models import Assignment, AssignmentState
from assignment.policies.distribute import Wanted, distribute
from assignment.selectors import Standing
from core.models import User
from orders.models import Order
from orders.statuses import SEVERITY_RANK, Severity, Status
from rop.loop.giving import candidate_of

NEVER = frozenset({"inactive"})
"""Whom nobody can give an order to, not even by hand."""


@dataclass(frozen=True, slots=True)
class Load:
    load: Decimal
    capacity: Decimal

    @property
    def share(self) -> Decimal:
        return self.load / self.capacity if self.capacity else Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Choice:
    """`excluded_because`: why AI-РОП would not choose them now, a code; empty when it might."""

    user_id: int
    name: str
    load: Load
    excluded_because: str
    proposed: bool


def load_of(standing: Standing | None) -> Load | None:
    return Load(standing.load, standing.capacity) if standing else None


def of(
    order: Order, standings: Iterable[Standing], *, proposed_id: int | None, now: datetime
) -> list[Choice]:
    """Everybody whom a lead may give it to, but its owner. Two queries."""
    others = [
        standing
        for standing in standings
        if standing.user_id != order.assigned_manager_id and not _is_out(standing, order)
    ]
    excluded = _excluded(order, others, now=now)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[s.user_id for s in others])}
    choices = [
        Choice(
            user_id=standing.user_id,
            name=names.get(standing.user_id, ""),
            load=Load(standing.load, standing.capacity),
            excluded_because=excluded.get(standing.user_id, ""),
            proposed=standing.user_id == proposed_id,
        )
        for standing in others
    ]
    return sorted(choices, key=lambda c: (not c.proposed, bool(c.excluded_because), c.load.share, c.name))


def _is_out(standing: Standing, order: Order) -> bool:
    """What nobody has accepted yet can't be offered to somebody absent."""
    gone = NEVER | {"absent"} if order.status == Status.PENDING_MANAGER else NEVER
    return standing.excluded_because in gone


def _excluded(order: Order, standings: Iterable[Standing], *, now: datetime) -> dict[int, str]:
    """As AI-РОП itself would find it, by person."""
    silent = Assignment.objects.filter(order=order, state=AssignmentState.SILENT)
    wanted = Wanted(
        order_id=order.pk,
        weight=order.load_weight,
        severity_rank=SEVERITY_RANK[Severity(order.severity)],
        since=order.created_at,
        silent=frozenset(silent.values_list("manager_id", flat=True)),
        restricted=frozenset(),
    )
    candidates = [candidate_of(standing, now=now) for standing in standings]
    (pick,) = distribute(wanted=[wanted], candidates=candidates)
    out = {c.manager_id: c.excluded_because for c in candidates if c.excluded_because}
    return {**pick.excluded, **out}
