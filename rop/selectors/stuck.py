"""Orders that stand still, by the thresholds of the matrix in force."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

import sla.selectors
from orders.models import Order
from orders.statuses import FINAL

LEVELS = (1, 2)


def stuck(orders: QuerySet[Order], *, level: int, now: datetime) -> QuerySet[Order]:
    """Of these, the open ones without a movement for longer than the level allows in their stage.

    Level 1 is 24 hours and level 2 is 72 unless the matrix says otherwise for a stage. Raises NoMatrix.
    """
    late = Q(pk__in=[])
    for (stage, of_level), seconds in _thresholds().items():
        if of_level == level:
            late |= Q(status=stage, moved_at__lt=now - timedelta(seconds=seconds))
    return orders.filter(late, closed_at__isnull=True).exclude(status__in=FINAL)


def stuck_levels(orders: list[Order], *, now: datetime) -> dict[int, int]:
    """The level of those of these orders that stand still. No query."""
    thresholds = _thresholds()
    found: dict[int, int] = {}
    for order in orders:
        for level in LEVELS:
            seconds = thresholds.get((order.status, level))
            if (
                seconds is not None
                and order.closed_at is None
                and order.moved_at < now - timedelta(seconds=seconds)
            ):
                found[order.pk] = level
    return found


def _thresholds() -> dict[tuple[str, int], int]:
    return dict(sla.selectors.matrix(sla.selectors.matrix_version_in_force()).stuck)
