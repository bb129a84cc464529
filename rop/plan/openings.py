"""What AI-РОП asks of people by itself: ask the client, decide about them, look where the parcel is.

Each is opened once: it has a number within the order's stage entry.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rop.plan.facts import NOTHING_HANGS, DealFacts, OpenedFacts, OrderFacts, Policy, TaskFacts

FOLLOW_UP, UNDECIDED, TRACK = "follow_up", "decide_undecided", "track"
"""Kinds of tasks; a test compares with `orders.services.tasks`."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A task to open: whose (the owner's, or a lead's), from when on, until when. `follow_up`: its step's id."""

    kind: str
    number: int
    whose: str
    at: datetime
    due_at: datetime
    follow_up: int | None = None


def due_openings(facts: OrderFacts, policy: Policy, now: datetime) -> tuple[Opening, ...]:
    """Those whose moment has come. What comes due while nobody looks has its whole time from now on."""
    return tuple(_fresh(opening, now) for opening in _openings(facts, policy) if opening.at <= now)


def next_opening_at(facts: OrderFacts, policy: Policy) -> datetime | None:
    """When the next one's moment comes; one that has come already is opened before anything is planned."""
    return min((opening.at for opening in _openings(facts, policy)), default=None)


def with_tasks(facts: OrderFacts, opened: Sequence[TaskFacts]) -> OrderFacts:
    """The facts once these tasks of the deal are open."""
    assert facts.deal is not None
    known = tuple(OpenedFacts(task.kind, task.number or 0, task.created_at) for task in opened)
    return replace(
        facts,
        tasks=tuple(sorted((*facts.tasks, *opened), key=lambda task: (task.due_at, task.id))),
        deal=replace(facts.deal, opened=(*facts.deal.opened, *known)),
    )


def without_expired(facts: OrderFacts, now: datetime) -> OrderFacts:
    """The facts without the requests that nobody has decided about in time."""
    hangs = facts.hangs
    left = tuple(approval for approval in hangs.approvals if approval.expires_at > now)
    if len(left) == len(hangs.approvals):
        return facts
    hangs = replace(hangs, approvals=left)
    return replace(facts, hanging=None if hangs == NOTHING_HANGS else hangs)


def _fresh(opening: Opening, now: datetime) -> Opening:
    within = opening.due_at - opening.at
    return Opening(opening.kind, opening.number, opening.whose, opening.at, now + within, opening.follow_up)


def _openings(facts: OrderFacts, policy: Policy) -> Iterator[Opening]:
    """At most the next one of each kind."""
    deal = facts.deal
    if deal is None:
        return
    if facts.status == "awaiting_payment" and deal.decision in ("", "thinks"):
        yield from _asking(facts, deal, policy)
    if facts.status == "in_transit" and not deal.delivered:
        yield from _tracking(facts, deal, policy)


def _asking(facts: OrderFacts, deal: DealFacts, policy: Policy) -> Iterator[Opening]:
    """The steps of the scenario, then the lead. A client who thinks is left alone until the moment that they named;
    from there the rest of the scenario goes on, and whoever has heard all of it is asked once more."""
    terms = policy.terms
    if not terms.steps:
        return
    if any(one.kind == UNDECIDED and one.ended_at is None for one in deal.opened):
        # The lead's turn: nobody asks the client anew before they have decided.
        return
    asked = [one for one in deal.opened if one.kind == FOLLOW_UP]
    if any(one.ended_at is None for one in asked):
        # Nobody is asked twice at once; the lead's turn comes all the same.
        yield from _to_lead(facts, deal, policy)
        return
    number = max((one.number for one in asked), default=0) + 1
    if (at := _step_at(facts, deal, policy, number)) is not None:
        step = terms.steps[min(number, len(terms.steps)) - 1]
        # Who said until when they think is asked then, however soon that is.
        if deal.until is None or number != _first_after_thinking(deal):
            at = max(filter(None, [at, _not_sooner(policy, asked, number)]))
        yield Opening(FOLLOW_UP, number, "owner", at, at + timedelta(seconds=step.within), step.id)
    yield from _to_lead(facts, deal, policy)


def _step_at(facts: OrderFacts, deal: DealFacts, policy: Policy, number: int) -> datetime | None:
    """The moment of this step; None when the scenario is over."""
    steps = policy.terms.steps
    if deal.until is None:
        if number > len(steps):
            return None
        return facts.status_since + timedelta(seconds=steps[number - 1].delay)
    first = _first_after_thinking(deal)
    if number == first:
        return deal.until
    if number > len(steps):
        return None
    return deal.until + timedelta(seconds=steps[number - 1].delay - steps[first - 1].delay)


def _first_after_thinking(deal: DealFacts) -> int:
    """The number of the step that asks a client who wanted to think: the first one not opened before they said so."""
    said_at = deal.decided_at
    before = [
        one.number
        for one in deal.opened
        if one.kind == FOLLOW_UP and said_at is not None and one.opened_at <= said_at
    ]
    return max(before, default=0) + 1


def _not_sooner(policy: Policy, asked: list[OpenedFacts], number: int) -> datetime | None:
    """Whoever was asked late is not asked again at once: half of the time between the two steps lies between."""
    last = max(asked, key=lambda one: one.number, default=None)
    steps = policy.terms.steps
    if last is None or last.ended_at is None or not 2 <= number <= len(steps):
        return None
    between = timedelta(seconds=steps[number - 1].delay - steps[number - 2].delay)
    return last.ended_at + between / 2


def _to_lead(facts: OrderFacts, deal: DealFacts, policy: Policy) -> Iterator[Opening]:
    """The scenario is over and the client has not decided: a lead does. Once for each time that the client thinks."""
    terms = policy.terms
    decided = [one for one in deal.opened if one.kind == UNDECIDED]
    said_at = deal.decided_at
    if any(said_at is None or one.opened_at > said_at for one in decided):
        return
    ends_at = _scenario_ends(facts, deal, policy)
    if deal.until is not None and (bound := terms.thinks_until(facts.status_since)) is not None:
        # However much of the scenario is left, only a lead gives more time than this.
        ends_at = min(ends_at, max(bound, deal.until))
    at = ends_at + timedelta(seconds=terms.lead_after)
    yield Opening(UNDECIDED, len(decided) + 1, "lead", at, at + timedelta(seconds=terms.lead_within))


def _scenario_ends(facts: OrderFacts, deal: DealFacts, policy: Policy) -> datetime:
    steps = policy.terms.steps
    if deal.until is None:
        return facts.status_since + timedelta(seconds=steps[-1].delay)
    first = _first_after_thinking(deal)
    if first >= len(steps):
        return deal.until
    return deal.until + timedelta(seconds=steps[-1].delay - steps[first - 1].delay)


def _tracking(facts: OrderFacts, deal: DealFacts, policy: Policy) -> Iterator[Opening]:
    """Every so often since it was shipped, and not while somebody is asked to look already."""
    looked = [one for one in deal.opened if one.kind == TRACK]
    if any(one.ended_at is None for one in looked):
        return
    every = timedelta(seconds=policy.terms.tracking_every)
    number = max((one.number for one in looked), default=0) + 1
    at = facts.status_since + number * every
    ended = [one.ended_at for one in looked if one.ended_at is not None]
    if ended:
        at = max(at, max(ended) + every / 2)
    yield Opening(TRACK, number, "owner", at, at + timedelta(seconds=policy.terms.tracking_within))
