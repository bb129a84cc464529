from datetime import datetime

from django.db.models import Min

from orders.models import Order
from rop.models import Audit


def loop_lag_seconds(*, now: datetime) -> float:
    """How late the oldest order is that ought to have been looked at by now; 0 when nothing is due."""
    oldest = Order.objects.filter(closed_at__isnull=True, wake_at__lt=now).aggregate(oldest=Min("wake_at"))[
        "oldest"
    ]
    return max((now - oldest).total_seconds(), 0.0) if oldest else 0.0


def orders_due(at_most: int, *, now: datetime) -> int:
    """How many orders ought to be looked at by now, counted up to `at_most`."""
    return Order.objects.filter(closed_at__isnull=True, wake_at__lte=now).order_by()[:at_most].count()


def orders_waiting(at_most: int) -> int:
    """How many open orders have no owner, counted up to `at_most`."""
    return (
        Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True)
        .order_by()[:at_most]
        .count()
    )


def last_audit() -> Audit | None:
    return Audit.objects.order_by("-id").first()
