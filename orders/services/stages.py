"""What a change of status begins and ends besides the status itself."""

from datetime import datetime

from core.actors import Actor
from orders.models import ApprovalAction, Inspection, Order, TaskStatus, Whom
from orders.services.approvals import approvals_withdraw
from orders.services.blockers import blockers_over
from orders.services.contacts import contact_task
from orders.services.inspecting import inspection_begin, inspection_current, verdict_drop
from orders.services.measures import measure_write
from orders.services.payouts import money_settle
from orders.services.shipments import logistics_begin_anew
from orders.services.tasks import FOLLOW_UP, TRACK, UNDECIDED, tasks_end
from orders.services.verdicts import DECIDE
from orders.statuses import CALLED_OFF, FINAL, Status

CONTACTS = [contact_task(whom) for whom in Whom]
OF_A_STAGE = [FOLLOW_UP, UNDECIDED, TRACK]


def stage_changed(order: Order, *, came_from: str, actor: Actor, now: datetime) -> None:
    """The order has just come to its status from this one; its row is locked."""
    _end_what_was_of_the_stage(order, actor=actor, now=now)
    if order.status == Status.UNDER_INSPECTION:
        inspection_begin(order, now=now)
    elif came_from == Status.UNDER_INSPECTION and (current := inspection_current(order)) is not None:
        _leave(order, current, actor=actor, now=now)
    if came_from == Status.READY_FOR_SHIPMENT and order.status == Status.UNDER_INSPECTION:
        logistics_begin_anew(order, keep_seller=False, actor=actor, now=now)
    if came_from == Status.IN_TRANSIT and order.status == Status.READY_FOR_SHIPMENT:
        logistics_begin_anew(order, keep_seller=True, actor=actor, now=now)
    if order.status in FINAL:
        blockers_over(order, actor=actor, now=now)
    if order.status in CALLED_OFF:
        # Nobody has to be called back about an order that is off.
        tasks_end(order, kinds=CONTACTS, status=TaskStatus.CANCELLED, actor=actor, now=now)
        money_settle(order, actor=actor, now=now)


def _end_what_was_of_the_stage(order: Order, *, actor: Actor, now: datetime) -> None:
    """What was to be asked or looked for has been, or is not needed any more; so are requests about another step."""
    status = TaskStatus.CANCELLED if order.status in CALLED_OFF else TaskStatus.DONE
    tasks_end(order, kinds=OF_A_STAGE, status=status, actor=actor, now=now)
    for action in (ApprovalAction.ROUTE, ApprovalAction.PRICE):
        approvals_withdraw(order, action=action, actor=actor, now=now)


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
