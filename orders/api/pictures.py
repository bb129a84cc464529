"""An order as the API shows it: plain values, made by hand because lists are long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.actors import Actor
from orders import gate
from orders.api import above
from orders.api.deal.pictures import deal_parts
from orders.api.people import person_picture
from orders.follow_up_words import follow_up_text
from orders.models import Note, Order, Task
from orders.selectors import order_with_people, orders_visible_to, orders_with_people
from orders.selectors.kinds import kinds_of
from orders.statuses import Step
from orders.words import missing_each


def order_get(ref: int, actor: Actor) -> Order:
    """The order with the people whom its picture names. Raises Order.DoesNotExist, for those who may not see it too."""
    return orders_with_people(orders_visible_to(actor)).get(pk=ref)


def order_pictures(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """The lines of a list; the names come with the query (`orders_with_people`)."""
    known = above.standings(order.pk for order in orders)
    return [_order_picture(order, known[order.pk]) for order in orders]


def _order_picture(order: Order, standing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ref": order.ref,
        "external_id": order.external_id,
        "status": order.status,
        "severity": order.severity,
        "owner": person_picture(order.assigned_manager),
        "due_at": order.due_at,
        "next_action": _next_action(order),
        "status_since": order.status_since,
        "moved_at": order.moved_at,
        "version": order.version,
        "client_name": order.client_name,
        "client_contact": order.client_contact,
        "item": order.item,
        "price": None if order.price is None else f"{order.price:.2f}",
        "currency": order.currency,
        "seller_name": order.seller_name,
        "seller_contact": order.seller_contact,
        "comment": order.comment,
        "cancel_reason": order.cancel_reason,
        "ordered_at": order.ordered_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "closed_at": order.closed_at,
        **standing,
    }


def _next_action(order: Order) -> dict[str, Any] | None:
    if not order.next_action:
        return None
    texts = missing_each(order.next_action_missing)
    return {
        "code": order.next_action,
        "title": str(Step(order.next_action).label),
        "whose": order.next_action_whose,
        "who": person_picture(order.next_action_user),
        "due_at": order.next_action_due,
        "missing": [
            {"code": code, "text": text} for code, text in zip(order.next_action_missing, texts, strict=True)
        ],
    }


def order_detail(order: Order, actor: Actor) -> dict[str, Any]:
    """The order with its deal, and the routes that this caller has a right to with what each of them lacks."""
    kinds = kinds_of(order.pk)
    known = gate.Known(order, kinds)
    routes = [
        {
            "route": spec.route,
            "title": str(gate.ROUTE_LABELS[spec.route]),
            "to": spec.target,
            "missing": [
                {"code": item.code, "text": item.text}
                for item in gate.missing_for(order, spec, gate.RouteData(), known=known)
            ],
        }
        for spec in gate.routes_from(order, actor=actor)
    ]
    (picture,) = order_pictures([order])
    return {**picture, **deal_parts(order, kinds, known), "routes": routes}


def order_answer(order_id: int, actor: Actor) -> dict[str, Any]:
    """After a command: read again with its people, though the command may have taken it out of the caller's sight."""
    return order_detail(order_with_people(order_id), actor)


def note_picture(note: Note) -> dict[str, Any]:
    return {"id": note.pk, "text": note.text, "mentions": note.mentions, "at": note.at}


def task_picture(task: Task) -> dict[str, Any]:
    ended: datetime | None = task.ended_at
    return {
        "id": task.pk,
        "order": f"R-{task.order_id}",
        "kind": task.kind,
        "title": task.title,
        "text": follow_up_text(task.follow_up, task.order) if task.follow_up else "",
        "owner": task.owner_id,
        "due_at": task.due_at,
        "status": task.status,
        "ended_at": ended,
    }
