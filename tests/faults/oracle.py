"""What must be true at the end, asked of the raw tables by the database's owner: none of the product's own code.

Each question of `WRONG` and `BROKEN` returns whatever is not as it ought to be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

WRONG: Mapping[str, LiteralString] = {
    "not there exactly once": """
        SELECT e AS external_id, count(o.id) FROM unnest(%(ids)s::text[]) e
          LEFT JOIN orders_order o ON o.external_id = e GROUP BY e HAVING count(o.id) <> 1""",
    "without an owner": """
        SELECT external_id, next_action FROM orders_order
         WHERE external_id = ANY(%(ids)s) AND assigned_manager_id IS NULL""",
    "without due, step or moment to look again": """
        SELECT external_id, due_at, next_action, next_action_due, wake_at FROM orders_order
         WHERE external_id = ANY(%(ids)s) AND closed_at IS NULL
           AND (due_at IS NULL OR next_action_due IS NULL OR wake_at IS NULL OR next_action_whose = ''
                OR next_action NOT IN ('accept_order', 'contact_seller', 'fill_inspection'))""",
    "not exactly one active assignment, its owner's": """
        SELECT o.external_id, count(a.id) FROM orders_order o
          LEFT JOIN ai_assignments a ON a.order_id = o.id AND a.ended_at IS NULL
         WHERE o.external_id = ANY(%(ids)s)
         GROUP BY o.id HAVING count(a.id) <> 1 OR bool_or(a.manager_id IS DISTINCT FROM o.assigned_manager_id)""",
    "not exactly one running clock, of its status, due when the order is": """
        SELECT o.external_id, count(c.id) FROM orders_order o
          LEFT JOIN sla_clock c ON c.order_id = o.id AND c.state IN ('running', 'paused')
         WHERE o.external_id = ANY(%(ids)s)
         GROUP BY o.id
        HAVING count(c.id) <> 1 OR bool_or(c.due_at <> o.due_at)
            OR bool_or(c.kind <> CASE o.status WHEN 'pending_manager' THEN 'accept' ELSE 'stage' END)""",
    "not exactly one intake event": """
        SELECT o.external_id, count(e.id) FROM orders_order o
          LEFT JOIN order_status_events e ON e.order_id = o.id AND e.route = 'intake' AND e.sequence = 1
         WHERE o.external_id = ANY(%(ids)s) GROUP BY o.id HAVING count(e.id) <> 1""",
    "not exactly one intake in the journal": """
        SELECT o.external_id, count(j.id) FROM orders_order o
          LEFT JOIN core_entry j ON j.kind = 'command.intake'
               AND o.id BETWEEN (j.output ->> 'first')::bigint AND (j.output ->> 'last')::bigint
         WHERE o.external_id = ANY(%(ids)s) GROUP BY o.id HAVING count(j.id) <> 1""",
    "not one decision in the journal for each round": """
        SELECT o.external_id, rounds.n, decided.n AS decisions FROM orders_order o
         CROSS JOIN LATERAL (SELECT count(*) AS n FROM ai_assignments a WHERE a.order_id = o.id) rounds
         CROSS JOIN LATERAL (
              SELECT count(*) AS n FROM core_entry j
               WHERE j.order_id = o.id AND j.kind = 'decision.plan' AND (j.output ->> 'new_owner')::boolean) decided
         WHERE o.external_id = ANY(%(ids)s) AND rounds.n <> decided.n""",
    "not one card for each round, to that round's manager": """
        SELECT o.external_id, a.round, count(m.id) FROM orders_order o
          JOIN ai_assignments a ON a.order_id = o.id
          LEFT JOIN core_message m ON m.order_id = o.id AND m.template = 'order_new'
               AND m.person_id = a.manager_id AND (m.context ->> 'round')::int = a.round
         WHERE o.external_id = ANY(%(ids)s) GROUP BY o.id, a.round HAVING count(m.id) <> 1""",
    "told more than once that somebody else has it": """
        SELECT o.external_id, a.round, count(m.id) FROM orders_order o
          JOIN ai_assignments a ON a.order_id = o.id AND a.ended_at IS NOT NULL
          LEFT JOIN core_message m ON m.order_id = o.id AND m.template = 'order_taken'
               AND m.dedup_key LIKE 'order_taken:' || o.id || ':' || a.round || ':%%'
         WHERE o.external_id = ANY(%(ids)s) GROUP BY o.id, a.round HAVING count(m.id) <> 1""",
    "an acceptance that was missed and counted other than once": """
        SELECT o.external_id, c.generation, count(v.id) FROM orders_order o
          JOIN sla_clock c ON c.order_id = o.id AND c.kind = 'accept'
          LEFT JOIN ai_sla_violations v ON v.clock_id = c.id
         WHERE o.external_id = ANY(%(ids)s)
         GROUP BY o.id, c.id HAVING count(v.id) <> (c.state = 'missed' OR c.breached_at IS NOT NULL)::int""",
}

BROKEN: Mapping[str, LiteralString] = {
    "an open order without a supervision column": """
        SELECT id FROM orders_order WHERE closed_at IS NULL
           AND (wake_at IS NULL OR due_at IS NULL OR next_action_due IS NULL OR next_action = '')""",
    "status against the last event": """
        SELECT o.id, o.status, e.to_status FROM orders_order o
          JOIN LATERAL (SELECT to_status FROM order_status_events x
                         WHERE x.order_id = o.id ORDER BY sequence DESC LIMIT 1) e ON true
         WHERE o.status <> e.to_status""",
    "owner against the active assignment": """
        SELECT o.id FROM orders_order o
          FULL JOIN (SELECT order_id, manager_id FROM ai_assignments WHERE ended_at IS NULL) a ON a.order_id = o.id
         WHERE o.closed_at IS NULL AND o.assigned_manager_id IS DISTINCT FROM a.manager_id""",
    "two running clocks of one kind": """
        SELECT subject_type, subject_id, kind FROM sla_clock WHERE state IN ('running', 'paused')
         GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "load counted against the orders": """
        SELECT m.id, l.load, l.offers, l.open_orders, t.*
          FROM assignment_manager m
          LEFT JOIN assignment_managerload l ON l.manager_id = m.id
          CROSS JOIN LATERAL (
              SELECT coalesce(sum(o.load_weight), 0) AS weight, count(o.id) AS orders,
                     count(o.id) FILTER (WHERE o.status = 'pending_manager') AS pending
                FROM orders_order o WHERE o.assigned_manager_id = m.user_id AND o.closed_at IS NULL) t
         WHERE (coalesce(l.load, 0), coalesce(l.open_orders, 0), coalesce(l.offers, 0))
            <> (t.weight, t.orders, t.pending)""",
    "a summary that says nothing": """
        SELECT m.id FROM core_message m JOIN core_message s ON s.id = m.merged_into_id
         WHERE m.status = 'merged' AND s.template <> 'summary'""",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    user_id: int
    capacity: Fraction
    load: Fraction


class Oracle:
    def __init__(self, url: str) -> None:
        self._url = url
        self._link: psycopg.Connection[Row] | None = None

    def rows(self, query: LiteralString, **values: object) -> list[Row]:
        """Once more on a new connection when the old one is gone: the server may have been restarted."""
        try:
            return self._rows(query, values)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.close()
            return self._rows(query, values)

    def _rows(self, query: LiteralString, values: Mapping[str, object]) -> list[Row]:
        if self._link is None or self._link.closed:
            self._link = psycopg.connect(self._url, autocommit=True, row_factory=dict_row, connect_timeout=3)
        cursor = self._link.execute(query, values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    def one(self, query: LiteralString, **values: object) -> Any:
        (row,) = self.rows(query, **values)
        (value,) = row.values()
        return value

    def now(self) -> datetime:
        moment: datetime = self.one("SELECT clock_timestamp()")
        return moment

    # Orders

    def orders(self, external_ids: Sequence[str]) -> list[Row]:
        return self.rows(
            "SELECT *, 'R-' || id AS ref FROM orders_order WHERE external_id = ANY(%(ids)s) ORDER BY id",
            ids=list(external_ids),
        )

    def owned(self, external_ids: Sequence[str]) -> int:
        """How many of these have an owner."""
        count: int = self.one(
            "SELECT count(assigned_manager_id) FROM orders_order WHERE external_id = ANY(%(ids)s)",
            ids=list(external_ids),
        )
        return count

    def wrong_with(self, external_ids: Sequence[str]) -> dict[str, list[Row]]:
        """What is not as it ought to be with these orders, by the name of the question; at best nothing."""
        return _found({name: self.rows(query, ids=list(external_ids)) for name, query in WRONG.items()})

    def broken(self) -> dict[str, list[Row]]:
        """What is not as it ought to be with any row."""
        return _found({name: self.rows(query) for name, query in BROKEN.items()})

    def better_moves(self, external_ids: Iterable[str]) -> list[str]:
        """Moves of one of these orders to another manager that would lower the largest load; at best none."""
        people = self._candidates()
        largest = max(each.load / each.capacity for each in people)
        at_the_top = [each for each in people if each.load / each.capacity == largest]
        if len(at_the_top) > 1:
            return []
        (top,) = at_the_top
        weights = self.rows(
            """SELECT external_id, load_weight FROM orders_order
                WHERE external_id = ANY(%(ids)s) AND assigned_manager_id = %(top)s""",
            ids=list(external_ids),
            top=top.user_id,
        )
        return [
            f"{row['external_id']}: {top.user_id} → {other.user_id}"
            for row in weights
            for other in people
            if other is not top and _lowers(top, other, Fraction(row["load_weight"]), largest)
        ]

    def _candidates(self) -> list[Candidate]:
        rows = self.rows(
            """SELECT m.user_id, m.capacity, coalesce(sum(o.load_weight), 0) AS load FROM assignment_manager m
                 LEFT JOIN orders_order o ON o.assigned_manager_id = m.user_id AND o.closed_at IS NULL
                WHERE m.active GROUP BY m.id"""
        )
        return [Candidate(r["user_id"], Fraction(r["capacity"]), Fraction(r["load"])) for r in rows]

    def lateness(self, external_ids: Sequence[str], *, due_before: datetime) -> list[float]:
        """Seconds from each due moment of an acceptance to its breach; infinity for one that was not noticed."""
        rows = self.rows(
            """SELECT extract(epoch FROM c.breached_at - c.due_at)::float AS late FROM sla_clock c
                 JOIN orders_order o ON o.id = c.order_id
                WHERE o.external_id = ANY(%(ids)s) AND c.kind = 'accept' AND c.due_at < %(before)s
                  AND c.state <> 'met' AND (c.ended_at IS NULL OR c.ended_at >= c.due_at)""",
            ids=list(external_ids),
            before=due_before,
        )
        return [float("inf") if row["late"] is None else row["late"] for row in rows]

    # Messages

    def unsent(self, external_ids: Sequence[str]) -> list[Row]:
        """Messages about these orders, summaries of them, or answers to commands, that have not ended."""
        return self.rows(
            """SELECT m.id, m.template, m.status, m.error, m.not_before, m.lease_until FROM core_message m
                WHERE m.status IN ('queued', 'sending', 'failed')
                  AND (m.template = 'summary' OR m.order_id IS NULL OR m.order_id IN (
                       SELECT id FROM orders_order WHERE external_id = ANY(%(ids)s)))""",
            ids=list(external_ids),
        )

    def cards(self, external_ids: Sequence[str]) -> list[Row]:
        """How each card of a new order ended: itself, or by the summary that it was merged into; and whether the
        round that it is about goes on."""
        return self.rows(
            """SELECT m.id, m.order_id, m.person_id, m.status, s.status AS summary, a.ended_at IS NULL AS goes_on,
                      coalesce(s.unknown_outcomes, m.unknown_outcomes) AS unknown,
                      coalesce(s.provider_id, m.provider_id) AS provider_id, coalesce(s.chat_id, m.chat_id) AS chat_id
                 FROM core_message m LEFT JOIN core_message s ON s.id = m.merged_into_id
                 JOIN orders_order o ON o.id = m.order_id
                 JOIN ai_assignments a ON a.order_id = o.id AND a.round = (m.context ->> 'round')::int
                WHERE o.external_id = ANY(%(ids)s) AND m.template = 'order_new'""",
            ids=list(external_ids),
        )

    # Signs of life

    def heartbeat(self, name: str) -> Row:
        found = self.rows("SELECT * FROM core_heartbeat WHERE name = %(name)s", name=name)
        return found[0] if found else {"name": name, "at": None, "detail": {}}

    def audit_after(self, moment: datetime) -> Row | None:
        """The first finding of the product's own auditor that began after this moment."""
        found = self.rows("SELECT * FROM rop_audit WHERE at > %(moment)s ORDER BY id LIMIT 1", moment=moment)
        return found[0] if found else None


def _lowers(top: Candidate, other: Candidate, weight: Fraction, largest: Fraction) -> bool:
    """Whether the move is possible and both end below what was the largest load."""
    moved = other.load + weight
    return moved <= other.capacity and moved / other.capacity < largest and weight > 0


def _found(answers: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    return {name: rows[:5] for name, rows in answers.items() if rows}
