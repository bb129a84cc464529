from datetime import datetime

from core import journal, work
from core.actors import Actor
from orders import gate
from orders.models import Order, StatusEvent
from orders.services.approvals import route_request
from orders.services.stages import stage_changed
from orders.services.supervision import lock_order, wake


def order_route(
    *,
    order_id: int,
    route: str,
    actor: Actor,
    seen_version: int | None,
    now: datetime,
    data: gate.RouteData | None = None,
    asks: bool = False,
) -> Order:
    """Take a route: lock, ask the gate, change, record. Every door calls this and nothing else.

    `asks`: where the route is at risk a second person is asked for it, and the order stays where it is; else that is
    refused like anything that is missing. Raises a gate.Refusal (journalled, nothing changed), ApprovalRefused and
    DealRefused where it asks, Order.DoesNotExist.
    """
    data = data or gate.RouteData()
    # What is no route is a stranger's text: the journal keeps none, and the database can't keep every one.
    asked = {"route": route if route in gate.ROUTES else "unknown"}
    with work.command("command.route", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        # A function of the rows that are locked now: a payment that has come meanwhile is not passed over.
        step = route_request if asks and _is_at_risk(order, route) else route_take
        step(order, route, actor=actor, seen_version=seen_version, data=data, now=now)
        wake([order.pk])
    order.refresh_from_db()
    return order


def _is_at_risk(order: Order, route: str) -> bool:
    spec = gate.ROUTES.get(route)
    return spec is not None and gate.at_risk(order, spec)


def route_take(
    order: Order,
    route: str,
    *,
    actor: Actor,
    seen_version: int | None,
    data: gate.RouteData,
    now: datetime,
    approved: bool = False,
) -> None:
    """Ask the gate, change and record a locked order; `approved`: a second person has said yes to exactly this."""
    spec = gate.check(order, route, actor=actor, seen_version=seen_version, data=data, approved=approved)

    came_from = order.status
    getattr(order, spec.route)()
    order.status_since = order.moved_at = now
    order.status_sequence += 1
    order.cancel_reason = data.reason_code if spec.guard == "cancel_reason_given" else ""
    order.save_facts("status", "status_since", "moved_at", "status_sequence", "cancel_reason", now=now)

    StatusEvent.objects.create(
        order=order,
        sequence=order.status_sequence,
        route=spec.route,
        from_status=came_from,
        to_status=order.status,
        actor_kind=actor.kind,
        actor_id=actor.id,
        door=actor.door,
        reason=data.reason[:1000],
        at=now,
    )
    stage_changed(order, came_from=came_from, actor=actor, now=now)
    record = journal.Record(
        kind="command.route",
        order_id=order.pk,
        inputs={"route": route, "from": came_from},
        output={"result": "done"},
    )
    journal.write([record], actor=actor, now=now)
