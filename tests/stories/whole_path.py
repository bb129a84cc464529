"""The whole path of one order, as every door can go it: when what happens, and what its history says afterwards.

Worked out by hand: it comes in on Monday at noon, the client thinks for two days, papers stand in the way of the
shipment for a while, and the parcel is delivered on Saturday.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.models import Order, StatusEvent
from tests.stories.company import moment

AT: dict[str, datetime] = {
    "intake": moment("12:00"),
    "accept": moment("12:10"),
    "answers": moment("13:00"),
    "complete_inspection": moment("14:00"),
    "thinks": moment("15:00"),
    "thinks_until": moment("15:00", day=2),
    "confirmed": moment("16:00", day=2),
    "payment": moment("17:00", day=2),
    "seller_date": moment("17:30", day=2),
    "release_to_ship": moment("18:00", day=2),
    "blocker": moment("10:00", day=3),
    "resolved": moment("11:00", day=3),
    "ship": moment("12:00", day=3),
    "tracking": moment("12:30", day=5),
    "deliver": moment("15:00", day=5),
    "closed": moment("15:00", day=19),
}
"""What happens when, by the steps of the path."""


@dataclass(frozen=True)
class Passed:
    """A route that was taken, and how long after the order had come in."""

    route: str
    after: timedelta


PATH = (
    Passed("intake", timedelta(0)),
    Passed("accept", timedelta(minutes=10)),
    Passed("complete_inspection", timedelta(hours=2)),
    Passed("release_to_ship", timedelta(days=2, hours=6)),
    Passed("ship", timedelta(days=3)),
    Passed("deliver", timedelta(days=5, hours=3)),
)
"""What every door's history of it has to say."""


def passed(order: Order) -> tuple[Passed, ...]:
    """The routes of an order with their times, whichever doors they were taken through."""
    events = list(StatusEvent.objects.filter(order=order).order_by("sequence"))
    return tuple(Passed(event.route, event.at - events[0].at) for event in events)
