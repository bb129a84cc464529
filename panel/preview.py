"""How a message reads, without sending it."""

from datetime import datetime

from core.models import Message
from telegram_bot.cards import CARDS, Rendered, card, readers, render


def title_of(template: str) -> str:
    """What a template is called; its code for one that is no more."""
    return str(CARDS[template].title) if template in CARDS else template


def preview(message: Message, *, now: datetime) -> Rendered | None:
    """As it would be sent now; None when what it says is not true any more, so that it would not be sent."""
    if message.template not in CARDS:
        return None
    contexts = card(message.template).load([message], now)
    if message.pk not in contexts:
        return None
    return render(message, contexts[message.pk], readers([message])[message.pk], now=now)
