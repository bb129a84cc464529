"""Where the inspections of a batch stand."""

from collections.abc import Iterable

from django.db import connection

from orders.models import POINTS, TALKED, Whom
from rop.plan import InspectionFacts

_CURRENT = """
    SELECT i.order_id, i.points_open, i.proof_open, i.verdict, i.decision, EXISTS (
        SELECT FROM orders_contact c WHERE c.order_id = i.order_id AND c.whom = %s AND c.outcome = ANY(%s)
    )
    FROM orders_inspection i
    WHERE i.order_id = ANY(%s) AND i.ended_at IS NULL
"""


def inspections(order_ids: Iterable[int]) -> dict[int, InspectionFacts]:
    """The current inspections of these orders, by order. One query; none for no orders."""
    asked = list(order_ids)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, [Whom.SELLER, list(TALKED), asked])
        return {
            order_id: InspectionFacts(
                points_open=tuple(points_open),
                proof_open=tuple(proof_open),
                verdict=verdict,
                decision=decision,
                contacted=contacted,
                untouched=len(points_open) == POINTS,
            )
            for order_id, points_open, proof_open, verdict, decision, contacted in cursor.fetchall()
        }
