"""What leads and admins must know: nobody for an order, a message that did not arrive, a part that fell silent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.models import Message
from orders.models import Evidence, Order
from telegram_bot.cards.card import Context

LISTED = 10


def nobody_eligible(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Orders still wait for an owner; how many and since when is counted when it is sent."""
    waiting = Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True)
    count = waiting.count()
    if not count:
        return {}
    context = {
        "count": count,
        "orders": list(waiting.order_by("queue_key", "pk")[:LISTED]),
        "oldest": waiting.order_by("created_at").values_list("created_at", flat=True)[0],
    }
    return {message.pk: {**context, "more": max(0, count - LISTED)} for message in messages}


def message_dead(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Which message did not arrive, whom it was for, and why."""
    dead = Message.objects.select_related("person", "group").in_bulk(
        {m.context.get("message") for m in messages}
    )
    return {
        message.pk: {"dead": lost, "because": message.context.get("because", "")}
        for message in messages
        if (lost := dead.get(message.context.get("message")))
    }


def part_silent(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    return {
        message.pk: {
            "part": message.context["part"],
            "since": datetime.fromisoformat(message.context["since"]),
        }
        for message in messages
    }


def update_dead(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    return {
        message.pk: {"update": message.context["update"], "because": message.context["because"]}
        for message in messages
    }


def evidence_repeated(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """A file that is somewhere else too, as long as nobody has taken it away."""
    files = (
        Evidence.objects.filter(removed_at__isnull=True, repeats__isnull=False)
        .select_related("order__assigned_manager", "item", "added_by", "repeats__item", "repeats__added_by")
        .in_bulk({m.context.get("evidence") for m in messages})
    )
    return {
        message.pk: {"order": file.order, "file": file, "first": file.repeats}
        for message in messages
        if (file := files.get(message.context.get("evidence")))
    }
