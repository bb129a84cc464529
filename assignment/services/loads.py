from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection


@dataclass(frozen=True, slots=True)
class LoadChange:
    """What one order adds to a manager's counters (or takes from them, with minus signs)."""

    user_id: int
    load: Decimal
    offers: int
    open_orders: int
    assigned_at: datetime | None = None


def loads_apply(changes: Iterable[LoadChange]) -> None:
    """Add these changes to the counters, summed by manager, in ascending manager: the last locks of a transaction."""
    sums: dict[int, LoadChange] = {}
    for change in changes:
        before = sums.get(change.user_id, LoadChange(change.user_id, Decimal(0), 0, 0))
        sums[change.user_id] = LoadChange(
            change.user_id,
            before.load + change.load,
            before.offers + change.offers,
            before.open_orders + change.open_orders,
            change.assigned_at or before.assigned_at,
        )
    moved = [c for c in sums.values() if c.load or c.offers or c.open_orders or c.assigned_at]
    if not moved:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO assignment_managerload AS l (manager_id, load, offers, open_orders, last_assigned_at)
            SELECT m.id, v.load, v.offers, v.open_orders, v.assigned_at
              FROM unnest(%s::bigint[], %s::numeric[], %s::integer[], %s::integer[], %s::timestamptz[])
                   AS v (user_id, load, offers, open_orders, assigned_at)
              JOIN assignment_manager m ON m.user_id = v.user_id
             ORDER BY m.id
            ON CONFLICT (manager_id) DO UPDATE SET
                load = l.load + excluded.load,
                offers = l.offers + excluded.offers,
                open_orders = l.open_orders + excluded.open_orders,
                last_assigned_at = GREATEST(l.last_assigned_at, excluded.last_assigned_at)
            """,
            [
                [c.user_id for c in moved],
                [c.load for c in moved],
                [c.offers for c in moved],
                [c.open_orders for c in moved],
                [c.assigned_at for c in moved],
            ],
        )
