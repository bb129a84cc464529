"""Gathering an explanation: a fixed number of queries, nothing locked, nothing written."""

from collections.abc import Sequence
from datetime import datetime

import assignment.selectors
import sla.selectors
from assignment.models import Assignment
from core.selectors import NamesOf, names_of
from orders.models import Order
from rop.explain.ahead import next_things
from rop.explain.choices import assignment_seen
from rop.explain.deadlines import clocks_seen
from rop.explain.values import Explanation
from rop.loop.loading import policy_in_force, read_of
from sla.models import ClockState

RUNNING = (ClockState.RUNNING, ClockState.PAUSED)


def explanation(order_id: int, *, now: datetime) -> Explanation:
    """Raises Order.DoesNotExist."""
    return explanation_of(Order.objects.get(pk=order_id), now=now)


def explanation_of(
    order: Order, *, now: datetime, names_of: NamesOf = names_of, rounds: Sequence[Assignment] | None = None
) -> Explanation:
    """Of an order that was read already. `rounds`: all of them, where they were read too."""
    if rounds is None:
        rounds = assignment.selectors.rounds([order.pk]).get(order.pk, ())
    clocks = sla.selectors.clocks_of(order.pk)
    running = [sla.selectors.facts_of(clock) for clock in clocks if clock.state in RUNNING]
    batch = read_of([order], now=now, clocks={order.pk: running}, rounds={order.pk: rounds})
    facts = batch.facts[0] if batch.facts else None
    policy = policy_in_force()
    return Explanation(
        assignment=assignment_seen(order, rounds, facts, policy, now=now, names_of=names_of),
        clocks=clocks_seen(order.pk, clocks),
        next=next_things(order, facts, policy, now=now, names_of=names_of),
    )
