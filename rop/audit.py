"""The auditor: the invariants recomputed from raw facts by SQL of its own, bounded, every minute.

The loop and the constraints are what keeps them; this is the second pair of eyes. Each query returns how
many rows break one invariant, counting no further than `LIMIT`.
"""

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter

from django.db import connection
from psycopg import sql

from core import heartbeats
from rop.models import Audit

LIMIT = 1000
"""No invariant is counted further than this: a broken one is broken enough."""

COUNTED = sql.SQL("SELECT count(*) FROM ({} LIMIT {}) broken")

CHECKS: Mapping[str, str] = {
    "open_without_supervision": """
        SELECT 1 FROM orders_order WHERE closed_at IS NULL
           AND (wake_at IS NULL OR due_at IS NULL OR next_action = '' OR next_action_whose = '')""",
    "without_owner": """
        SELECT 1 FROM orders_order WHERE closed_at IS NULL AND assigned_manager_id IS NULL
           AND NOT (status = 'pending_manager' AND next_action = 'assign_manager')""",
    "owner_is_not_the_assigned": """
        SELECT 1 FROM orders_order o
          LEFT JOIN ai_assignments a ON a.order_id = o.id AND a.ended_at IS NULL
         WHERE o.closed_at IS NULL AND o.assigned_manager_id IS DISTINCT FROM a.manager_id""",
    "status_is_not_the_last_event": """
        SELECT 1 FROM orders_order o
          LEFT JOIN order_status_events e ON e.order_id = o.id AND e.sequence = o.status_sequence
         WHERE o.closed_at IS NULL AND o.status IS DISTINCT FROM e.to_status""",
    "without_its_clock": """
        SELECT 1 FROM orders_order o
         WHERE o.closed_at IS NULL AND o.next_action <> 'look_again'
           AND o.wake_at > %(now)s AND o.created_at < %(now)s - interval '60 seconds'
           AND o.status NOT IN ('delivered', 'cancelled', 'rejected')
           AND NOT EXISTS (
               SELECT 1 FROM sla_clock c
                WHERE c.order_id = o.id AND c.subject_type = 'order' AND c.state IN ('running', 'paused')
                  AND c.kind = CASE WHEN o.status <> 'pending_manager' THEN 'stage'
                                    WHEN o.assigned_manager_id IS NULL THEN 'assign' ELSE 'accept' END)""",
    "clock_of_a_closed_order": """
        SELECT 1 FROM sla_clock c JOIN orders_order o ON o.id = c.order_id
         WHERE c.state IN ('running', 'paused') AND c.subject_type = 'order' AND o.closed_at IS NOT NULL""",
    "breach_without_violation": """
        SELECT 1 FROM sla_clock c LEFT JOIN ai_sla_violations v ON v.clock_id = c.id
         WHERE c.breached_at IS NOT NULL AND v.id IS NULL""",
    "overdue_and_not_noticed": """
        SELECT 1 FROM sla_clock
         WHERE state = 'running' AND breached_at IS NULL AND due_at < %(now)s - interval '120 seconds'""",
    "due_and_not_looked_at": """
        SELECT 1 FROM orders_order WHERE closed_at IS NULL AND wake_at < %(now)s - interval '120 seconds'""",
    "escalation_of_a_closed_order": """
        SELECT 1 FROM ai_escalations e JOIN orders_order o ON o.id = e.order_id
         WHERE e.state IN ('open', 'acknowledged') AND o.closed_at IS NOT NULL""",
    "load_counters_wrong": """
        SELECT 1 FROM assignment_manager m
          LEFT JOIN assignment_managerload l ON l.manager_id = m.id
          LEFT JOIN (
              SELECT o.assigned_manager_id, sum(o.load_weight) AS load, count(*) AS open_orders,
                     count(*) FILTER (WHERE a.state = 'offered') AS offers
                FROM orders_order o
                JOIN ai_assignments a ON a.order_id = o.id AND a.ended_at IS NULL
               WHERE o.closed_at IS NULL GROUP BY 1
          ) t ON t.assigned_manager_id = m.user_id
         WHERE (COALESCE(l.load, 0), COALESCE(l.offers, 0), COALESCE(l.open_orders, 0))
            <> (COALESCE(t.load, 0), COALESCE(t.offers, 0), COALESCE(t.open_orders, 0))""",
    "message_in_limbo": """
        SELECT 1 FROM core_message
         WHERE status = 'sending' AND lease_until < %(now)s - interval '300 seconds'""",
}


def audit(*, now: datetime) -> Audit:
    """Count what breaks each invariant, and keep the answer."""
    started = perf_counter()
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name, query in CHECKS.items():
            cursor.execute(COUNTED.format(sql.SQL(query), sql.Literal(LIMIT)), {"now": now})
            counts[name] = int(cursor.fetchone()[0])
    total = sum(counts.values())
    run = Audit.objects.create(at=now, counts=counts, total=total, seconds=perf_counter() - started)
    heartbeats.beat("auditor", now=now, detail={"total": total})
    return run
