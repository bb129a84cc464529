"""The card of what is escalated about an order, for leads in private and for the admins' group."""

from telegram_bot.cards.escalation.buttons import buttons
from telegram_bot.cards.escalation.card import cases_of, escalation

__all__ = ["buttons", "cases_of", "escalation"]
