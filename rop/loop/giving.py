"""Finding owners: the candidates under the distribution lock, `distribute`, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

import assignment.selectors
from assignment.policies.distribute import Candidate, Pick, Wanted, distribute
from assignment.policies.weights import weight
from assignment.selectors import SHIFT_ENDING, Standing
from assignment.services import lock_distribution
from orders.statuses import SEVERITY_RANK, Severity
from rop.plan import OrderFacts, Picked, Policy


@dataclass(frozen=True, slots=True)
class Given:
    """One distribution: who was there, what was wanted, who was picked for what."""

    candidates: tuple[Candidate, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    picks: tuple[Pick, ...] = ()
    owners: dict[int, Picked] = field(default_factory=dict)


def give(facts: Sequence[OrderFacts], policy: Policy, *, now: datetime) -> Given:
    """Pick owners for the orders that need one. Takes the distribution lock; writes nothing."""
    lock_distribution()
    standings = {standing.user_id: standing for standing in assignment.selectors.standings(now=now)}
    candidates = tuple(candidate_of(standing, now=now) for standing in standings.values())
    wanted = tuple(wanted_of(fact, policy) for fact in facts)
    picks = distribute(wanted=wanted, candidates=candidates)
    lapsed = _lapsed(facts, wanted, picks, standings)
    if lapsed:
        wanted = tuple(lapsed.get(want.order_id, want) for want in wanted)
        picks = distribute(wanted=wanted, candidates=candidates)
    return Given(candidates, wanted, picks, _owners(picks, standings, now=now))


def candidate_of(standing: Standing, *, now: datetime) -> Candidate:
    ends_at = standing.shift_ends_at
    return Candidate(
        manager_id=standing.user_id,
        load=standing.load,
        capacity=standing.capacity,
        offers=standing.offers,
        offers_cap=standing.offers_cap,
        waiting_since=standing.last_assigned_at,
        ending_soon=ends_at is not None and ends_at - now <= SHIFT_ENDING,
        excluded_because=standing.excluded_because,
    )


def wanted_of(facts: OrderFacts, policy: Policy) -> Wanted:
    return Wanted(
        order_id=facts.id,
        weight=weight(policy.weights, stage=facts.status, severity=facts.severity),
        severity_rank=SEVERITY_RANK[Severity(facts.severity)],
        since=facts.created_at,
        silent=frozenset(user_id for user_id, _since in facts.silent),
        restricted=frozenset(),
    )


def _lapsed(
    facts: Sequence[OrderFacts],
    wanted: Sequence[Wanted],
    picks: Sequence[Pick],
    standings: dict[int, Standing],
) -> dict[int, Wanted]:
    """For orders that nobody else can take: the silence of those whose next shift has begun since is forgotten."""
    found: dict[int, Wanted] = {}
    for fact, want, pick in zip(facts, wanted, picks, strict=True):
        if pick.manager_id is not None or not fact.silent:
            continue
        still = {
            user_id for user_id, since in fact.silent if not _new_shift(standings.get(user_id), since=since)
        }
        if still != want.silent:
            found[fact.id] = replace(want, silent=frozenset(still))
    return found


def _new_shift(standing: Standing | None, *, since: datetime) -> bool:
    return (
        standing is not None and standing.shift_started_at is not None and standing.shift_started_at > since
    )


def _owners(picks: Sequence[Pick], standings: dict[int, Standing], *, now: datetime) -> dict[int, Picked]:
    chosen = {pick.manager_id for pick in picks if pick.manager_id is not None}
    if not chosen:
        return {}
    shifts = assignment.selectors.shifts_ahead(chosen, start=now)
    return {
        pick.order_id: Picked(
            user_id=pick.manager_id,
            calendar_code=standings[pick.manager_id].calendar_code,
            shifts=shifts.get(pick.manager_id, ()),
        )
        for pick in picks
        if pick.manager_id is not None
    }


def free_places(candidates: Sequence[Candidate], *, smallest: Decimal) -> int:
    """How many orders of the smallest weight the eligible could take now."""
    if smallest <= 0:
        return 0
    places = 0
    for candidate in candidates:
        if candidate.excluded_because is not None:
            continue
        room = int(max(candidate.capacity - candidate.load, Decimal(0)) / smallest)
        if candidate.offers_cap is not None:
            room = min(room, max(candidate.offers_cap - candidate.offers, 0))
        places += room
    return places
