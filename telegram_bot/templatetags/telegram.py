"""What the templates of messages need: harmless text of strangers, moments and spans as people say them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import Message
from orders.models import Order
from telegram_bot.cards import labels
from telegram_bot.cards.registry import CARDS
from telegram_bot.policies import text

register = template.Library()

CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


@register.filter
def clean(value: object, most: int = 100) -> str:
    """One harmless line of at most `most` characters."""
    return text.shorten(text.clean(str(value)), most)


@register.filter
def clean_lines(value: object, most: int = 1000) -> str:
    return text.shorten(text.clean_lines(str(value)), most)


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """125 000 ₽; kopecks only when there are some."""
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2
    amount = number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{amount} {CURRENCY_SIGNS.get(currency, currency)}".replace(" ", "\u00a0")


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], moment: datetime) -> str:
    """The moment in the reader's zone: 14:30, tomorrow 10:00, 12 Dec 10:00."""
    there, here = timezone.localtime(moment), timezone.localtime(context["now"])
    clock = date_format(there, "H:i")
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    if days == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    return f"{date_format(there, 'j b')} {clock}"


@register.simple_tag(takes_context=True)
def left(context: dict[str, Any], moment: datetime) -> str:
    """ "in 30 min", or "2 h 10 min late"."""
    span = moment - context["now"]
    if span >= timedelta(0):
        return _("in %(span)s") % {"span": spell(span)}
    return _("%(span)s late") % {"span": spell(-span)}


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], moment: datetime) -> str:
    return _("%(span)s ago") % {"span": spell(max(context["now"] - moment, timedelta(0)))}


@register.filter
def spell(span: timedelta) -> str:
    """The two largest units of a span: 30 min, 2 h 10 min, 3 d 4 h."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute")
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [
        ngettext("%(n)d d", "%(n)d d", days) % {"n": days} if days else "",
        _("%(n)d h") % {"n": hours} if hours else "",
        _("%(n)d min") % {"n": minutes} if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part)


@register.simple_tag
def mark(order: Order) -> str:
    """A sign of how urgent the order is."""
    return labels.SEVERITY_MARK.get(order.severity, "")


@register.filter
def missing(codes: list[str]) -> str:
    return ", ".join(str(labels.MISSING.get(code, code)) for code in codes)


@register.filter
def taken_because(state: str) -> str:
    return str(labels.TAKEN_BECAUSE.get(state, state))


@register.filter
def part_name(code: str) -> str:
    return str(labels.PARTS.get(code, code))


@register.filter
def card_title(template: str) -> str:
    """What a template is called, for people."""
    return str(CARDS[template].title) if template in CARDS else template


@register.filter
def addressee(message: Message, most: int = 60) -> str:
    return clean(message.person or message.group, most)
