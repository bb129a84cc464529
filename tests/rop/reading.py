"""How many rows a statement reads, told by PostgreSQL."""

from typing import Any

from django.db import connection

Plan = dict[str, Any]


def explained(statement: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING off) {statement}")
        plan: Plan = cursor.fetchone()[0][0]["Plan"]
    return plan


def most_read(plan: Plan) -> float:
    """The largest number of rows that a node read, with those that it threw away."""
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return max([own, *(most_read(part) for part in plan.get("Plans", ()))])
