"""Where the deals of a batch stand, and what is open of its orders besides their stages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from orders.models import Order, Task
from orders.selectors.deals import Deal, deals
from rop.plan import ApprovalFacts, BlockerFacts, DealFacts, HangingFacts, OpenedFacts

_HANGING = """
    SELECT order_id, 'blocker', id, owner_id, opened_at, due_at, due_at
      FROM orders_blocker WHERE order_id = ANY(%(ids)s) AND resolved_at IS NULL
     UNION ALL
    SELECT order_id, 'approval', id, NULL, asked_at, due_at, expires_at
      FROM orders_approval WHERE order_id = ANY(%(ids)s) AND state = 'open'
     UNION ALL
    SELECT order_id, 'claim', id, NULL, opened_at, opened_at, opened_at
      FROM orders_claim WHERE order_id = ANY(%(ids)s) AND settled_at IS NULL
     UNION ALL
    SELECT order_id, 'payout', id, NULL, asked_at, asked_at, asked_at
      FROM orders_payout WHERE order_id = ANY(%(ids)s) AND state = 'approved'
     ORDER BY 6, 3
"""

Row = tuple[int, str, int, int | None, datetime, datetime, datetime]


def deal_facts(orders: Sequence[Order], tasks: Mapping[int, Sequence[Task]]) -> dict[int, DealFacts]:
    """By order, for orders that are in a deal. One query; none for no orders."""
    found = deals(order.pk for order in orders)
    return {
        order.pk: _facts(found[order.pk], order, tasks.get(order.pk, ()))
        for order in orders
        if order.pk in found
    }


def _facts(deal: Deal, order: Order, tasks: Sequence[Task]) -> DealFacts:
    known = (("carrier", deal.carrier), ("tracking", deal.tracking), ("promised_date", deal.promised_date))
    return DealFacts(
        decision=deal.decision,
        decision_id=deal.decision_id,
        decided_at=deal.decided_at,
        until=deal.until,
        price=deal.price if deal.has_price else None,
        paid=deal.paid,
        seller_agreed=deal.seller_date is not None,
        lacks=tuple(code for code, value in known if not value),
        promised_date=deal.promised_date,
        delivered=deal.delivered_at is not None,
        proved=deal.has_proof,
        opened=tuple(
            OpenedFacts(task.kind, task.number, task.created_at, task.ended_at)
            for task in tasks
            if task.stage == order.status_sequence and task.number is not None
        ),
    )


def hanging_facts(order_ids: Iterable[int]) -> dict[int, HangingFacts]:
    """By order, for those of which anything is open. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HANGING, {"ids": list(order_ids)})
        rows: list[Row] = cursor.fetchall()
    by_order: dict[int, list[Row]] = {}
    for row in rows:
        by_order.setdefault(row[0], []).append(row)
    return {order_id: _hanging(of_order) for order_id, of_order in by_order.items()}


def _hanging(rows: Sequence[Row]) -> HangingFacts:
    return HangingFacts(
        blockers=tuple(
            BlockerFacts(row_id, owner_id, since, due_at)
            for _order, kind, row_id, owner_id, since, due_at, _until in rows
            if kind == "blocker" and owner_id is not None
        ),
        approvals=tuple(
            ApprovalFacts(row_id, since, due_at, until)
            for _order, kind, row_id, _owner, since, due_at, until in rows
            if kind == "approval"
        ),
        claims=tuple(row[2] for row in rows if row[1] == "claim"),
        payouts=tuple(row[2] for row in rows if row[1] == "payout"),
    )
