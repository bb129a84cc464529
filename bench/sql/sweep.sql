-- One transaction of a sweep: a hundred orders that have come due are taken, read with all that a look asks of them,
-- and what the product writes for a reminder is written. Variables are what it wrote for one such order.
BEGIN;
SELECT array_agg(id) AS ids FROM (
    SELECT id FROM orders_order WHERE closed_at IS NULL AND wake_at <= now()
     ORDER BY wake_at, id LIMIT 100 FOR UPDATE SKIP LOCKED
) due \gset
SELECT * FROM orders_order WHERE id = ANY(:ids::bigint[]) ORDER BY id FOR UPDATE;
SELECT * FROM ai_assignments WHERE order_id = ANY(:ids::bigint[]) ORDER BY order_id, round;
SELECT * FROM sla_clock WHERE order_id = ANY(:ids::bigint[]) AND state IN ('running', 'paused') ORDER BY id;
SELECT * FROM orders_task WHERE order_id = ANY(:ids::bigint[]) AND status = 'open' ORDER BY due_at, id;
UPDATE sla_clock SET warned = 50, breached_at = NULL WHERE order_id = ANY(:ids::bigint[]) AND state = 'running';
UPDATE orders_order SET
    assigned_manager_id = assigned_manager_id, due_at = due_at, next_action = next_action,
    next_action_whose = next_action_whose, next_action_user_id = next_action_user_id, next_action_due = next_action_due,
    next_action_missing = next_action_missing, wake_at = status_since + interval '1 day', queue_key = queue_key,
    load_weight = load_weight, closed_at = closed_at, version = version
WHERE id = ANY(:ids::bigint[]);
INSERT INTO core_entry (at, kind, actor_kind, door, order_id, policy_version, inputs, output)
SELECT now(), 'decision.plan', 'rop', 'loop', id, :policy_version, :plan_inputs, :plan_output
  FROM unnest(:ids::bigint[]) AS id;
INSERT INTO core_message (
    created_at, template, importance, person_id, order_id, context, dedup_key, thread, edits, not_before,
    status, channel, attempts, unknown_outcomes, error, provider_id
)
SELECT now(), 'sla_reminder', 40, o.assigned_manager_id, o.id, :context,
       replace(:dedup_key, '@', o.id::text), '', false, now(),
       'queued', '', 0, 0, '', ''
  FROM orders_order o WHERE o.id = ANY(:ids::bigint[])
ON CONFLICT (dedup_key) DO NOTHING;
SELECT pg_notify('outbox', '');
COMMIT;
