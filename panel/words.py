"""Moments, spans and codes as people say them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.models import Order
from orders.statuses import Step, Whose
from orders.words import money
from rop.words import ago, moment, number, span

__all__ = [
    "Due",
    "Tone",
    "about",
    "ago",
    "due",
    "fold",
    "in_a_line",
    "moment",
    "money",
    "number",
    "span",
    "step",
    "whose",
]

SAID_AT_MOST = 5
"""Of what is missing so much is said in a message; the page itself has all of it."""

SOON = timedelta(hours=1)
"""A deadline nearer than this is shown in the colour of haste."""


class Tone(StrEnum):
    """The colour of a statement; each is a class of the style sheet."""

    QUIET = "quiet"
    GOOD = "good"
    INFO = "info"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words, seen from now."""

    at: datetime
    text: str
    tone: Tone


def due(at: datetime, *, now: datetime) -> Due:
    """ "in 2 h 10 min", or "40 min overdue"."""
    left = at - now
    if left < timedelta(0):
        return Due(at, _("%(span)s overdue") % {"span": span(left)}, Tone.LATE)
    return Due(at, _("in %(span)s") % {"span": span(left)}, Tone.SOON if left <= SOON else Tone.QUIET)


ABOUT = {
    "assign": gettext_lazy("No manager in time"),
    "accept": gettext_lazy("Not accepted in time"),
    "stage": gettext_lazy("The stage takes longer than allowed"),
    "client_decision": gettext_lazy("The client has not decided in time"),
    "task": gettext_lazy("A task is overdue"),
    "blocker": gettext_lazy("A blocker was not removed in time"),
    "approval": gettext_lazy("An approval is late"),
    "stuck": gettext_lazy("The order stands still"),
    "stuck_long": gettext_lazy("The order has stood still for long"),
}
"""What an escalation is about, as a heading, by its trigger."""


def about(trigger: str) -> str:
    """A trigger without words is shown as it is rather than hidden."""
    return str(ABOUT.get(trigger, trigger))


def in_a_line(sentences: Iterable[str]) -> str:
    """One after the other, the first alone with its capital."""
    first, *others = sentences
    return ", ".join([first, *(other[:1].lower() + other[1:] for other in others)])


def whose(order: Order) -> str:
    """Whose turn it is: a name where it is a person's, otherwise the role."""
    if order.next_action_user is not None:
        return str(order.next_action_user)
    return str(Whose(order.next_action_whose).label) if order.next_action_whose else ""


def step(order: Order) -> str:
    """The next step in words; empty for an order that is closed."""
    return str(Step(order.next_action).label) if order.next_action else ""


def fold(lines: Sequence[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(lines) - SAID_AT_MOST
    if more <= 1:
        return list(lines)
    return [*lines[:SAID_AT_MOST], ngettext("… and %(n)d more.", "… and %(n)d more.", more) % {"n": more}]
