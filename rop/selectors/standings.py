"""What REST says of the ladder with an order."""

from collections.abc import Iterable, Mapping
from typing import Any

from rop.selectors.ladder import EscalationRow, open_escalations, snooze_of


def standings(order_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For each of these orders `escalation` (None when nothing is open) and `snoozed_until`. Two queries."""
    ids = list(order_ids)
    escalations, snoozes = open_escalations(ids), snooze_of(ids)
    return {
        order_id: {
            "escalation": _escalation(escalations.get(order_id, [])),
            "snoozed_until": snoozes[order_id].until if order_id in snoozes else None,
        }
        for order_id in ids
    }


def _escalation(rows: list[EscalationRow]) -> Mapping[str, Any] | None:
    """Acknowledged only when all of them are: until the first of these moments."""
    if not rows:
        return None
    untils = [row.acknowledged_until if row.state == "acknowledged" else None for row in rows]
    known = [until for until in untils if until is not None]
    return {
        "open": len(rows),
        "level": max(row.level for row in rows),
        "acknowledged_until": min(known) if len(known) == len(rows) else None,
    }
