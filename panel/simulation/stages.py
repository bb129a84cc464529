"""What becomes of an order, stage by stage: whoever has it does the next thing when they are at work.

An act of a stage is done only while the order still stands there: what was planned for an order that went back, was
cancelled or came further by another hand is forgotten.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from orders.gate import RouteData
from orders.models import Order
from orders.services import order_route
from orders.statuses import Step
from panel.simulation.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

OfStage = Callable[[World, Order], None]


def later(world: World, order: Order, after: timedelta, act: OfStage) -> None:
    """By the order's owner, at work, unless it stands elsewhere by then."""
    world.plan(world.now + after, partial(_in_stage, order.pk, order.status_sequence, act))


def by_finance(world: World, order: Order, after: timedelta, act: OfStage) -> None:
    """In office hours, unless the order stands elsewhere by then."""
    world.plan(world.at_desk(world.now + after), partial(_at_desk, order.pk, order.status_sequence, act))


def take(world: World, order: Order, route: str, *, reason: str = "", reason_code: str = "") -> None:
    """The route, by the owner, and what begins with it."""
    order_route(
        order_id=order.pk,
        route=route,
        actor=world.actor(owner_of(order)),
        seen_version=None,
        now=world.now,
        data=RouteData(reason=reason, reason_code=reason_code),
    )
    goes_on(world, order.pk)


def goes_on(world: World, order_id: int) -> None:
    """What begins where the order stands now."""
    order = Order.objects.get(pk=order_id)
    if order.status in world.stages:
        world.stages[order.status](world, order)


def hundreds(amount: Decimal, share: float = 1.0) -> Decimal:
    """This share of an amount, as people agree on it."""
    return max(Decimal(int(amount * Decimal(share)) // 100 * 100), Decimal(100))


def owner_of(order: Order) -> int:
    assert order.assigned_manager_id is not None
    return order.assigned_manager_id


def _in_stage(order_id: int, sequence: int, act: OfStage, world: World) -> None:
    order = _still(order_id, sequence)
    if order is None or order.assigned_manager_id is None:
        return
    at: datetime = world.at_work(order.assigned_manager_id, world.now)
    if at > world.now:
        world.plan(at, partial(_in_stage, order_id, sequence, act))
    elif order.next_action == Step.DECIDE_APPROVAL:
        # Whatever is done to the order now would make the request that waits an old one.
        world.plan(world.now + HOUR, partial(_in_stage, order_id, sequence, act))
    else:
        act(world, order)


def _at_desk(order_id: int, sequence: int, act: OfStage, world: World) -> None:
    if (order := _still(order_id, sequence)) is not None:
        act(world, order)


def _still(order_id: int, sequence: int) -> Order | None:
    return Order.objects.filter(pk=order_id, status_sequence=sequence, closed_at__isnull=True).first()
