"""The few numbers that every page shows: what waits, what burns, what is in the lead's inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import User
from orders.models import Order
from orders.selectors import orders_overdue
from panel import inbox, moment

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


def pulse_for(request: HttpRequest) -> Pulse:
    user = request.user
    if not isinstance(user, User):
        return Pulse(burning=0)
    if not user.has_perm("orders.see_all"):
        return _kept(request, f"own:{user.pk}", lambda now: Pulse(burning=_count(_burning(now, of=user))))
    everybody = _kept(request, "all", _everybodys)
    return everybody if user.has_perm("orders.act_on_any") else Pulse(everybody.burning, everybody.waiting)


def said(number: int) -> str:
    return f"{CAP}+" if number >= CAP else str(number)


def forget() -> None:
    """After something was done here: the next page shows it in its numbers."""
    cache.delete("panel:pulse:all")


def _everybodys(now: datetime) -> Pulse:
    waiting = Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True)
    return Pulse(_count(_burning(now)), _count(waiting), inbox.count(now=now))


def _burning(now: datetime, of: User | None = None) -> QuerySet[Order]:
    burning = orders_overdue(Order.objects.all(), now=now)
    return burning if of is None else burning.filter(assigned_manager=of)


def _count(rows: QuerySet[Order]) -> int:
    return rows.order_by()[:CAP].count()


def _kept(request: HttpRequest, whose: str, make: Callable[[datetime], Pulse]) -> Pulse:
    key = f"panel:pulse:{whose}"
    pulse: Pulse | None = cache.get(key)
    if pulse is None:
        pulse = make(moment.now(request))
        cache.set(key, pulse, KEPT_SECONDS)
    return pulse
