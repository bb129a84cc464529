"""What the role above knows of orders, for their pictures and filters. Named by settings, as the look is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from orders.selectors import Orders


def standings(order_ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """By order: what is open of the ladder, and until when it is snoozed. A fixed number of queries."""
    found: Mapping[int, Mapping[str, Any]] = import_string(settings.ROP_STANDINGS)(order_ids)
    return found


def stuck(orders: Orders, *, level: int, now: datetime) -> Orders:
    """Those that stand still, by the thresholds in force."""
    found: Orders = import_string(settings.ROP_STUCK)(orders, level=level, now=now)
    return found
