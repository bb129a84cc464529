"""The few numbers that every page shows: what waits, what burns, what is in the inbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import User
from orders.models import Order
from orders.selectors import orders_overdue
from orders.services.approvals import DECIDE
from panel import inbox, moment
from panel.inbox.approvals import counts_by_asker

Numbers = TypeVar("Numbers")

KEPT_SECONDS = 5
"""How old these numbers may be: every page asks for them, a few seconds don't matter."""

CAP = 1000
"""So far things are counted; so many are said to be "1000+"."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """`waiting` and `inbox` are None for whoever has nothing to do with them; counts stop at `CAP`."""

    burning: int
    waiting: int | None = None
    inbox: int | None = None


@dataclass(frozen=True, slots=True)
class Everybodys:
    """The same for all who see everything. `asked`: how many requests each person waits for a decision about."""

    burning: int
    waiting: int
    inbox: int
    asked: Mapping[int, int]


def pulse_for(request: HttpRequest) -> Pulse:
    user = request.user
    if not isinstance(user, User):
        return Pulse(burning=0)
    if not user.has_perm("orders.see_all"):
        return _kept(request, f"own:{user.pk}", lambda now: Pulse(burning=_count(_burning(now, of=user))))
    everybody = _kept(request, "all", _everybodys)
    return Pulse(everybody.burning, everybody.waiting, _inbox_of(user, everybody))


def _inbox_of(user: User, everybody: Everybodys) -> int | None:
    """What leads share, and what others ask for where this person decides."""
    if not user.has_perm(inbox.LEADS) and not user.has_perm(DECIDE):
        return None
    shared = everybody.inbox if user.has_perm(inbox.LEADS) else 0
    asked = sum(everybody.asked.values()) - everybody.asked.get(user.pk, 0) if user.has_perm(DECIDE) else 0
    return shared + asked


def said(number: int) -> str:
    return f"{CAP}+" if number >= CAP else str(number)


def forget() -> None:
    """After something was done here: the next page shows it in its numbers."""
    cache.delete("panel:pulse:all")


def _everybodys(now: datetime) -> Everybodys:
    waiting = _count(Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True))
    return Everybodys(
        burning=_count(_burning(now)),
        waiting=waiting,
        # However many wait for a manager, in the inbox it is one thing.
        inbox=inbox.count(now=now, known={"waiting": min(waiting, 1)}),
        asked=counts_by_asker(),
    )


def _burning(now: datetime, of: User | None = None) -> QuerySet[Order]:
    burning = orders_overdue(Order.objects.all(), now=now)
    return burning if of is None else burning.filter(assigned_manager=of)


def _count(rows: QuerySet[Order]) -> int:
    return rows.order_by()[:CAP].count()


def _kept(request: HttpRequest, whose: str, make: Callable[[datetime], Numbers]) -> Numbers:
    key = f"panel:pulse:{whose}"
    numbers: Numbers | None = cache.get(key)
    if numbers is None:
        numbers = make(moment.now(request))
        cache.set(key, numbers, KEPT_SECONDS)
    return numbers
