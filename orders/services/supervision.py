from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

from core import bulk, work
from orders.models import Order
from orders.statuses import IN_A_DEAL, Status, Step, Whose

UNLOOKED_STEP = timedelta(seconds=60)
"""How long the placeholder step stands before it counts as late."""

DEALS_A_SECOND = 250
"""Of those that are looked at only because of new terms: a quarter of what a sweep of one process looks at."""


def lock_order(order_id: int) -> Order:
    """The order, locked until the end of the transaction. Raises Order.DoesNotExist."""
    return Order.objects.select_for_update(of=("self",)).get(pk=order_id)


def lock_orders(order_ids: Iterable[int]) -> list[Order]:
    """Locked in ascending id, so that two batches never wait for each other in a circle."""
    return bulk.read_rows(Order, "WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(order_ids)])


def wake(order_ids: Iterable[int]) -> None:
    """AI-РОП looks at these orders before the current unit of work ends."""
    work.current().wake(order_ids, if_unlooked=orders_unlooked)


def wake_orders_of(user_ids: Iterable[int], *, now: datetime) -> None:
    """AI-РОП looks at the open orders of these people: at a few in this unit of work, at many in the next sweep.

    Many would be several looks in one transaction, and the second would wait for the rows of orders while the
    first holds the distribution lock.
    """
    theirs = Order.objects.filter(assigned_manager__in=list(user_ids), closed_at__isnull=True).order_by("pk")
    ids = list(theirs.values_list("pk", flat=True))
    if len(ids) <= work.CHUNK:
        wake(ids)
        return
    locked = list(theirs.select_for_update(of=("self",)).values_list("pk", flat=True))
    Order.objects.filter(pk__in=locked, wake_at__gt=now).update(wake_at=now)


def wake_deals(*, now: datetime) -> int:
    """AI-РОП looks at every open deal in one of its next sweeps, so many a second that what is due meanwhile is not
    late for them. Returns how many it would have left alone until later.

    Each share in a transaction of its own. An order that somebody holds is left out: it is looked at when they let go.
    """
    open_deals = Order.objects.filter(status__in=[*IN_A_DEAL, Status.DELIVERED], closed_at__isnull=True)
    woken, last, at = 0, 0, now
    while True:
        with work.unit_of_work(now):
            share = open_deals.filter(pk__gt=last).order_by("pk").select_for_update(skip_locked=True)
            ids = list(share.values_list("pk", flat=True)[:DEALS_A_SECOND])
            woken += Order.objects.filter(pk__in=ids, wake_at__gt=at).update(wake_at=at)
        if not ids:
            return woken
        last, at = ids[-1], at + timedelta(seconds=1)


def orders_unlooked(order_ids: list[int], now: datetime) -> None:
    """The look failed: a placeholder step that the sweep takes up at once, so that no order is without one."""
    waiting = Q(status=Status.PENDING_MANAGER, assigned_manager__isnull=True)
    Order.objects.filter(pk__in=order_ids, closed_at__isnull=True).update(
        next_action=Case(When(waiting, then=Value(Step.ASSIGN_MANAGER)), default=Value(Step.LOOK_AGAIN)),
        next_action_whose=Whose.ROP,
        next_action_user=None,
        next_action_due=now + UNLOOKED_STEP,
        due_at=Coalesce("due_at", Value(now + UNLOOKED_STEP)),
        wake_at=now,
    )
