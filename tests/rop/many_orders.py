"""Any number of healthy open orders at once, by plain INSERT … SELECT: for questions about plans and costs.

They are owned and accepted, in equal shares by the managers that there are, each with its event, its assignment and
its running clock; all of one moment, as an import leaves them. Written by the tables' owner with the triggers off, for
these ask each row by itself.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from django.db import connections
from psycopg import sql

TABLES = ("orders_order", "order_status_events", "ai_assignments", "sla_clock")
MORE = ("ai_sla_violations", "assignment_manager", "assignment_managerload", "orders_inspection")

ORDERS = """
    INSERT INTO orders_order (
        external_id, intake_hash, client_name, client_contact, item, currency, seller_name, seller_contact, comment,
        created_at, updated_at, status, severity, status_since, status_sequence, moved_at, cancel_reason, version,
        due_at, next_action, next_action_whose, next_action_due, next_action_missing, wake_at, queue_key, load_weight,
        assigned_manager_id, next_action_user_id)
    SELECT 'M-' || n, '', 'Client ' || n, '', 'Camera', 'RUB', '', '', '',
           %(now)s, %(now)s, 'under_inspection', 'normal', %(now)s, 1, %(now)s, '', 1,
           %(due)s, 'contact_seller', 'person', %(due)s, '[]', %(due)s, n, 1,
           m.user_id, m.user_id
      FROM generate_series(1, %(number)s) n
      JOIN (SELECT user_id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS all_of_them
              FROM assignment_manager) m ON m.place = n %% m.all_of_them
"""
REST = (
    """
    INSERT INTO order_status_events (order_id, sequence, route, from_status, to_status, actor_kind, door, reason, at)
    SELECT id, 1, 'intake', '', 'under_inspection', 'agent', 'api', '', %(now)s FROM orders_order
    """,
    """
    INSERT INTO ai_assignments (order_id, round, manager_id, state, assigned_at, accepted_at, by_kind, because, reason)
    SELECT id, 1, assigned_manager_id, 'accepted', %(now)s, %(now)s, 'rop', '[]', '' FROM orders_order
    """,
    """
    INSERT INTO sla_clock (
        subject_type, subject_id, order_id, kind, generation, state, stage, severity, mode, target_seconds, started_at,
        due_at, warnings, warned, rung_moments, policy_version, calendar_code)
    SELECT 'order', id, id, 'stage', '1:1', 'running', 'under_inspection', 'normal', 'elapsed', 3600, %(now)s,
           %(due)s, '[]', 0, '[]', 1, '' FROM orders_order
    """,
    """
    INSERT INTO orders_inspection (
        order_id, number, template_id, started_at, points_open, proof_open, verdict, decision)
    SELECT o.id, 1, t.id, %(now)s, ARRAY(SELECT generate_series(1, 28)), '{1, 2, 6, 9, 12, 17, 21, 27}', '', ''
      FROM orders_order o CROSS JOIN orders_inspectiontemplate t WHERE t.version = 1
    """,
    """
    INSERT INTO assignment_managerload (manager_id, load, offers, open_orders)
    SELECT m.id, count(*), 0, count(*) FROM orders_order o JOIN assignment_manager m
        ON m.user_id = o.assigned_manager_id GROUP BY m.id
    """,
)


@contextmanager
def as_owner() -> Iterator[psycopg.Connection]:
    """A connection of the tables' owner to the database of the tests. No trigger of `TABLES` fires meanwhile."""
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=name, autocommit=True) as owner:
        owner.execute("SET lock_timeout = '20s'")
        _triggers(owner, "DISABLE")
        try:
            yield owner
        finally:
            _triggers(owner, "ENABLE")


def _triggers(owner: psycopg.Connection, change: str) -> None:
    for table in TABLES:
        owner.execute(
            sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(change))
        )


def many_orders(number: int, *, now: datetime) -> None:
    values = {"now": now, "due": now + timedelta(hours=1), "number": number}
    with as_owner() as owner:
        for statement in (ORDERS, *REST):
            owner.execute(statement, values)
        for table in (*TABLES, *MORE):
            owner.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
