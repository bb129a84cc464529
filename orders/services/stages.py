"""What a change of status begins and ends besides the status itself."""

from datetime import datetime

from core.actors import Actor
from orders.models import Inspection, Order, TaskStatus, Whom
from orders.services.contacts import contact_task
from orders.services.inspecting import inspection_begin, inspection_current, verdict_drop
from orders.services.measures import measure_write
from orders.services.tasks import tasks_end
from orders.services.verdicts import DECIDE
from orders.statuses import Status

CALLED_OFF = frozenset({Status.CANCELLED, Status.REJECTED})
CONTACTS = [contact_task(whom) for whom in Whom]


def stage_changed(order: Order, *, came_from: str, actor: Actor, now: datetime) -> None:
    """The order has just come to its status from this one; its row is locked."""
    if order.status == Status.UNDER_INSPECTION:
        inspection_begin(order, now=now)
    elif came_from == Status.UNDER_INSPECTION and (current := inspection_current(order)) is not None:
        _leave(order, current, actor=actor, now=now)
    if order.status in CALLED_OFF:
        # Nobody has to be called back about an order that is off.
        tasks_end(order, kinds=CONTACTS, status=TaskStatus.CANCELLED, actor=actor, now=now)


def _leave(order: Order, inspection: Inspection, *, actor: Actor, now: datetime) -> None:
    """Back in the queue, the next manager goes on with the answers and gives a verdict of their own.

    Anywhere else, what was to be decided about it has been.
    """
    if order.status == Status.PENDING_MANAGER:
        verdict_drop(inspection, now=now)
        inspection.save(update_fields=["verdict", "decision"])
        tasks_end(order, kinds=[DECIDE], status=TaskStatus.CANCELLED, actor=actor, now=now)
        return
    inspection.ended_at = now
    inspection.save(update_fields=["ended_at"])
    tasks_end(order, kinds=[DECIDE], status=TaskStatus.DONE, actor=actor, now=now)
    if inspection.verdict:
        measure_write(order, inspection, now=now)
