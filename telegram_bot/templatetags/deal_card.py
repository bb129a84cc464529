"""What the cards of a deal need: questions, dates, what is asked for, in words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.approval_words import asked_for
from orders.models import Approval, Blocker, ClientDecision, Evidence
from orders.selectors.deals import Deal, today
from telegram_bot.cards.deal import said
from telegram_bot.cards.inspection.said import kinds_said
from telegram_bot.models import Screen

register = template.Library()

WRITE_MOMENT = _("Press or write: 25.12, 25.12 15:00 or 18:00")
WRITE_DAY = _("Press or write: 25.12")

QUESTIONS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    Screen.UNTIL: (_("Until when does the client think?"), WRITE_MOMENT),
    Screen.DECLINED: (_("Why did the client decline?"), _("Press, or write another reason")),
    Screen.AGAIN: (_("When to call the client back?"), WRITE_MOMENT),
    Screen.SELLER: (_("Which day is agreed with the seller?"), WRITE_DAY),
    Screen.CARRIER: (_("Which carrier?"), _("Press or write")),
    Screen.TRACKING: (_("Tracking number?"), _("Write it")),
    Screen.PROMISED: (_("Which day does the carrier promise?"), WRITE_DAY),
    Screen.WAY: (_("What happened to the parcel?"), _("Write it in one message")),
    Screen.DELIVERED: (_("When was it delivered?"), WRITE_DAY),
    Screen.KIND: (_("Because of what does it stand still?"), _("Press or write")),
    Screen.BLOCKER: (_("What stands in the way?"), _("Write it in one message")),
    Screen.DUE: (_("Until when do you remove it?"), WRITE_MOMENT),
    Screen.REMOVE: (_("How was it removed?"), _("Write it in one message")),
    Screen.CANCEL: (_("Cancel the order?"), ""),
}
"""What each screen asks, and how it is answered besides by its buttons."""


@register.filter
def question(screen: str) -> str:
    return str(QUESTIONS[screen][0])


@register.filter
def hint(screen: str) -> str:
    return str(QUESTIONS[screen][1])


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], on: date) -> str:
    return said.day(on, now=context["now"])


@register.simple_tag(takes_context=True)
def moment_day(context: dict[str, Any], at: datetime) -> str:
    """The day of this moment, where the reader is."""
    return said.day(today(at), now=context["now"])


@register.filter
def blocker(one: Blocker) -> str:
    return said.blocker(one)


@register.filter
def approval(one: Approval) -> str:
    return asked_for(one)


@register.filter
def paid(deal: Deal) -> str:
    return said.paid(deal)


@register.filter
def declined_because(decision: ClientDecision) -> str:
    return said.declined_because(decision)


@register.filter
def proofs(files: Iterable[Evidence]) -> str:
    return kinds_said(files)


@register.simple_tag
def approval_page(approval_id: int) -> str:
    """Where it is decided in the panel; empty while nobody has said where the panel is."""
    base = settings.PUBLIC_URL.rstrip("/")
    return f"{base}{reverse('admin:orders_approval_change', args=[approval_id])}" if base else ""
