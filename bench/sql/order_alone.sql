-- One transaction for one order: everything that the product writes when it comes alone.
-- Variables are what the product wrote for the same order (bench/samples.py), so that rows and bytes are the same;
-- :first is where this run's external ids begin, :owners whom orders are given to in turn.
\set n :n + 1
\set pick random(1, :owners_count)
BEGIN;
INSERT INTO orders_order (
    external_id, intake_hash, client_name, client_contact, item, price, currency, seller_name, seller_contact, comment,
    created_at, updated_at, status, severity, status_since, status_sequence, moved_at, cancel_reason, version,
    due_at, next_action, next_action_whose, next_action_due, next_action_missing, wake_at, queue_key, load_weight
) VALUES (
    'P' || lpad(:client_id::text, 2, '0') || lpad((:first::bigint + :n::bigint)::text, 9, '0'),
    :intake_hash, :client_name, :client_contact, :item, :price, 'RUB', :seller_name, :seller_contact, :comment,
    now(), now(), 'pending_manager', 'normal', now(), 1, now(), '', 1,
    now() + interval '1 min', 'assign_manager', 'rop', now() + interval '1 min', '[]', now(), 0, 0
) RETURNING id \gset
INSERT INTO order_status_events (
    order_id, sequence, route, from_status, to_status, actor_kind, actor_id, door, reason, at
) VALUES (:id, 1, 'intake', '', 'pending_manager', 'agent', 1, 'api', '', now());
INSERT INTO core_entry (at, kind, actor_kind, actor_id, door, order_id, policy_version, inputs, output)
VALUES (now(), 'command.intake', 'agent', 1, 'api', :id, '', '{}', :intake_output);
INSERT INTO assignment_snapshot (at, candidates) VALUES (now(), :candidates) RETURNING id AS snapshot \gset
INSERT INTO ai_assignments (
    order_id, round, manager_id, state, assigned_at, by_kind, because, load_before, snapshot_id, reason
) VALUES (:id, 1, (:owners::bigint[])[:pick], 'offered', now(), 'rop', :because, 0, :snapshot, '');
INSERT INTO sla_clock (
    subject_type, subject_id, order_id, kind, generation, state, stage, severity, mode, target_seconds,
    started_at, due_at, warnings, warned, rung_moments, policy_version, calendar_code, calendar_version
) VALUES (
    'order', :id, :id, 'accept', '1:2', 'running', 'pending_manager', 'normal', 'shift', 1800,
    now(), now() + interval '30 min', :warnings, 0, :rung_moments, 1, 'default', 1
);
UPDATE orders_order SET
    assigned_manager_id = (:owners::bigint[])[:pick], due_at = now() + interval '30 min', next_action = 'accept_order',
    next_action_whose = 'person', next_action_user_id = (:owners::bigint[])[:pick],
    next_action_due = now() + interval '30 min', next_action_missing = '[]', wake_at = now() + interval '15 min',
    queue_key = 2 * 100000000000000::bigint + (extract(epoch FROM now()) * 1000)::bigint, load_weight = 1, closed_at = NULL, version = 2
WHERE id = :id;
INSERT INTO core_entry (at, kind, actor_kind, door, order_id, policy_version, inputs, output)
VALUES (now(), 'decision.plan', 'rop', 'loop', :id, :policy_version, :plan_inputs, :plan_output);
INSERT INTO core_entry (at, kind, actor_kind, door, policy_version, inputs, output)
VALUES (now(), 'decision.distribute', 'rop', 'loop', :policy_version, :distribute_inputs, :distribute_output);
INSERT INTO core_message (
    created_at, template, importance, person_id, order_id, context, dedup_key, thread, edits, not_before,
    status, channel, attempts, unknown_outcomes, error, provider_id
) VALUES (
    now(), 'order_new', 20, (:owners::bigint[])[:pick], :id, '{"round": 1}',
    'order_new:' || :id::text || ':1:' || (:owners::bigint[])[:pick]::text,
    'order:' || :id::text || ':' || 'user:' || (:owners::bigint[])[:pick]::text, false, now(),
    'queued', '', 0, 0, '', ''
) ON CONFLICT (dedup_key) DO NOTHING;
SELECT pg_notify('outbox', '');
INSERT INTO assignment_managerload AS l (manager_id, load, offers, open_orders, last_assigned_at)
SELECT m.id, 1, 1, 1, now() FROM assignment_manager m WHERE m.user_id = (:owners::bigint[])[:pick]
ON CONFLICT (manager_id) DO UPDATE SET
    load = l.load + excluded.load, offers = l.offers + excluded.offers,
    open_orders = l.open_orders + excluded.open_orders, last_assigned_at = excluded.last_assigned_at;
COMMIT;
