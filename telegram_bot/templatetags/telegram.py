"""What the templates of messages need: harmless text of strangers, moments and spans as people say them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import heartbeats
from core.models import Message
from orders.models import Order
from orders.words import missing_said, money
from rop import words
from telegram_bot.cards import labels
from telegram_bot.cards.registry import CARDS
from telegram_bot.cards.summary import Section
from telegram_bot.policies import text

register = template.Library()

register.filter(money)


@register.filter
def clean(value: object, most: int = 100) -> str:
    """One harmless line of at most `most` characters."""
    return text.shorten(text.clean(str(value)), most)


@register.filter
def clean_lines(value: object, most: int = 1000) -> str:
    return text.shorten(text.clean_lines(str(value)), most)


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], at: datetime) -> str:
    """The moment in the reader's zone: 14:30, tomorrow 10:00, 12 Dec 10:00."""
    return words.moment(at, now=context["now"])


@register.simple_tag(takes_context=True)
def left(context: dict[str, Any], at: datetime) -> str:
    """ "in 30 min", or "2 h 10 min late"."""
    length = at - context["now"]
    sentence = _("in %(span)s") if length >= timedelta(0) else _("%(span)s late")
    return sentence % {"span": words.span(length)}


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], at: datetime) -> str:
    return words.ago(at, now=context["now"])


@register.simple_tag(takes_context=True)
def long(context: dict[str, Any], since: datetime) -> str:
    """How long ago it was: 26 h."""
    return words.span(max(context["now"] - since, timedelta(0)))


@register.simple_tag
def order_page(order_id: int) -> str:
    """Where the order is in the panel; empty while nobody has said where the panel is."""
    return _page("admin:orders_order_change", order_id)


@register.simple_tag
def inbox_page(sections: list[Section]) -> str:
    """The lead's inbox, when there is something for leads among these."""
    is_for_leads = any(section.template == "escalation" for section in sections)
    return _page("admin:inbox") if is_for_leads else ""


def _page(name: str, *arguments: int) -> str:
    base = settings.PUBLIC_URL.rstrip("/")
    return f"{base}{reverse(name, args=arguments)}" if base else ""


@register.filter
def load(value: Decimal) -> str:
    return words.number(value)


@register.simple_tag
def mark(order: Order) -> str:
    """A sign of how urgent the order is."""
    return labels.SEVERITY_MARK.get(order.severity, "")


@register.filter
def missing(codes: list[str]) -> str:
    return ", ".join(missing_said(codes))


@register.filter
def taken_because(state: str) -> str:
    return words.word(state, labels.TAKEN_BECAUSE)


@register.filter
def lost_because(reason: str) -> str:
    """An error of sending in words; one that nobody foresaw is shown as it is."""
    known = (sentence for part, sentence in labels.LOST_BECAUSE.items() if part in reason.lower())
    return str(next(known, clean(reason, 160)))


@register.filter
def part_name(code: str) -> str:
    return words.word(code, heartbeats.PARTS)


@register.filter
def card_title(template: str) -> str:
    """What a template is called, for people."""
    return str(CARDS[template].title) if template in CARDS else template


@register.filter
def addressee(message: Message, most: int = 60) -> str:
    return clean(message.person or message.group, most)
