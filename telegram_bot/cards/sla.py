"""Reminders of deadlines and what is said when one was missed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from core.models import Message
from orders.models import Order, Task
from rop.selectors import open_escalations
from sla.models import Clock, ClockState
from telegram_bot.cards.card import Context
from telegram_bot.cards.escalation.subjects import subjects_of
from telegram_bot.cards.orders import orders_of

SAME_MOMENT = timedelta(seconds=1)


def running_clocks(order_ids: Iterable[int]) -> dict[tuple[int, str], list[Clock]]:
    """Clocks of these orders that run, by order and kind. One query."""
    clocks: dict[tuple[int, str], list[Clock]] = {}
    for clock in Clock.objects.filter(order_id__in=set(order_ids), state=ClockState.RUNNING):
        clocks.setdefault((clock.order_id or 0, clock.kind), []).append(clock)
    return clocks


def sla_reminder(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """The same clock still runs, nothing is missed yet, and the order is still the same person's."""
    return {
        message_id: context
        for message_id, context in _of_running_clocks(messages).items()
        if context["due_at"] > now and context["clock"].breached_at is None and context["is_own"]
    }


def sla_breach(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """What was missed has still not been done."""
    contexts = _of_running_clocks(messages)
    seen = newest_escalations({context["order"].pk for context in contexts.values()})
    return {
        message_id: {**context, "seen": seen.get(context["order"].pk, 0)}
        for message_id, context in contexts.items()
    }


def stuck(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """It still stands where it stood, and is still the same person's."""
    orders = orders_of(messages)
    seen = newest_escalations(orders)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = orders.get(message.order_id or 0)
        since = datetime.fromisoformat(message.context["since"])
        if order is None or order.closed_at is not None or order.assigned_manager_id != message.person_id:
            continue
        if order.moved_at - since < SAME_MOMENT:
            contexts[message.pk] = {"order": order, "since": since, "seen": seen.get(order.pk, 0)}
    return contexts


def newest_escalations(order_ids: Iterable[int]) -> dict[int, int]:
    """The newest escalation that is live, by order. One query."""
    return {order_id: rows[-1].id for order_id, rows in open_escalations(order_ids).items()}


def _of_running_clocks(messages: Sequence[Message]) -> dict[int, Context]:
    orders = orders_of(messages)
    clocks = running_clocks(orders)
    subjects = subjects_of(clock for found in clocks.values() for clock in found)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = orders.get(message.order_id or 0)
        clock = _clock_meant(
            message, clocks.get((message.order_id or 0, message.context.get("clock", "")), [])
        )
        if order is not None and clock is not None:
            is_own = _is_own(message, order, clock)
            subject = subjects.get(clock.pk)
            contexts[message.pk] = {
                "order": order,
                "clock": clock,
                "due_at": clock.due_at,
                "is_own": is_own,
                "subject": subject,
                # It has a deadline of its own: the step of its order is another thing, with another one.
                "task": subject.thing if subject is not None and isinstance(subject.thing, Task) else None,
            }
    return contexts


def _is_own(message: Message, order: Order, clock: Clock) -> bool:
    return clock.subject_type != "order" or order.assigned_manager_id == message.person_id


def _clock_meant(message: Message, clocks: Sequence[Clock]) -> Clock | None:
    """The clock with the deadline that the message was written about."""
    due_at = datetime.fromisoformat(message.context["due_at"])
    return next((clock for clock in clocks if abs(clock.due_at - due_at) < SAME_MOMENT), None)
