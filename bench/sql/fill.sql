-- Open orders by the hundred thousand, with the events, the assignment, the clock and the journal entry that the product
-- would have written for each; every constraint and trigger is asked. Orders %(first)s … %(last)s (their ids and their
-- external ids), as if they had come in during the last 17 hours before %(now)s; nothing of them is due within six hours.
CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
SELECT i AS id,
       CASE WHEN i %% 100 < 30 THEN 'pending_manager' WHEN i %% 100 < 90 THEN 'under_inspection'
            WHEN i %% 100 < 94 THEN 'awaiting_payment' WHEN i %% 100 < 97 THEN 'ready_for_shipment'
            ELSE 'in_transit' END AS status,
       CASE WHEN i %% 100 < 30 THEN 1 WHEN i %% 100 < 90 THEN 2 WHEN i %% 100 < 94 THEN 3
            WHEN i %% 100 < 97 THEN 4 ELSE 5 END AS sequence,
       CASE WHEN i %% 37 = 0 THEN 'critical' WHEN i %% 11 = 0 THEN 'high' ELSE 'normal' END AS severity,
       (%(owners)s::bigint[])[1 + i * 7919 %% %(owners_count)s] AS owner,
       %(now)s::timestamptz - make_interval(secs => i * 104729 %% 61200 + 60) AS since,
       %(now)s::timestamptz - make_interval(secs => i * 104729 %% 61200 + 60) + interval '3 days' AS due
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i;

INSERT INTO orders_order (
    id, external_id, intake_hash, client_name, client_contact, item, price, currency, seller_name, seller_contact,
    comment, created_at, updated_at, status, severity, status_since, status_sequence, moved_at, cancel_reason, version,
    assigned_manager_id, due_at, next_action, next_action_whose, next_action_user_id, next_action_due,
    next_action_missing, wake_at, queue_key, load_weight
)
SELECT f.id, 'F-' || lpad(f.id::text, 9, '0'), md5(f.id::text) || md5(f.id::text),
       (%(names)s::text[])[1 + f.id %% %(names_count)s] || ' ' || (f.id * 7919 %% 5000)::text,
       '+7 9' || lpad((f.id * 104729 %% 1000000000)::text, 9, '0'),
       (%(items)s::text[])[1 + f.id %% %(items_count)s] || ' ' || (f.id * 15485863 %% 90000)::text,
       1000 + f.id %% 100000, 'RUB', %(seller)s, '', '', f.since, f.since, f.status, f.severity, f.since, f.sequence,
       f.since, '', f.sequence + 1, f.owner, f.due,
       CASE f.sequence WHEN 1 THEN 'accept_order' WHEN 2 THEN 'contact_seller' WHEN 3 THEN 'follow_up_client'
                       WHEN 4 THEN 'fix_logistics' ELSE 'track_shipment' END,
       'person', f.owner, f.due,
       CASE f.sequence WHEN 1 THEN '[]' WHEN 2 THEN '["contact"]' WHEN 3 THEN '["follow_up:1", "client_decision"]'
                       WHEN 4 THEN '["carrier", "tracking", "promised_date"]' ELSE '["delivery_date"]' END::jsonb,
       f.since + interval '1 day',
       CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END * 100000000000000
           + floor(extract(epoch FROM f.due) * 1000)::bigint,
       w.weight
  FROM filled f
  JOIN LATERAL (
      SELECT (t.stages ->> f.status)::numeric * (t.severities ->> f.severity)::numeric AS weight
        FROM assignment_weighttable t ORDER BY t.version DESC LIMIT 1
  ) w ON true;

INSERT INTO order_status_events (
    order_id, sequence, route, from_status, to_status, actor_kind, actor_id, door, reason, at
)
SELECT f.id, e.sequence, e.route, e.came_from, e.goes_to, 'person', f.owner, 'bot', '', f.since
  FROM filled f
  JOIN (VALUES (1, 'intake', '', 'pending_manager'), (2, 'accept', 'pending_manager', 'under_inspection'),
               (3, 'complete_inspection', 'under_inspection', 'awaiting_payment'),
               (4, 'release_to_ship', 'awaiting_payment', 'ready_for_shipment'),
               (5, 'ship', 'ready_for_shipment', 'in_transit')) AS e (sequence, route, came_from, goes_to)
    ON e.sequence <= f.sequence;

INSERT INTO ai_assignments (
    order_id, round, manager_id, state, assigned_at, accepted_at, by_kind, because, load_before, reason
)
SELECT id, 1, owner, CASE WHEN sequence = 1 THEN 'offered' ELSE 'accepted' END, since,
       CASE WHEN sequence > 1 THEN since END, 'rop', '["least_loaded"]', 0, ''
  FROM filled;

INSERT INTO sla_clock (
    subject_type, subject_id, order_id, kind, generation, state, stage, severity, mode, target_seconds, started_at,
    due_at, warnings, warned, rung_moments, policy_version, calendar_code
)
SELECT 'order', id, id,
       CASE sequence WHEN 1 THEN 'accept' WHEN 3 THEN 'client_decision' ELSE 'stage' END, sequence || ':' || sequence + 1, 'running',
       status, severity, 'elapsed', 259200, since, due,
       jsonb_build_array(jsonb_build_array(50, since + interval '36 hours'), jsonb_build_array(75, since + interval '54 hours'),
                         jsonb_build_array(90, since + interval '65 hours')), 0, '[]', 1, ''
  FROM filled;

-- Whoever is to ask the client, with their own clock.
WITH asked AS (
    INSERT INTO orders_task (
        order_id, kind, title, owner_id, due_at, status, created_at, stage, number, follow_up_id
    )
    SELECT f.id, 'follow_up', 'Follow up', f.owner, f.due, 'open', f.since, f.sequence, 1, step.id
      FROM filled f
     CROSS JOIN LATERAL (
         SELECT s.id FROM orders_followupstep s JOIN orders_terms t ON t.id = s.terms_id
          WHERE t.published_at IS NOT NULL ORDER BY t.version DESC, s.number LIMIT 1
     ) step
     WHERE f.sequence = 3
    RETURNING id, order_id, created_at, due_at
)
INSERT INTO sla_clock (
    subject_type, subject_id, order_id, kind, generation, state, stage, severity, mode, target_seconds, started_at,
    due_at, warnings, warned, rung_moments, policy_version, calendar_code
)
SELECT 'task', asked.id, asked.order_id, 'task', '1:4', 'running', f.status, f.severity, 'elapsed', 259200,
       asked.created_at, asked.due_at,
       jsonb_build_array(jsonb_build_array(75, asked.created_at + interval '54 hours')), 0, '[]', 1, ''
  FROM asked JOIN filled f ON f.id = asked.order_id;

-- What was released has been paid.
INSERT INTO orders_payment (order_id, amount, currency, paid_at, document, comment, by_id, door, at)
SELECT id, 1000 + id %% 100000, 'RUB', since, id::text, '', owner, 'admin', since FROM filled WHERE sequence > 3;

INSERT INTO core_entry (at, kind, actor_kind, actor_id, door, order_id, policy_version, inputs, output)
SELECT since, 'command.intake', 'agent', 1, 'api', id, '', '{}',
       jsonb_build_object('orders', 1, 'first', id, 'last', id)
  FROM filled;
