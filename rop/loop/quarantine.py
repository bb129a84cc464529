"""Orders that could not be looked at: set aside with a back-off, an entry and a place in the lead's inbox."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from core import actors, journal
from orders.models import Order
from orders.services import orders_unlooked
from rop.models import Quarantine

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=1)


def backoff(attempts: int) -> timedelta:
    """30 s, then twice as long each time, at most an hour."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_RETRY * doublings, LAST_RETRY)


@transaction.atomic
def quarantine(order_id: int, error: Exception, *, now: datetime) -> None:
    """Set this order aside. Its placeholder step says that AI-РОП looks again."""
    name = type(error).__name__
    log.error("order_quarantined", order=order_id, error=name, exc_info=error)
    row, created = Quarantine.objects.get_or_create(
        order_id=order_id, defaults={"attempts": 1, "error": name, "since": now, "next_at": now + FIRST_RETRY}
    )
    if not created:
        row.attempts += 1
        row.error = name
        row.next_at = now + backoff(row.attempts)
        row.save(update_fields=["attempts", "error", "next_at"])
    orders_unlooked([order_id], now)
    Order.objects.filter(pk=order_id).update(wake_at=row.next_at)
    record = journal.Record(
        kind="loop.quarantined", order_id=order_id, output={"error": name, "attempts": row.attempts}
    )
    journal.write([record], actor=actors.rop(), now=now)


def release(order_ids: Iterable[int]) -> None:
    """These could be looked at: whatever was wrong is over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rop_quarantine WHERE order_id = ANY(%s)", [list(order_ids)])
