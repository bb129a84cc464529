"""Reading money across orders: what is due to come in, what came in."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from orders.models import ClientDecision, ClientSaid, Order, Payment, Payout, PayoutKind, PayoutState
from orders.selectors.orders import Orders
from orders.statuses import Status

AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=2)


def payments_due() -> Orders:
    """Orders whose client has confirmed and not paid in full, the oldest first, each with `confirmed_at`.

    Walks the orders that await payment until a page of them is found; nothing of it is counted.
    """
    said = ClientDecision.objects.filter(order=OuterRef("pk"), stage=OuterRef("status_sequence"))
    last = said.order_by("-pk")
    awaiting = Order.objects.filter(status=Status.AWAITING_PAYMENT, closed_at__isnull=True)
    confirmed = awaiting.annotate(
        said=Subquery(last.values("decision")[:1]), confirmed_at=Subquery(last.values("at")[:1])
    ).filter(said=ClientSaid.CONFIRMED)
    return _unpaid(confirmed, Q(price__isnull=True) | Q(price=0))


def payments_gone() -> Orders:
    """Orders that were released and whose money has gone back since, or whose price rose: they wait for it again."""
    released = Order.objects.filter(status=Status.READY_FOR_SHIPMENT, closed_at__isnull=True)
    return _unpaid(released.annotate(confirmed_at=Value(None, output_field=DateTimeField())), Q())


def _unpaid(orders: Orders, or_else: Q) -> Orders:
    payments = Payment.objects.filter(order=OuterRef("pk"), currency=OuterRef("currency"))
    refunds = Payout.objects.filter(
        order=OuterRef("pk"),
        currency=OuterRef("currency"),
        kind=PayoutKind.REFUND,
        state__in=[PayoutState.APPROVED, PayoutState.PAID],
    )
    held = orders.annotate(held=_sum(payments) - _sum(refunds))
    unpaid = held.filter(or_else | Q(held__lt=F("price")))
    return unpaid.select_related("assigned_manager").order_by("pk")


def _sum(entries: QuerySet[Any]) -> Coalesce:
    total = entries.order_by().values("order").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=AMOUNT), Value(0, output_field=AMOUNT))


# From one currency to the next by the index: DISTINCT would read every payment that ever came in.
_CURRENCIES = """
    WITH RECURSIVE known AS (
        (SELECT currency FROM orders_payment ORDER BY currency LIMIT 1)
         UNION ALL
        SELECT (SELECT p.currency FROM orders_payment p WHERE p.currency > known.currency ORDER BY p.currency LIMIT 1)
          FROM known WHERE known.currency IS NOT NULL
    )
    SELECT currency FROM known WHERE currency IS NOT NULL
"""


def payment_currencies() -> list[str]:
    """In which something came in, by their codes. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES)
        return [code for (code,) in cursor.fetchall()]


def payments_newest(*, order_ids: Collection[int] | None = None, document: str = "") -> QuerySet[Payment]:
    """The newest first, with their orders and who recorded them; of these orders or with this document."""
    found = Payment.objects.select_related("order", "by", "corrected_by").order_by("-at", "-pk")
    if order_ids is None:
        return found
    return found.filter(Q(order__in=order_ids) | Q(document__iexact=document))
