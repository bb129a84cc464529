"""Of which orders the files can be that a person sends without saying so."""

from orders.models import Order
from orders.statuses import Status, Step

TAKEN_AT = frozenset({Status.UNDER_INSPECTION, Status.IN_TRANSIT})
"""Where a file has its place: in the inspection, or as a proof of the delivery."""


def orders_for_files(person_id: int | None) -> list[Order]:
    """The person's own, the most urgent first: what is inspected and what has to arrive; else what is on its way."""
    own = Order.objects.filter(
        assigned_manager_id=person_id, status__in=TAKEN_AT, closed_at__isnull=True
    ).order_by("queue_key", "pk")
    found = list(own)
    return [order for order in found if _wants_files(order)] or found


def _wants_files(order: Order) -> bool:
    return order.status == Status.UNDER_INSPECTION or order.next_action == Step.CONFIRM_DELIVERY
