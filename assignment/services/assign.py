from datetime import datetime

from django.utils.translation import gettext as _

from assignment.models import Assignment, AssignmentState, Manager
from assignment.selectors import absences_at
from assignment.services.loads import LoadChange, loads_apply
from core import journal, outbox, work
from core.actors import Actor
from core.models import Importance
from core.refusals import Refusal
from orders import gate
from orders.models import Order
from orders.services import lock_order, tasks_pass, wake
from orders.statuses import Status


class AssignRefused(Refusal):
    """The order can't be given to this person; str() says why. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def order_assign(
    *, order_id: int, manager_id: int, actor: Actor, seen_version: int | None, now: datetime, reason: str = ""
) -> Order:
    """A person gives the order to a manager (by user id), from whoever has it.

    A lead may go past shifts and caps, but not give orders to somebody who takes none. `reason` is kept with the
    assignment, in the lead's own words.
    Raises gate.NotAllowed, gate.StaleVersion, AssignRefused, Order.DoesNotExist.
    """
    asked = {"to": manager_id}
    with work.command("command.assign", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        _check(order, manager_id, actor=actor, seen_version=seen_version, now=now)

        active = Assignment.objects.filter(order=order, ended_at__isnull=True).first()
        if active is not None:
            _end(active, to=manager_id, now=now)
        new = _start(order, active, manager_id, actor=actor, reason=reason, now=now)
        order.assigned_manager_id = manager_id
        order.save_facts("assigned_manager", now=now)
        tasks_pass(order, to=manager_id, actor=actor, now=now)
        _move_load(order, active, new, now=now)

        inputs = {"from": active.manager_id if active else None, "to": manager_id, "round": new.round}
        record = journal.Record(
            kind="command.assign", order_id=order.pk, inputs=inputs, output={"result": "done"}
        )
        journal.write([record], actor=actor, now=now)
        wake([order.pk])
    order.refresh_from_db()
    return order


def _check(order: Order, manager_id: int, *, actor: Actor, seen_version: int | None, now: datetime) -> None:
    if not actor.may("orders.assign"):
        raise gate.NotAllowed(_("Only a lead assigns orders."))
    # Before the version: a second press of the same button hears what is so, not that something has changed.
    if order.closed_at is None and order.assigned_manager_id == manager_id:
        who = {"who": order.assigned_manager, "ref": order.ref}
        raise AssignRefused("same", _("%(who)s has %(ref)s already.") % who)
    if seen_version is not None and seen_version != order.version:
        raise gate.StaleVersion(seen=seen_version, current=order.version)
    if order.closed_at is not None:
        raise AssignRefused("closed", _("The order is closed."))
    manager = Manager.objects.select_related("user").filter(user_id=manager_id).first()
    if manager is None:
        raise AssignRefused("not_a_manager", _("This person is not a manager."))
    if not (manager.active and manager.user.is_active):
        raise AssignRefused("inactive", _("%(name)s takes no orders now.") % {"name": manager})
    # An offer to somebody absent would be taken away by the very look that follows.
    if order.status == Status.PENDING_MANAGER and absences_at(now).filter(manager=manager).exists():
        raise AssignRefused("absent", _("%(name)s takes no orders now.") % {"name": manager})


def _end(active: Assignment, *, to: int, now: datetime) -> None:
    active.state = AssignmentState.REASSIGNED
    active.ended_at = now
    active.save(update_fields=["state", "ended_at"])
    message = outbox.Outgoing(
        template="order_taken",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"order_taken:{active.order_id}:{active.round}",
        person_id=active.manager_id,
        order_id=active.order_id,
        context={"because": AssignmentState.REASSIGNED, "now_with": to},
        thread=f"order:{active.order_id}:user:{active.manager_id}",
        edits=True,
    )
    outbox.post([message], now=now)


def _start(
    order: Order, active: Assignment | None, manager_id: int, *, actor: Actor, reason: str, now: datetime
) -> Assignment:
    last = active or Assignment.objects.filter(order=order).order_by("round").last()
    in_work = order.status != Status.PENDING_MANAGER
    new = Assignment.objects.create(
        order=order,
        round=(last.round if last else 0) + 1,
        manager_id=manager_id,
        # An order that is in work goes over as it is: there is nothing left to accept.
        state=AssignmentState.ACCEPTED if in_work else AssignmentState.OFFERED,
        accepted_at=now if in_work else None,
        assigned_at=now,
        by_kind=actor.kind,
        by_id=actor.id,
        because=["by_hand"],
        reason=reason.strip()[:1000],
    )
    message = outbox.Outgoing(
        template="order_new",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"order_new:{order.pk}:{new.round}",
        person_id=manager_id,
        order_id=order.pk,
        context={"round": new.round},
        thread=f"order:{order.pk}:user:{manager_id}",
    )
    outbox.post([message], now=now)
    return new


def _move_load(order: Order, old: Assignment | None, new: Assignment, *, now: datetime) -> None:
    changes = [
        LoadChange(
            new.manager_id,
            load=order.load_weight,
            offers=int(new.state == AssignmentState.OFFERED),
            open_orders=1,
            assigned_at=now,
        )
    ]
    if old is not None:
        # The state before it ended says whether it was counted among the unaccepted.
        was_offer = old.accepted_at is None
        changes.append(LoadChange(old.manager_id, -order.load_weight, -int(was_offer), -1))
    loads_apply(changes)
