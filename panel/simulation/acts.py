"""What people do, through the services, at the simulated moment. What is refused raises, as at any door."""

from datetime import timedelta
from random import Random

from assignment.models import Absence
from assignment.services import absence_add, order_assign
from core.services.messages import messages_act
from orders.gate import RouteData
from orders.models import Order, Task, TaskStatus
from orders.services import note_add, order_route, orders_intake, task_add, task_done
from orders.statuses import CancelReason
from panel.simulation import catalogue
from panel.simulation.arrivals import Arrival
from panel.simulation.world import World
from rop.services import escalation_acknowledge, escalation_resolve, order_snooze
from rop.words import RESOLVED_BECAUSE, SNOOZED_BECAUSE

HOUR = timedelta(hours=1)


def receive(arrival: Arrival, world: World) -> None:
    """The order comes in by the intake's key."""
    for received in orders_intake(rows=[arrival.order], actor=world.intake, now=world.now):
        world.external_ids[received.order_id] = received.external_id


def accept(order_id: int, user_id: int, world: World) -> None:
    """By the button of its card."""
    _route(world, order_id, user_id, "accept")
    messages_act(template="order_new", order_id=order_id, person_id=user_id, now=world.now)


def cancel(order_id: int, user_id: int, reason_code: str, world: World) -> None:
    _route(world, order_id, user_id, "cancel", RouteData(reason_code=reason_code))


def cancel_deal(order_id: int, user_id: int, world: World) -> None:
    reasons, shares = zip(*catalogue.CANCELS, strict=True)
    reason = world.of_order(order_id, user_id, "why cancelled").choices(reasons, shares)[0]
    cancel(order_id, user_id, CancelReason(reason), world)


def return_to_queue(order_id: int, user_id: int, world: World) -> None:
    reason = world.of_order(order_id, user_id, "why returned").choice(catalogue.RETURNS)
    _route(world, order_id, user_id, "return_to_queue", RouteData(reason=reason))


def write_note(order_id: int, user_id: int, number: int, world: World) -> None:
    """While the order is theirs and open; nobody writes about what is over."""
    if _is_with(order_id, user_id):
        _note(world, order_id, user_id, catalogue.NOTES, world.of_order(order_id, user_id, "note", number))


def answer(order_id: int, user_id: int, world: World) -> None:
    _note(world, order_id, user_id, catalogue.ANSWERS, world.of_order(order_id, user_id, "answer"))


def ask_owner(order_id: int, user_id: int, world: World) -> None:
    """A note of the lead that mentions the owner."""
    owner_id = Order.objects.values_list("assigned_manager_id", flat=True).get(pk=order_id)
    luck = world.of_order(order_id, user_id, "question")
    mentions = [owner_id] if owner_id is not None else []
    _note(world, order_id, user_id, catalogue.QUESTIONS, luck, *mentions)


def add_task(order_id: int, user_id: int, lasts: timedelta, world: World) -> None:
    if not _is_with(order_id, user_id):
        return
    task_add(
        order_id=order_id,
        title=world.of_order(order_id, user_id, "which task").choice(catalogue.TASKS),
        owner_id=user_id,
        due_at=world.now + lasts,
        actor=world.actor(user_id),
        now=world.now,
    )


def finish_task(order_id: int, user_id: int, world: World) -> None:
    """Those that were given by hand."""
    open_tasks = Task.objects.filter(order=order_id, owner=user_id, status=TaskStatus.OPEN, kind="general")
    for task_id in list(open_tasks.order_by("pk").values_list("pk", flat=True)):
        task_done(task_id=task_id, actor=world.actor(user_id), now=world.now)


def reassign(order_id: int, user_id: int, world: World) -> None:
    """A lead gives the order to somebody else who is at work now."""
    owner_id = Order.objects.values_list("assigned_manager_id", flat=True).get(pk=order_id)
    others = [
        other
        for other in world.managers
        if other != owner_id and world.at_work(other, world.now) == world.now
    ]
    if owner_id is None or not others:
        return
    order_assign(
        order_id=order_id,
        manager_id=world.of_order(order_id, user_id, "to whom").choice(others),
        actor=world.actor(user_id),
        seen_version=None,
        now=world.now,
    )


def acknowledge(order_id: int, user_id: int, world: World) -> None:
    escalation_acknowledge(order_id=order_id, actor=world.actor(user_id), now=world.now)


def snooze(order_id: int, user_id: int, lasts: timedelta, world: World) -> None:
    why = world.of_order(order_id, user_id, "why snoozed").choice(list(SNOOZED_BECAUSE))
    order_snooze(
        order_id=order_id, until=world.now + lasts, why=why, actor=world.actor(user_id), now=world.now
    )


def resolve(order_id: int, user_id: int, world: World) -> None:
    reason = world.of_order(order_id, user_id, "why resolved").choice(list(RESOLVED_BECAUSE))
    escalation_resolve(order_id=order_id, reason=reason, actor=world.actor(user_id), now=world.now)


def plan_absence(manager_user_id: int, lasts: timedelta, world: World) -> None:
    """A lead writes down that somebody leaves in an hour."""
    manager = world.managers[manager_user_id]
    luck = world.luck("absence", manager.user.username, f"{world.now - world.end}")
    absence: Absence = absence_add(
        manager_id=manager.pk,
        starts_at=world.now + HOUR,
        ends_at=world.now + HOUR + lasts,
        actor=world.actor(world.leads[0]),
        now=world.now,
        reason=luck.choice(catalogue.ABSENCES),
    )
    world.is_away(absence)


def _route(world: World, order_id: int, user_id: int, route: str, data: RouteData | None = None) -> None:
    order_route(
        order_id=order_id,
        route=route,
        actor=world.actor(user_id),
        seen_version=None,
        now=world.now,
        data=data,
    )


def _note(
    world: World, order_id: int, user_id: int, texts: tuple[str, ...], luck: Random, *mentions: int
) -> None:
    note_add(
        order_id=order_id,
        text=luck.choice(texts),
        actor=world.actor(user_id),
        now=world.now,
        mentions=mentions,
    )


def _is_with(order_id: int, user_id: int) -> bool:
    return Order.objects.filter(pk=order_id, assigned_manager=user_id, closed_at__isnull=True).exists()
