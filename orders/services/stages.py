"""What a change of status begins and ends besides the status itself."""

from datetime import datetime

from orders.models import Inspection, Order
from orders.services.inspections import inspection_begin
from orders.services.measures import measure_write
from orders.statuses import Status


def stage_changed(order: Order, *, came_from: str, now: datetime) -> None:
    """The order has just come to its status from this one; its row is locked."""
    if order.status == Status.UNDER_INSPECTION:
        inspection_begin(order, now=now)
    elif came_from == Status.UNDER_INSPECTION and order.status != Status.PENDING_MANAGER:
        _end_inspection(order, now=now)


def _end_inspection(order: Order, *, now: datetime) -> None:
    """What is inspected further by the next manager stays current; anything else is over."""
    current = Inspection.objects.select_related("template").filter(order=order, ended_at__isnull=True).first()
    if current is None:
        return
    current.ended_at = now
    current.save(update_fields=["ended_at"])
    if order.status == Status.AWAITING_PAYMENT:
        measure_write(order, current, now=now)
