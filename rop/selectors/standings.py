"""What REST says of the ladder with an order."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from rop.models import LIVE, EscalationState

# Acknowledged only when all of them are: until the first of these moments.
_STANDINGS = """
    SELECT order_id, count(*), max(level),
           CASE WHEN bool_and(state = %(acknowledged)s AND acknowledged_until IS NOT NULL)
                THEN min(acknowledged_until) END, NULL::timestamptz
      FROM ai_escalations WHERE order_id = ANY(%(ids)s) AND state = ANY(%(live)s) GROUP BY order_id
     UNION ALL
    SELECT order_id, 0, 0, NULL, until FROM ai_snoozes WHERE order_id = ANY(%(ids)s) AND ended_at IS NULL
"""


def standings(order_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For each of these orders `escalation` (None when nothing is open) and `snoozed_until`. One query."""
    ids = list(order_ids)
    found: dict[int, dict[str, Any]] = {
        order_id: {"escalation": None, "snoozed_until": None} for order_id in ids
    }
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDINGS, {"ids": ids, "live": list(LIVE), "acknowledged": EscalationState.ACKNOWLEDGED}
        )
        for order_id, number, level, acknowledged_until, snoozed_until in cursor.fetchall():
            if number:
                found[order_id]["escalation"] = {
                    "open": number,
                    "level": level,
                    "acknowledged_until": acknowledged_until,
                }
            else:
                found[order_id]["snoozed_until"] = snoozed_until
    return found
