"""Making orders due: a reminder of their stage has its moment, and so they are to be looked at."""

from collections.abc import Sequence
from typing import Any

import psycopg

ARM = """
    WITH armed AS (
        SELECT id, clock_timestamp() + make_interval(secs => after) AS at
          FROM unnest(%(ids)s::bigint[], %(after)s::float[]) AS v (id, after)
    ), clocks AS (
        UPDATE sla_clock c SET warned = 0, warnings = jsonb_build_array(
                   jsonb_build_array(50, a.at), jsonb_build_array(75, c.due_at - interval '18 hours'),
                   jsonb_build_array(90, c.due_at - interval '7 hours'))
          FROM armed a WHERE c.order_id = a.id AND c.subject_type = 'order' AND c.state = 'running'
    )
    UPDATE orders_order o SET wake_at = a.at FROM armed a WHERE o.id = a.id
"""


def arm(connection: "psycopg.Connection[Any]", ids: Sequence[int], *, after: Sequence[float]) -> None:
    """Each of these filled orders comes due so many seconds from now (negative: it has been)."""
    connection.execute(ARM, {"ids": list(ids), "after": list(after)})


def spread(orders: int, *, among: int, place: int) -> list[int]:
    """So many ids of filled orders, far from each other; another set for each `place`."""
    step = among // orders
    return [1 + number * step + place % step for number in range(orders)]
