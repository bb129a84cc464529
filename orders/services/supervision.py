from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from core import bulk, work
from orders.models import Order
from orders.statuses import Status, Step, Whose

UNLOOKED_STEP = timedelta(seconds=60)
"""How long the placeholder step stands before it counts as late."""


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
    wake_by_sweep(theirs, now=now)


def wake_by_sweep(orders: QuerySet[Order], *, now: datetime) -> int:
    """AI-РОП looks at these orders in its next sweep. Returns how many it would have left alone until later."""
    locked = list(orders.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return Order.objects.filter(pk__in=locked, wake_at__gt=now).update(wake_at=now)


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
