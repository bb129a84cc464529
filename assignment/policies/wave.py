"""What a wave of orders is distributed from, and what comes out: plain values, stored with the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A manager as the wave finds them.

    Load and capacity are in the units of the orders' weights; a capacity of zero means never. `offers` are the
    orders not accepted yet, `offers_cap` their limit (None: no limit). `waiting_since` is when they last got
    an order (None: never). `ending_soon`: in the last minutes of the shift, so only if nobody else is eligible.
    `excluded_because` keeps them out of the whole wave: inactive, off_shift, absent, unreachable.
    """

    manager_id: int
    load: Decimal
    capacity: Decimal
    offers: int
    offers_cap: int | None
    waiting_since: datetime | None
    ending_soon: bool
    excluded_because: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that needs a manager.

    `severity_rank`: 0 critical, 1 high, 2 normal; `since`: the moment from which its age counts. `silent` are
    managers who earlier left it unanswered, `restricted` those who may not have it; neither ever gets it here:
    when such a mark lapses, the caller leaves it out.
    """

    order_id: int
    weight: Decimal
    severity_rank: int
    since: datetime
    silent: frozenset[int]
    restricted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pick:
    """Who gets an order, or None, and because of what.

    The loads are the manager's just before and after this order was given to them (zero with nobody); in the
    wave's end they can have less, when another order went from them to somebody with more room.
    `excluded` has those who were no choice for this order at that moment and why: restricted, silent_earlier,
    full, offers_cap, shift_ending. Those whom the snapshot itself excludes are not repeated.
    `because` is one of only_eligible, least_loaded, waited_longest (of equally loaded ones), lowest_id (of those
    who waited equally long), rebalanced, nobody_eligible; then perhaps shift_ending_accepted.
    """

    order_id: int
    manager_id: int | None
    load_before: Decimal
    load_after: Decimal
    excluded: Mapping[int, str]
    because: tuple[str, ...]
