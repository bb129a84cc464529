"""Gathering an explanation: a fixed number of queries, nothing locked, nothing written."""

from datetime import datetime

from orders.models import Order
from rop.explain.ahead import next_things
from rop.explain.choices import assignment_seen
from rop.explain.deadlines import clocks_seen
from rop.explain.values import Explanation
from rop.loop.loading import policy_in_force, read


def explanation(order_id: int, *, now: datetime) -> Explanation:
    """Raises Order.DoesNotExist."""
    order = Order.objects.get(pk=order_id)
    batch = read([order_id], now=now)
    facts = batch.facts[0] if batch.facts else None
    policy = policy_in_force()
    return Explanation(
        assignment=assignment_seen(order, facts, policy, now=now),
        clocks=clocks_seen(order_id),
        next=next_things(order, facts, policy, now=now),
    )
