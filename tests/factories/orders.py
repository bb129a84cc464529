"""Orders with their history and their owners, and what hangs on them."""

from typing import Any

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from assignment.models import Assignment, AssignmentState, Snapshot
from core.actors import ActorKind, Door
from orders.models import Note, Order, Route, StatusEvent, Task
from orders.statuses import Status, Step, Whose
from tests.factories.moments import HOUR, NOW
from tests.factories.people import UserFactory

ONWARD = [
    ("intake", Status.PENDING_MANAGER),
    ("accept", Status.UNDER_INSPECTION),
    ("complete_inspection", Status.AWAITING_PAYMENT),
    ("release_to_ship", Status.READY_FOR_SHIPMENT),
    ("ship", Status.IN_TRANSIT),
    ("deliver", Status.DELIVERED),
]
ENDS = {Status.CANCELLED: "cancel", Status.REJECTED: "reject"}


def history_to(status: str) -> list[tuple[str, str]]:
    """The shortest way to a status, as (route, status it leads to)."""
    if status in ENDS:
        return [ONWARD[0], (ENDS[Status(status)], status)]
    reached = [goes_to for _route, goes_to in ONWARD]
    return [*ONWARD[: reached.index(Status(status)) + 1]]


class RouteFactory(DjangoModelFactory):
    """Only the owner of the tables can write one."""

    class Meta:
        model = Route

    route = factory.Sequence("route{}".format)
    to_status = Status.CANCELLED


class OrderFactory(DjangoModelFactory):
    """An order with its whole history and, with `owned=True`, its owner and their assignment.

    `build()` gives the bare row. A status later than `pending_manager` needs an owner; `closed_at` closes it.
    """

    class Meta:
        model = Order

    class Params:
        owned = factory.Trait(
            assigned_manager=factory.SubFactory(UserFactory),
            next_action=Step.ACCEPT_ORDER,
            next_action_whose=Whose.MANAGER,
        )

    external_id = factory.Sequence("shop-{}".format)
    intake_hash = factory.Sequence("{:064x}".format)
    client_name = "Ivan Ivanov"
    item = "Camera"
    created_at = NOW
    updated_at = NOW
    status = Status.PENDING_MANAGER
    status_since = NOW
    status_sequence = factory.LazyAttribute(lambda order: len(history_to(order.status)))
    moved_at = NOW
    due_at = NOW + HOUR
    next_action = Step.ASSIGN_MANAGER
    next_action_whose = Whose.ROP
    next_action_due = NOW + HOUR
    wake_at = NOW + HOUR

    @classmethod
    def _create(cls, model_class: type[Order], *args: Any, **kwargs: Any) -> Order:
        with transaction.atomic():
            order: Order = super()._create(model_class, *args, **kwargs)
            came_from = ""
            for sequence, (route, status) in enumerate(history_to(order.status), 1):
                StatusEventFactory(
                    order=order, sequence=sequence, route=route, from_status=came_from, to_status=status
                )
                came_from = status
            if order.assigned_manager_id is not None:
                AssignmentFactory(order=order, manager=order.assigned_manager, **_standing(order))
        return order


def _standing(order: Order) -> dict[str, Any]:
    if order.closed_at is not None:
        return {"state": AssignmentState.CLOSED, "ended_at": order.closed_at}
    if order.status == Status.PENDING_MANAGER:
        return {}
    return {"state": AssignmentState.ACCEPTED, "accepted_at": NOW}


class StatusEventFactory(DjangoModelFactory):
    """The acceptance of an order, without moving the order."""

    class Meta:
        model = StatusEvent

    order = factory.SubFactory(OrderFactory, owned=True)
    sequence = 2
    route = "accept"
    from_status = Status.PENDING_MANAGER
    to_status = Status.UNDER_INSPECTION
    actor_kind = ActorKind.AGENT
    door = Door.API
    at = NOW


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    order = factory.SubFactory(OrderFactory)
    title = "Ask for the serial number"
    owner = factory.SubFactory(UserFactory)
    due_at = NOW + HOUR
    created_at = NOW


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Note

    order = factory.SubFactory(OrderFactory)
    text = "The client calls back on Tuesday."
    author = factory.SubFactory(UserFactory)
    at = NOW


class SnapshotFactory(DjangoModelFactory):
    class Meta:
        model = Snapshot

    at = NOW
    candidates = factory.LazyFunction(list)


class AssignmentFactory(DjangoModelFactory):
    """An offer to a manager, without making them the order's owner."""

    class Meta:
        model = Assignment

    order = factory.SubFactory(OrderFactory)
    round = 1
    manager = factory.SubFactory(UserFactory)
    assigned_at = NOW
    by_kind = ActorKind.ROP
