"""Who can't be reached by Telegram any more, and what that wakes."""

from datetime import datetime

import structlog

from core import journal, work
from core.actors import rop
from core.models import ChatGroup, Message, TelegramLink
from orders.services import wake_orders_of

log = structlog.get_logger(__name__)

BECAUSE_LIMIT = 100


def mark_unreachable(message: Message, *, chat_id: int, because: str, now: datetime) -> None:
    """Written beside the message's end. A link that was made anew since then is left alone."""
    if message.group_id is not None:
        ChatGroup.objects.filter(pk=message.group_id, chat_id=chat_id).update(
            unreachable_since=now, unreachable_because=because[:BECAUSE_LIMIT]
        )
    if message.person_id is None:
        return
    marked = TelegramLink.objects.filter(
        user_id=message.person_id, chat_id=chat_id, active=True, unreachable_since__isnull=True
    ).update(unreachable_since=now, unreachable_because=because[:BECAUSE_LIMIT])
    if marked:
        inputs = {"person": message.person_id, "message": message.pk}
        journal.write([journal.Record("message.unreachable", inputs=inputs)], actor=rop(), now=now)


def orders_of_unreachable_look(person_id: int, *, now: datetime) -> None:
    """AI-РОП looks at the open orders of somebody who can't be told anything any more."""
    with work.unit_of_work(now):
        wake_orders_of([person_id], now=now)


def mark_reachable(*, telegram_id: int, now: datetime) -> int:
    """The person writes to us: whatever kept messages away is over."""
    return TelegramLink.objects.filter(
        telegram_id=telegram_id, active=True, unreachable_since__isnull=False
    ).update(unreachable_since=None, unreachable_because="")
