from collections.abc import Sequence
from datetime import datetime

from rop.loop.giving import Given, give
from rop.loop.loading import load, policy_in_force
from rop.loop.opening import with_openings
from rop.loop.quarantine import release
from rop.loop.writing import carry_out
from rop.plan import decide, needs_owner, settle


def look(order_ids: Sequence[int], now: datetime) -> int:
    """Make these orders what they ought to be at `now`; returns for how many something was written.

    Runs inside the caller's transaction; a fixed number of queries for any number of orders. Looking again
    at the same moment writes nothing.
    """
    batch = load(order_ids, now=now)
    if not batch.facts:
        return 0
    policy = policy_in_force()
    batch = with_openings(batch, policy, now=now)
    wanting = [
        settled
        for settled, _release in (settle(fact, policy, now) for fact in batch.facts)
        if needs_owner(settled)
    ]
    given = give(wanting, policy, now=now) if wanting else Given()
    plans = [decide(fact, policy, now, pick=given.owners.get(fact.id)) for fact in batch.facts]
    written = carry_out(batch, plans, given, policy, now=now)
    if written:
        # Whoever was set aside has a placeholder step, so its first good look writes.
        release(batch.orders)
    return written
