"""Which orders come in when: drawn once, before the simulated clock starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from orders.services import NewOrder
from panel.simulation import catalogue
from panel.simulation.luck import luck

HOUR = timedelta(hours=1)
MOST_WAITED = timedelta(minutes=20)
"""At most so long after it was placed an order reaches the company."""


@dataclass(frozen=True, slots=True)
class Arrival:
    at: datetime
    order: NewOrder


def arrivals(*, start: datetime, end: datetime, per_day: float, seed: int, zone: ZoneInfo) -> list[Arrival]:
    """`per_day` orders on average, by the hours of the day, in the order in which they come in."""
    moments = sorted(_moments(luck(seed, "arrivals"), start, end, per_day, zone))
    return [
        Arrival(at, _order(luck(seed, "order", number), f"demo-{seed}-{number:05}", at))
        for number, at in enumerate(moments, 1)
    ]


def _moments(
    chance: Random, start: datetime, end: datetime, per_day: float, zone: ZoneInfo
) -> Iterator[datetime]:
    share = per_day / sum(catalogue.ORDERS_BY_HOUR)
    at = start
    while at < end:
        until = min(at + HOUR, end)
        expected = share * catalogue.ORDERS_BY_HOUR[at.astimezone(zone).hour] * ((until - at) / HOUR)
        for _order_of_the_hour in range(_poisson(chance, expected)):
            yield (at + (until - at) * chance.random()).replace(microsecond=0)
        at = until


def _poisson(chance: Random, expected: float) -> int:
    """How many of independent things happen when so many are expected (Knuth; fine up to some hundreds)."""
    limit, product, count = exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _order(chance: Random, external_id: str, at: datetime) -> NewOrder:
    good = chance.choice(catalogue.GOODS)
    severities = [severity for severity, _share in catalogue.SEVERITIES]
    shares = [share for _severity, share in catalogue.SEVERITIES]
    return NewOrder(
        external_id=external_id,
        client_name=chance.choice(catalogue.CLIENTS),
        client_contact=_phone(chance),
        item=good.name,
        price=Decimal(chance.randrange(good.cheapest, good.dearest, 500)),
        severity=chance.choices(severities, shares)[0],
        seller_name=chance.choice(catalogue.SELLERS),
        seller_contact=_phone(chance),
        ordered_at=at - MOST_WAITED * chance.random(),
    )


def _phone(chance: Random) -> str:
    return f"+7 000 {chance.randrange(1000):03}-{chance.randrange(100):02}-{chance.randrange(100):02}"
