"""`decide`: facts → plan. The heart of AI-РОП; everything else reads for it or carries it out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from assignment.policies.weights import weight
from orders.policies.queue import queue_key
from rop.plan.clocks import Reconciled, reconcile
from rop.plan.facts import OrderFacts, OwnerFacts, Picked, Policy
from rop.plan.ladder import climb, silence_moments
from rop.plan.ladder import farewell as ladder_farewell
from rop.plan.notices import farewell, notices
from rop.plan.openings import next_opening_at
from rop.plan.result import Plan, Release
from rop.plan.steps import next_step

PENDING = "pending_manager"
FINAL = frozenset({"delivered", "cancelled", "rejected"})
SEVERITY_RANK = {"critical": 0, "high": 1, "normal": 2}
BACKSTOP = timedelta(days=7)
"""However little can happen by itself, an order is looked at this often."""


def settle(facts: OrderFacts, policy: Policy, now: datetime) -> tuple[OrderFacts, Release | None]:
    """Take the order from an owner who may not keep it. Only an order that is not in work is ever taken away."""
    owner = facts.owner
    if owner is None or facts.status != PENDING:
        return facts, None
    if owner.state == "accepted":
        state = "returned"
    elif not owner.available:
        state = "unavailable"
    elif any(
        moment <= now
        for clock in facts.clocks
        if clock.kind == "accept" and clock.generation.partition(":")[0] == str(owner.round)
        for moment in silence_moments(facts, policy, due_at=clock.due_at)
    ):
        state = "silent"
    else:
        return facts, None
    silent = facts.silent if state == "unavailable" else (*facts.silent, (owner.user_id, now))
    return replace(facts, owner=None, silent=silent, waiting_since=now), Release(
        owner.user_id, owner.round, state
    )


def needs_owner(facts: OrderFacts) -> bool:
    return facts.status == PENDING and facts.owner is None


def decide(facts: OrderFacts, policy: Policy, now: datetime, *, pick: Picked | None) -> Plan:
    """What ought to be true of this order at `now`, given whom `distribute` chose for it (if it needs an owner).

    Pure: the same facts, policy, moment and pick give the same plan; with the plan carried out, the next one
    asks for nothing until `wake_at`.
    """
    settled, release = settle(facts, policy, now)
    picked = pick is not None and needs_owner(settled)
    if pick is not None and picked:
        settled = _with_owner(settled, pick, now)
    if release or picked:
        # A change of owner raises the version, so that buttons of the owner before are stale.
        settled = replace(settled, version=facts.version + 1)
    accepted = settled.owner is not None and settled.owner.state == "offered" and settled.status != PENDING
    closes_at = _closes_at(settled, policy)
    close = settled.status in FINAL and closes_at <= now and not _unsettled(settled)
    clocks = reconcile(settled, policy, now, cancelled=settled.status in {"cancelled", "rejected"})
    owner_id = settled.owner.user_id if settled.owner else None
    if close:
        return Plan(
            order_id=facts.id,
            version=settled.version,
            owner_id=owner_id,
            release=release,
            accepted=accepted,
            close=True,
            clocks_end=clocks.end,
            clocks_mark=clocks.marks,
            notices=farewell(settled),
            climb=ladder_farewell(settled),
        )
    step = next_step(settled, clocks, policy, now, closes_at=closes_at)
    due_at = min(filter(None, [clocks.earliest_due, step.due_at]))
    climbed, escalations, climbs_at = climb(settled, clocks, policy, now, step=step)
    return Plan(
        order_id=facts.id,
        version=settled.version,
        owner_id=owner_id,
        release=release,
        accepted=accepted,
        new_owner=picked,
        clocks_end=clocks.end,
        clocks_start=clocks.start,
        clocks_mark=clocks.marks,
        step=step,
        due_at=due_at,
        wake_at=_wake_at(settled, policy, clocks, closes_at, climbs_at, now),
        queue_key=_queue_key(settled, due_at),
        load_weight=weight(policy.weights, stage=settled.status, severity=settled.severity),
        notices=(*notices(settled, clocks, step, release, picked=picked), *escalations),
        climb=climbed,
    )


def _with_owner(facts: OrderFacts, pick: Picked, now: datetime) -> OrderFacts:
    owner = OwnerFacts(
        user_id=pick.user_id,
        round=facts.rounds + 1,
        state="offered",
        assigned_at=now,
        calendar_code=pick.calendar_code,
        shifts=pick.shifts,
    )
    return replace(facts, owner=owner, rounds=facts.rounds + 1)


def _closes_at(facts: OrderFacts, policy: Policy) -> datetime:
    window = timedelta(seconds=policy.terms.claim_window) if facts.status == "delivered" else timedelta(0)
    return facts.status_since + window


def _unsettled(facts: OrderFacts) -> bool:
    """Whether something keeps an order that is over from being closed."""
    hangs = facts.hangs
    return bool(facts.tasks or hangs.claims or hangs.payouts or hangs.approvals)


def _wake_at(
    facts: OrderFacts,
    policy: Policy,
    clocks: Reconciled,
    closes_at: datetime,
    climbs_at: datetime | None,
    now: datetime,
) -> datetime:
    """The earliest moment at which the answer can change by itself; at the latest the next full week of the status."""
    weeks = (now - facts.status_since) // BACKSTOP + 1
    moments = [facts.status_since + weeks * BACKSTOP]
    if (moment := clocks.next_moment(muted=facts.muted_until(now) is not None)) is not None:
        moments.append(moment)
    if climbs_at is not None:
        moments.append(climbs_at)
    if facts.status in FINAL and closes_at > now:
        moments.append(closes_at)
    moments += [moment for moment in _of_the_deal(facts, policy) if moment > now]
    owner = facts.owner
    if owner and facts.status == PENDING and owner.absent_from is not None and owner.absent_from > now:
        moments.append(owner.absent_from)
    if owner and facts.status == PENDING and (due := clocks.due_at("accept")) is not None:
        # When it began it may have been over already (a severity raised too late): then the next look takes the
        # order away.
        moments += [max(moment, now) for moment in silence_moments(facts, policy, due_at=due)]
    return min(moments)


def _of_the_deal(facts: OrderFacts, policy: Policy) -> Iterator[datetime]:
    """When the client has thought it over or for as long as the manager may say, the parcel should have arrived,
    somebody is asked, a request expires."""
    yield from (approval.expires_at for approval in facts.hangs.approvals)
    deal = facts.deal
    if deal is None:
        return
    if (opening := next_opening_at(facts, policy)) is not None:
        yield opening
    if (bound := policy.terms.thinks_until(facts.status_since)) is not None and (
        facts.status == "awaiting_payment" and deal.decision in ("", "thinks")
    ):
        yield bound
    if facts.status == "in_transit" and deal.promised_date is not None and not deal.delivered:
        yield policy.end_of(deal.promised_date)


def _queue_key(facts: OrderFacts, due_at: datetime) -> int:
    """Smaller is more urgent: by severity, then by age while it waits for an owner, by deadline afterwards."""
    moment = facts.created_at if needs_owner(facts) else due_at
    return queue_key(severity_rank=SEVERITY_RANK[facts.severity], moment=moment)
