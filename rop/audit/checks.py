"""What is recomputed. Each query reads a bounded number of rows, however many there are.

Either an index finds what is broken and nothing else, or the check is asked of a slice at a time, which a walk takes
in turn: `{rows}` stands for that slice. What is joined to a row of a slice is LATERAL with LIMIT 1, so that each row
looks up its own by an index: joined freely, PostgreSQL would read the whole other table for a slice.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`query` gives the keys of what breaks the invariant: rows of `walk`, or of whatever an index finds."""

    query: str
    walk: str = ""


CHECKS: Mapping[str, Check] = {
    "open_without_supervision": Check(
        """
        SELECT o.id FROM orders_order o WHERE {rows} AND o.closed_at IS NULL
           AND (o.wake_at IS NULL OR o.due_at IS NULL OR o.next_action = '' OR o.next_action_whose = '')""",
        walk="open orders",
    ),
    "without_owner": Check(
        """
        SELECT o.id FROM orders_order o WHERE {rows} AND o.closed_at IS NULL AND o.assigned_manager_id IS NULL
           AND NOT (o.status = 'pending_manager' AND o.next_action = 'assign_manager')""",
        walk="open orders",
    ),
    "owner_is_not_the_assigned": Check(
        """
        SELECT o.id FROM orders_order o
          LEFT JOIN LATERAL (
              SELECT manager_id FROM ai_assignments WHERE order_id = o.id AND ended_at IS NULL LIMIT 1
          ) a ON true
         WHERE {rows} AND o.closed_at IS NULL AND o.assigned_manager_id IS DISTINCT FROM a.manager_id""",
        walk="open orders",
    ),
    "status_is_not_the_last_event": Check(
        """
        SELECT o.id FROM orders_order o
          LEFT JOIN LATERAL (
              SELECT to_status FROM order_status_events
               WHERE order_id = o.id AND sequence = o.status_sequence LIMIT 1
          ) e ON true
         WHERE {rows} AND o.closed_at IS NULL AND o.status IS DISTINCT FROM e.to_status""",
        walk="open orders",
    ),
    "without_its_clock": Check(
        """
        SELECT o.id FROM orders_order o
          LEFT JOIN LATERAL (
              SELECT decision FROM orders_clientdecision
               WHERE order_id = o.id AND stage = o.status_sequence ORDER BY id DESC LIMIT 1
          ) d ON o.status = 'awaiting_payment'
          LEFT JOIN LATERAL (
              SELECT id FROM sla_clock
               WHERE order_id = o.id AND subject_type = 'order' AND state IN ('running', 'paused')
                 AND kind = CASE WHEN o.status = 'awaiting_payment' AND COALESCE(d.decision, 'thinks') = 'thinks'
                                 THEN 'client_decision'
                                 WHEN o.status <> 'pending_manager' THEN 'stage'
                                 WHEN o.assigned_manager_id IS NULL THEN 'assign' ELSE 'accept' END
               LIMIT 1
          ) c ON true
         WHERE {rows} AND o.closed_at IS NULL AND o.next_action <> 'look_again'
           AND o.wake_at > %(now)s AND o.created_at < %(now)s - interval '60 seconds'
           AND o.status NOT IN ('delivered', 'cancelled', 'rejected') AND c.id IS NULL""",
        walk="open orders",
    ),
    "blocker_without_its_clock": Check(
        """
        SELECT b.order_id FROM orders_blocker b
          JOIN LATERAL (SELECT next_action, wake_at FROM orders_order WHERE id = b.order_id LIMIT 1) o ON true
          LEFT JOIN LATERAL (
              SELECT due_at FROM sla_clock
               WHERE subject_type = 'blocker' AND subject_id = b.id AND kind = 'blocker'
                 AND state IN ('running', 'paused') LIMIT 1
          ) c ON true
         WHERE {rows} AND b.resolved_at IS NULL AND b.opened_at < %(now)s - interval '60 seconds'
           AND o.next_action <> 'look_again' AND o.wake_at > %(now)s AND c.due_at IS DISTINCT FROM b.due_at""",
        walk="open blockers",
    ),
    "approval_without_its_clock": Check(
        """
        SELECT a.order_id FROM orders_approval a
          JOIN LATERAL (SELECT next_action, wake_at FROM orders_order WHERE id = a.order_id LIMIT 1) o ON true
          LEFT JOIN LATERAL (
              SELECT due_at FROM sla_clock
               WHERE subject_type = 'approval' AND subject_id = a.id AND kind = 'approval'
                 AND state IN ('running', 'paused') LIMIT 1
          ) c ON true
         WHERE {rows} AND a.state = 'open' AND a.asked_at < %(now)s - interval '60 seconds'
           AND o.next_action <> 'look_again' AND o.wake_at > %(now)s AND c.due_at IS DISTINCT FROM a.due_at""",
        walk="open approvals",
    ),
    "price_is_not_the_agreed": Check(
        """
        SELECT o.id FROM orders_order o
          JOIN LATERAL (
              SELECT price, currency FROM orders_pricechange WHERE order_id = o.id ORDER BY id DESC LIMIT 1
          ) p ON true
         WHERE {rows} AND o.closed_at IS NULL AND (o.price, o.currency) IS DISTINCT FROM (p.price, p.currency)""",
        walk="open orders",
    ),
    "clock_of_a_closed_order": Check(
        """
        SELECT c.subject_id FROM sla_clock c
          JOIN LATERAL (
              SELECT 1 FROM orders_order WHERE id = c.order_id AND closed_at IS NOT NULL LIMIT 1
          ) o ON true
         WHERE {rows} AND c.subject_type = 'order' AND c.state IN ('running', 'paused')""",
        walk="running clocks",
    ),
    "escalation_of_a_closed_order": Check(
        """
        SELECT e.id FROM ai_escalations e
          JOIN LATERAL (
              SELECT 1 FROM orders_order WHERE id = e.order_id AND closed_at IS NOT NULL LIMIT 1
          ) o ON true
         WHERE {rows} AND e.state IN ('open', 'acknowledged')""",
        walk="live escalations",
    ),
    "breach_without_violation": Check(
        """
        SELECT c.id FROM sla_clock c
          LEFT JOIN LATERAL (SELECT id FROM ai_sla_violations WHERE clock_id = c.id LIMIT 1) v ON true
         WHERE {rows} AND c.breached_at IS NOT NULL AND v.id IS NULL""",
        walk="clocks",
    ),
    "overdue_and_not_noticed": Check(
        """
        SELECT id FROM sla_clock
         WHERE state = 'running' AND breached_at IS NULL AND due_at < %(now)s - interval '120 seconds'"""
    ),
    "due_and_not_looked_at": Check(
        """
        SELECT id FROM orders_order WHERE closed_at IS NULL AND wake_at < %(now)s - interval '120 seconds'"""
    ),
    # At most one more order is read than the counter says there are.
    "load_counters_wrong": Check(
        """
        SELECT m.id FROM assignment_manager m
          LEFT JOIN assignment_managerload l ON l.manager_id = m.id
         CROSS JOIN LATERAL (
              SELECT sum(owned.load_weight) AS load, count(*) AS open_orders,
                     count(*) FILTER (WHERE owned.state = 'offered') AS offers
                FROM (
                    SELECT o.load_weight, a.state FROM orders_order o
                     CROSS JOIN LATERAL (
                          SELECT state FROM ai_assignments WHERE order_id = o.id AND ended_at IS NULL LIMIT 1
                     ) a
                     WHERE o.assigned_manager_id = m.user_id AND o.closed_at IS NULL
                     LIMIT COALESCE(l.open_orders, 0) + 1
                ) owned
          ) t
         WHERE {rows} AND (COALESCE(l.load, 0), COALESCE(l.offers, 0), COALESCE(l.open_orders, 0))
                       <> (COALESCE(t.load, 0), t.offers, t.open_orders)""",
        walk="managers",
    ),
    "inspection_counters_wrong": Check(
        """
        SELECT i.order_id FROM orders_inspection i
          JOIN LATERAL (SELECT severity FROM orders_order WHERE id = i.order_id LIMIT 1) o ON true
          LEFT JOIN LATERAL (
              SELECT verdict, decision FROM orders_inspectionverdict
               WHERE inspection_id = i.id AND replaced_at IS NULL LIMIT 1
          ) v ON true
         CROSS JOIN LATERAL (
              SELECT COALESCE(array_agg(p.number ORDER BY p.number) FILTER (WHERE a.id IS NULL), '{}') AS points_open,
                     COALESCE(array_agg(p.number ORDER BY p.number) FILTER (
                         WHERE p.proof <> '' AND COALESCE(f.have, 0) < p.proof_count AND (
                             p.proof_rule = 'always'
                             OR p.proof_rule = 'exception' AND NOT a.is_normal
                             OR p.proof_rule = 'answers' AND a.value = ANY(p.proof_answers)
                             OR array_position(ARRAY['normal', 'high', 'critical'], p.proof_from_severity::text)
                                <= array_position(ARRAY['normal', 'high', 'critical'], o.severity::text)
                         )
                     ), '{}') AS proof_open
                FROM orders_inspectionitem p
                LEFT JOIN (
                    SELECT id, item_id, value, is_normal FROM orders_inspectionanswer
                     WHERE inspection_id = i.id AND replaced_at IS NULL
                ) a ON a.item_id = p.id
                LEFT JOIN (
                    SELECT item_id, kind, count(*) AS have FROM orders_evidence
                     WHERE inspection_id = i.id AND removed_at IS NULL GROUP BY item_id, kind
                ) f ON f.item_id = p.id AND f.kind = p.proof
               WHERE p.template_id = i.template_id
          ) t
         WHERE {rows} AND i.ended_at IS NULL
           AND (i.points_open, i.proof_open, i.verdict, i.decision)
               IS DISTINCT FROM (t.points_open, t.proof_open, COALESCE(v.verdict, ''), COALESCE(v.decision, ''))""",
        walk="current inspections",
    ),
    "message_in_limbo": Check(
        """
        SELECT id FROM core_message
         WHERE status = 'sending' AND lease_until < %(now)s - interval '300 seconds'"""
    ),
}
