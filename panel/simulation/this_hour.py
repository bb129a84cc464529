"""What has just happened when the past ends: whoever opens the panel for the first time finds something to do.

Life goes on in between, and by chance nobody might be asked for anything at that very moment.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from orders.models import Order, Payout, PayoutKind
from orders.services import approval_decide
from orders.statuses import Status, Step
from panel.simulation import catalogue, selling, trouble
from panel.simulation.stages import HOUR, MINUTE, hundreds, owner_of
from panel.simulation.world import World

LEAST = 12 * HOUR
"""A shorter past has nothing yet to which it could happen."""

Happens = Callable[[World, Order], None]


def begins(world: World) -> None:
    if world.end - world.now < LEAST:
        return
    met: set[int] = set()
    for before_the_end, which, happens in HAPPENS:
        world.plan(world.end - before_the_end, partial(_to_one, met, which, happens))


def _to_one(met: set[int], which: dict[str, object], happens: Happens, world: World) -> None:
    """To the newest such order to which nothing of this has happened; of those whose owner is at work, if there are."""
    fitting = Order.objects.filter(
        closed_at__isnull=True, price__isnull=False, assigned_manager__isnull=False
    )
    order = _best(fitting.filter(**which).exclude(pk__in=met).order_by("-created_at", "external_id"), world)
    if order is not None:
        met.add(order.pk)
        happens(world, order)


def _best(orders: Iterable[Order], world: World) -> Order | None:
    there = list(orders)
    at_work = (order for order in there if world.at_work(owner_of(order), world.now) == world.now)
    return next(at_work, there[0] if there else None)


def _compensation_is_promised(world: World, order: Order) -> None:
    """Asked for, approved by a lead, and not paid out yet."""
    trouble.complains(world, order)
    amount = hundreds(order.price or Decimal(10_000), 0.05)
    trouble.asks_money(world, order, PayoutKind.COMPENSATION, amount, order.currency, by=owner_of(order))
    approval_decide(
        approval_id=Payout.objects.filter(order=order).latest("pk").approval_id,
        answer="approve",
        reason=catalogue.REASONS_YES[0],
        actor=world.actor(world.leads[0]),
        now=world.now,
    )


def _changes_their_mind(world: World, order: Order) -> None:
    trouble.ask(world, order, "cancel", "client_refused")


def _agrees_at_once(world: World, order: Order) -> None:
    selling.says(world, order, "confirmed")
    selling.agrees_date(world, order)


UNDECIDED: dict[str, object] = {
    "status": Status.AWAITING_PAYMENT,
    "next_action__in": (Step.FOLLOW_UP_CLIENT, Step.RECORD_CLIENT_DECISION),
}
PAID: dict[str, object] = {"next_action__in": (Step.RELEASE, Step.AGREE_DATE_WITH_SELLER, Step.FIX_LOGISTICS)}

HAPPENS: tuple[tuple[timedelta, dict[str, object], Happens], ...] = (
    (50 * MINUTE, {"status": Status.DELIVERED}, _compensation_is_promised),
    (35 * MINUTE, {"status": Status.DELIVERED}, trouble.complains),
    (25 * MINUTE, UNDECIDED, _agrees_at_once),
    (18 * MINUTE, UNDECIDED, partial(selling.says, decision="confirmed")),
    (12 * MINUTE, {"status": Status.READY_FOR_SHIPMENT}, trouble.blocks),
    (3 * MINUTE, UNDECIDED, trouble.wants_discount),
    (2 * MINUTE, PAID, _changes_their_mind),
)
"""So long before the end, to an order like this. What is asked for last is asked too late to be decided by then."""
