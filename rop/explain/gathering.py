"""Gathering an explanation: a fixed number of queries, nothing locked, nothing written."""

from datetime import datetime

import assignment.selectors
from orders.models import Order
from rop.explain.ahead import next_things
from rop.explain.choices import assignment_seen
from rop.explain.deadlines import clocks_seen
from rop.explain.values import Explanation
from rop.loop.loading import policy_in_force, read_of


def explanation(order_id: int, *, now: datetime) -> Explanation:
    """Raises Order.DoesNotExist."""
    return explanation_of(Order.objects.get(pk=order_id), now=now)


def explanation_of(order: Order, *, now: datetime) -> Explanation:
    """Of an order that was read already."""
    batch = read_of([order], now=now)
    facts = batch.facts[0] if batch.facts else None
    policy = policy_in_force()
    # Of a closed order nothing is loaded.
    known = batch.rounds if facts else assignment.selectors.rounds([order.pk])
    return Explanation(
        assignment=assignment_seen(order, known.get(order.pk, ()), facts, policy, now=now),
        clocks=clocks_seen(order.pk),
        next=next_things(order, facts, policy, now=now),
    )
