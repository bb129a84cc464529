"""Cards of one order for the manager who has it, gets it or loses it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assignment.models import Assignment
from core.models import Message
from orders.models import Note, Order
from orders.statuses import Status
from telegram_bot.cards.card import Context


def orders_of(messages: Sequence[Message]) -> dict[int, Order]:
    """The orders that these messages are about. One query."""
    ids = {message.order_id for message in messages if message.order_id is not None}
    found = Order.objects.select_related("assigned_manager", "next_action_user").in_bulk(ids)
    return dict(found)


def order_new(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Still this person's order, and still waits for the acceptance, or was handed over when it was in work."""
    orders = orders_of(messages)
    rounds = {a.order_id: a for a in Assignment.objects.filter(order__in=orders, ended_at__isnull=True)}
    return {
        message.pk: {"order": order}
        for message in messages
        if (order := orders.get(message.order_id or 0))
        and order.assigned_manager_id == message.person_id
        and order.closed_at is None
        and (order.status == Status.PENDING_MANAGER or _handed_over_in_work(order, rounds.get(order.pk)))
    }


def _handed_over_in_work(order: Order, current: Assignment | None) -> bool:
    """It came to its owner after it had been accepted, and stands where it stood then."""
    return current is not None and order.status_since < current.assigned_at


def order_card(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Still this person's order."""
    orders = orders_of(messages)
    return {
        message.pk: {"order": order}
        for message in messages
        if (order := orders.get(message.order_id or 0)) and order.assigned_manager_id == message.person_id
    }


def order_taken(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Still somebody else's order, or nobody's."""
    orders = orders_of(messages)
    return {
        message.pk: {"order": order, "because": message.context.get("because", "")}
        for message in messages
        if (order := orders.get(message.order_id or 0)) and order.assigned_manager_id != message.person_id
    }


def note_mention(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    notes = Note.objects.select_related("author", "order").in_bulk({m.context.get("note") for m in messages})
    return {
        message.pk: {"order": note.order, "note": note}
        for message in messages
        if (note := notes.get(message.context.get("note")))
    }
