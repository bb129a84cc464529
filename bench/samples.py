"""What the product writes, taken from its own rows: the variables of the bare scripts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from core import actors, clock
from orders.models import Order
from orders.services import NewOrder, orders_intake

CLIENT: Mapping[str, Any] = {
    "client_name": "Ирина Смирнова",
    "client_contact": "+7 916 123-45-67",
    "item": "Фотоаппарат плёночный с объективом, в футляре",
    "severity": "normal",
    "currency": "RUB",
    "seller_name": "Комиссионный магазин на Сретенке",
    "seller_contact": "+7 495 765-43-21",
    "comment": "Звонить после шести вечера.",
}
PRICE = "125000.00"
"""What each order of the benchmark says, however it comes in."""

ORDER = """
    SELECT o.intake_hash, o.client_name, o.client_contact, o.item, o.price::text AS price, o.seller_name,
           o.seller_contact, o.comment, a.because::text AS because, a.snapshot_id::text AS snapshot,
           c.warnings::text AS warnings, c.rung_moments::text AS rung_moments,
           s.candidates::text AS candidates, intake.output::text AS intake_output,
           plan.policy_version, plan.inputs::text AS plan_inputs, plan.output::text AS plan_output,
           given.inputs::text AS distribute_inputs, given.output::text AS distribute_output
      FROM orders_order o
      JOIN ai_assignments a ON a.order_id = o.id
      JOIN assignment_snapshot s ON s.id = a.snapshot_id
      JOIN sla_clock c ON c.order_id = o.id
      JOIN core_entry intake ON intake.order_id = o.id AND intake.kind = 'command.intake'
      JOIN core_entry plan ON plan.order_id = o.id AND plan.kind = 'decision.plan'
      JOIN core_entry given ON given.kind = 'decision.distribute' AND (given.inputs ->> 'snapshot')::bigint = s.id
     WHERE o.id = %s
"""

OWNERS = "SELECT array_agg(user_id ORDER BY user_id)::text AS owners, count(*) AS owners_count FROM assignment_manager"


def body_of(external_id: str) -> dict[str, Any]:
    """What REST is given."""
    return {"external_id": external_id, "price": PRICE, **CLIENT}


def order_sample(external_id: str = "SAMPLE-00001") -> Mapping[str, Any]:
    """Lets the product take one order in, and reads what it wrote: the variables of `order_*.sql`."""
    new = NewOrder(external_id=external_id, price=Decimal(PRICE), **CLIENT)
    (received,) = orders_intake(rows=[new], actor=actors.agent(1), now=clock.now())
    return {**_row(ORDER, received.order_id), **_row(OWNERS), "n": 0}


def left_without(orders: int) -> int:
    """How many of so many newest orders lack an owner, a deadline or a next step: zero, or the figures are void."""
    newest = Order.objects.order_by("-pk")[:orders].values("assigned_manager_id", "due_at", "next_action")
    return orders - sum(all(row.values()) for row in newest)


def _row(query: str, *values: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        (row,) = cursor.fetchall()
        return dict(zip((column.name for column in cursor.description), row, strict=True))


REMINDER = """
    SELECT plan.policy_version, plan.inputs::text AS plan_inputs, plan.output::text AS plan_output,
           m.context::text AS context,
           replace(m.dedup_key, m.order_id::text, '@') AS dedup_key
      FROM core_message m
      JOIN core_entry plan ON plan.order_id = m.order_id AND plan.kind = 'decision.plan'
     WHERE m.order_id = %s AND m.template = 'sla_reminder'
     ORDER BY m.id DESC, plan.id DESC LIMIT 1
"""


def reminder_sample(order_id: int) -> Mapping[str, Any]:
    """What the product wrote when it reminded of this order: the variables of `sweep.sql`. "@" stands for its id."""
    return _row(REMINDER, order_id)
