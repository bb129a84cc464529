"""What people are asked for by AI-РОП and by each other, and what comes of it."""

from collections.abc import Callable, Mapping
from functools import partial

from orders.gate import RouteData
from orders.models import Approval, ApprovalState, Order, Task, TaskStatus
from orders.services import (
    ApprovalRefused,
    approval_decide,
    contact_add,
    inspection_decide,
    order_route,
    task_done,
)
from orders.statuses import Status, Step
from panel.simulation import catalogue, inspecting, selling, trouble
from panel.simulation.stages import HOUR, OfStage, goes_on, later, take
from panel.simulation.world import World

SAYS_YES = 0.85
GOES_ON = 0.3
STOLEN, ONCE_MORE, DISCOUNT = 0.02, 0.02, 0.04

# ── stages ──


def _waits_for_client(world: World, order: Order) -> None:
    """What is asked comes as tasks; here only what does not go by plan."""
    luck = world.about(order.pk, "after the inspection", order.status_sequence)
    draw = luck.random()
    if draw < ONCE_MORE:
        later(world, order, luck.uniform(1, 8) * HOUR, partial(trouble.ask, route="reinspect"))
    elif draw < ONCE_MORE + DISCOUNT:
        later(world, order, luck.uniform(0.2, 3) * HOUR, trouble.wants_discount)


def _inspected(world: World, order: Order) -> None:
    inspecting.begins(world, order)
    luck = world.about(order.pk, "stolen")
    if luck.random() < STOLEN:
        later(world, order, luck.uniform(0.3, 3) * HOUR, trouble.is_stolen)


def _is_off(world: World, order: Order) -> None:
    """What the client has paid is a lead's to give back."""
    luck = world.about(order.pk, "is off")
    for owner_id in _about_money(order):
        world.plan(world.now + luck.uniform(0.2, 3) * HOUR, partial(does_tasks, order.pk, owner_id))


STAGES: Mapping[str, Callable[[World, Order], None]] = {
    Status.UNDER_INSPECTION: _inspected,
    Status.AWAITING_PAYMENT: _waits_for_client,
    Status.READY_FOR_SHIPMENT: selling.arranges,
    Status.IN_TRANSIT: selling.travels,
    Status.DELIVERED: selling.arrived,
    Status.CANCELLED: _is_off,
    Status.REJECTED: _is_off,
}
"""What begins when an order comes to a status."""


# ── tasks ──


def _decides_undecided(world: World, order: Order, task: Task) -> None:
    """A lead asks the client once more, or gives the order up."""
    luck = world.about(order.pk, "undecided", order.status_sequence, task.number)
    if luck.random() < GOES_ON:
        selling.confirms(world, order)
    else:
        _cancel(world, order, task.owner_id, "undecided")


def _decides_inspection(world: World, order: Order, task: Task) -> None:
    luck = world.about(order.pk, "not fit", order.status_sequence)
    if luck.random() >= GOES_ON:
        _cancel(world, order, task.owner_id, "failed_inspection")
        return
    inspection_decide(
        order_id=order.pk,
        decision="go_on",
        reason=luck.choice(catalogue.REASONS_YES),
        actor=world.actor(task.owner_id),
        now=world.now,
    )
    later(world, order, HOUR, partial(take, route="complete_inspection"))


def _contacts(world: World, order: Order, task: Task) -> None:
    contact_add(
        order_id=order.pk,
        whom=task.kind.removeprefix("contact_"),
        channel="phone",
        outcome="reached",
        actor=world.actor(task.owner_id),
        now=world.now,
    )


def _done(world: World, order: Order, task: Task) -> None:
    task_done(task_id=task.pk, actor=world.actor(task.owner_id), now=world.now)


TASKS: Mapping[str, Callable[[World, Order, Task], None]] = {
    "contact_seller": _contacts,
    "contact_client": _contacts,
    "follow_up": selling.asks_client,
    "track": selling.looks_for_it,
    "decide_undecided": _decides_undecided,
    "decide_inspection": _decides_inspection,
    "settle_money": trouble.asks_refund,
    "pay_out": trouble.pays_out,
}
"""How a task is done, by its kind; any other is done by saying so."""


def does_tasks(order_id: int, user_id: int, world: World) -> None:
    """What this person has to do for this order now."""
    order = Order.objects.get(pk=order_id)
    mine = Task.objects.filter(order=order, owner=user_id, status=TaskStatus.OPEN).order_by("pk")
    for task in list(mine):
        TASKS.get(task.kind, _done)(world, order, task)


NEXT: Mapping[str, OfStage] = {
    Step.CONTACT_SELLER: inspecting.talks,
    Step.FILL_INSPECTION: inspecting.answers,
    Step.ATTACH_EVIDENCE: inspecting.answers,
    Step.COMPLETE_INSPECTION: inspecting.concludes,
    Step.AGREE_DATE_WITH_SELLER: selling.agrees_date,
    Step.RELEASE: selling.releases,
    Step.FIX_LOGISTICS: selling.ships,
    Step.SHIP: selling.ships,
    Step.CONFIRM_DELIVERY: selling.arrives,
}
"""What whoever has an order does next, when they are reminded that it stands."""


def takes_it_up(order_id: int, user_id: int, world: World) -> None:
    """An order that was left lying goes on, if it is still theirs."""
    does_tasks(order_id, user_id, world)
    order = Order.objects.get(pk=order_id)
    act = NEXT.get(order.next_action)
    if act is not None and order.assigned_manager_id == user_id and order.closed_at is None:
        act(world, order)


def _cancel(world: World, order: Order, user_id: int, reason_code: str) -> None:
    order_route(
        order_id=order.pk,
        route="cancel",
        actor=world.actor(user_id),
        seen_version=None,
        now=world.now,
        data=RouteData(reason_code=reason_code),
    )
    goes_on(world, order.pk)


# ── four eyes ──


def decides(approval_id: int, user_id: int, world: World) -> None:
    """Yes as a rule; no where the order has changed meanwhile."""
    approval = Approval.objects.get(pk=approval_id)
    if approval.state != ApprovalState.OPEN:
        return
    asked_at = f"{approval.asked_at - world.end}"
    luck = world.about(approval.order_id, "approves", approval.action, approval.route, asked_at)
    decide = partial(approval_decide, approval_id=approval_id, actor=world.actor(user_id), now=world.now)
    # Where the law sees grounds nobody says no.
    if approval.route != "reject" and luck.random() >= SAYS_YES:
        decide(answer="decline", reason=luck.choice(catalogue.REASONS_NO))
        return
    try:
        decide(answer="approve", reason=luck.choice(catalogue.REASONS_YES))
    except ApprovalRefused:
        decide(answer="decline", reason=catalogue.CHANGED)
    else:
        _carried_out(world, approval)


def _carried_out(world: World, approval: Approval) -> None:
    """The order goes on from where it stands now; what it brought to be paid is paid."""
    if approval.route:
        goes_on(world, approval.order_id)
        return
    order = Order.objects.get(pk=approval.order_id)
    luck = world.about(order.pk, "follows", approval.action)
    for owner_id in _about_money(order):
        world.plan(
            world.at_desk(world.now + luck.uniform(0.2, 3) * HOUR), partial(does_tasks, order.pk, owner_id)
        )


def _about_money(order: Order) -> list[int]:
    """Whose tasks are open about money that goes back."""
    tasks = Task.objects.filter(order=order, status=TaskStatus.OPEN, kind__in=("settle_money", "pay_out"))
    return list(tasks.order_by("pk").values_list("owner", flat=True))
