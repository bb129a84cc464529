"""The inside of a wave: orders and managers with whole numbers, which change while the wave is distributed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import lcm

from assignment.policies.wave import Candidate, Wanted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = timedelta.min


@dataclass(slots=True, eq=False)
class Order:
    id: int
    # Weights, loads and capacities are integers here: the decimals of one wave times one power of ten.
    weight: int
    silent: frozenset[int]
    restricted: frozenset[int]
    seat: Seat | None = None
    # The number of the wave's step that gave it to the seat.
    step: int = 0
    load_before: int = 0
    excluded: Mapping[int, str] = field(default_factory=dict)
    because: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[int, frozenset[int], frozenset[int]]:
        """Orders of one kind have the same managers to go to."""
        return self.weight, self.silent, self.restricted


@dataclass(slots=True, eq=False)
class Seat:
    """A manager during the wave."""

    id: int
    load: int
    capacity: int
    # The least common multiple of all capacities ÷ this one: load × unit compares as load ÷ capacity does.
    unit: int
    offers: int
    offers_cap: int | None
    ending: bool
    # (number of the last step that gave them an order, when they last got one before the wave)
    waited: tuple[int, timedelta]
    orders: list[Order] = field(default_factory=list)

    def share(self) -> int:
        return self.load * self.unit

    def share_with(self, order: Order) -> int:
        """The share once the order is here; it may be already."""
        return self.share() if order.seat is self else (self.load + order.weight) * self.unit

    def refuses(self, order: Order) -> str | None:
        """Why the order cannot be here, the shift's end apart."""
        if order.seat is self:
            return None
        if self.id in order.restricted:
            return "restricted"
        if self.id in order.silent:
            return "silent_earlier"
        if self.load + order.weight > self.capacity or not self.capacity:
            return "full"
        if self.offers_cap is not None and self.offers >= self.offers_cap:
            return "offers_cap"
        return None

    def take(self, order: Order) -> None:
        self.orders.append(order)
        self.load += order.weight
        self.offers += 1
        self.waited = (order.step, self.waited[1])

    def release(self, order: Order) -> None:
        self.orders.remove(order)
        self.load -= order.weight
        self.offers -= 1


def orders_of(wanted: Sequence[Wanted], places: int) -> list[Order]:
    """The orders by urgency. ValueError for a repeated one."""
    _refuse_repeats("order", (order.order_id for order in wanted))
    by_urgency = sorted(wanted, key=lambda order: (order.severity_rank, order.since - _EPOCH, order.order_id))
    return [
        Order(
            id=order.order_id,
            weight=_integer(order.weight, places),
            silent=order.silent,
            restricted=order.restricted,
        )
        for order in by_urgency
    ]


def seats_of(candidates: Sequence[Candidate], places: int) -> list[Seat]:
    """The managers whom the snapshot does not exclude, by id. ValueError for a repeated one."""
    _refuse_repeats("manager", (candidate.manager_id for candidate in candidates))
    seated = sorted(
        (candidate for candidate in candidates if candidate.excluded_because is None),
        key=lambda candidate: candidate.manager_id,
    )
    capacities = [_integer(candidate.capacity, places) for candidate in seated]
    common = lcm(*(capacity for capacity in capacities if capacity))
    return [
        Seat(
            id=candidate.manager_id,
            load=_integer(candidate.load, places),
            capacity=capacity,
            unit=common // capacity if capacity else 0,
            offers=candidate.offers,
            offers_cap=candidate.offers_cap,
            ending=candidate.ending_soon,
            waited=(0, _NEVER if candidate.waiting_since is None else candidate.waiting_since - _EPOCH),
        )
        for candidate, capacity in zip(seated, capacities, strict=True)
    ]


def _refuse_repeats(what: str, ids: Iterable[int]) -> None:
    seen: set[int] = set()
    for number in ids:
        if number in seen:
            raise ValueError(f"{what} {number} comes twice in one wave")
        seen.add(number)


def decimal_places(wanted: Sequence[Wanted], candidates: Sequence[Candidate]) -> int:
    """The most decimal places that any number of the wave has; ValueError for what is no amount."""
    return max((_places(value) for value in _amounts(wanted, candidates)), default=0)


def _amounts(wanted: Sequence[Wanted], candidates: Sequence[Candidate]) -> Iterator[Decimal]:
    for order in wanted:
        yield order.weight
    for candidate in candidates:
        yield from (candidate.load, candidate.capacity)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value < 0:
        raise ValueError(f"a weight, load or capacity cannot be {value}")
    return max(0, -exponent)


def _integer(value: Decimal, places: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**places
    return numerator * scale // denominator


def to_decimal(value: int, places: int) -> Decimal:
    return Decimal(f"{value}E-{places}")
