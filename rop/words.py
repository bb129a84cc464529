"""What AI-РОП decided, in words: its codes, moments, spans and numbers as people say them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from assignment.models import AssignmentState
from sla.models import Trigger, Whom
from sla.policies.ladder import STUCK_TRIGGERS

THOUSANDTH = Decimal("0.001")

BECAUSE: Mapping[str, object] = {
    "only_eligible": gettext_lazy("nobody else could take it"),
    "least_loaded": gettext_lazy("the least loaded"),
    "waited_longest": gettext_lazy("waited longest among the equally loaded"),
    "lowest_id": gettext_lazy("equal to others in everything; the first in the list"),
    "rebalanced": gettext_lazy("moved to level the load of the whole wave"),
    "nobody_eligible": gettext_lazy("nobody could take it"),
    "shift_ending_accepted": gettext_lazy("the shift is ending, but nobody else was there"),
    "by_hand": gettext_lazy("given by hand"),
}
"""Why somebody was chosen for an order."""

EXCLUDED: Mapping[str, object] = {
    "inactive": gettext_lazy("takes no orders"),
    "off_shift": gettext_lazy("not on shift"),
    "absent": gettext_lazy("absent"),
    "unreachable": gettext_lazy("can't be reached in Telegram"),
    "restricted": gettext_lazy("may not have orders of this kind"),
    "silent_earlier": gettext_lazy("left this order without an answer"),
    "full": gettext_lazy("has no room"),
    "offers_cap": gettext_lazy("too many unaccepted orders"),
    "shift_ending": gettext_lazy("the shift is ending"),
}
"""Why somebody was no choice for an order."""

ENDED_BECAUSE: Mapping[str, object] = {
    AssignmentState.SILENT: gettext_lazy("did not accept in time"),
    AssignmentState.UNAVAILABLE: gettext_lazy("was absent"),
    AssignmentState.REASSIGNED: gettext_lazy("was given to another one"),
    AssignmentState.RETURNED: gettext_lazy("returned it to the queue"),
    AssignmentState.CLOSED: gettext_lazy("the order ended"),
}
"""How an assignment ended."""

SEGMENTS: Mapping[str, object] = {
    "counted": gettext_lazy("counted"),
    "night": gettext_lazy("night"),
    "break": gettext_lazy("break"),
    "holiday": gettext_lazy("day off"),
    "absence": gettext_lazy("absence"),
    "paused": gettext_lazy("paused"),
    "off_shift": gettext_lazy("not on shift"),
}
"""What the time up to a deadline is made of."""

SNOOZED_BECAUSE: Mapping[str, object] = {
    "client_asked": gettext_lazy("the client asked to wait"),
    "waits_for_seller": gettext_lazy("the seller has to answer first"),
    "agreed_later": gettext_lazy("agreed on a later moment"),
    "in_hand": gettext_lazy("somebody is at it already"),
}
"""Why an order is snoozed: what one may choose; other reasons are in words."""

RESOLVED_BECAUSE: Mapping[str, object] = {
    "solved": gettext_lazy("the reason is gone"),
    "agreed": gettext_lazy("agreed with the manager"),
    "outside": gettext_lazy("depends on nobody of us"),
    "mistaken": gettext_lazy("there was no need to escalate"),
}
"""Why an escalation was resolved: what one may choose; other reasons are in words."""

ROLES_TOLD: Mapping[str, object] = dict(Whom.choices)
"""Whom the ladder names."""

LEVELS: Mapping[int, object] = {
    1: gettext_lazy("the owner"),
    2: gettext_lazy("the team's lead"),
    3: gettext_lazy("the lead on duty"),
    4: gettext_lazy("the admins' group"),
}
"""How high an escalation has climbed: the highest who was told."""

TEMPLATES: Mapping[str, str | Promise] = {
    "order_new": gettext_lazy("New order"),
    "order_card": gettext_lazy("What to do next"),
    "order_taken": gettext_lazy("The order went to somebody else"),
    "sla_reminder": gettext_lazy("A deadline comes near"),
    "sla_breach": gettext_lazy("A deadline was missed"),
    "stuck": gettext_lazy("The order stands still"),
    "escalation": gettext_lazy("Escalation"),
    "inspection_failed": gettext_lazy("The goods are not fit"),
    "evidence_repeated": gettext_lazy("The same file again"),
    "follow_up": gettext_lazy("Ask the client"),
    "client_undecided": gettext_lazy("The client has not decided"),
    "track": gettext_lazy("Look where the parcel is"),
    "blocker": gettext_lazy("Something stands in the way"),
    "task": gettext_lazy("A task"),
    "paid": gettext_lazy("The price is paid"),
    "approval_asked": gettext_lazy("An approval is asked for"),
    "approval_decided": gettext_lazy("It was decided"),
    "approval_expired": gettext_lazy("Nobody decided in time"),
    "approval_withdrawn": gettext_lazy("A request does not count any more"),
    "payment_late": gettext_lazy("Money came in after the order was closed"),
    "deal": gettext_lazy("The deal"),
    "note_mention": gettext_lazy("Somebody mentions you"),
    "message_dead": gettext_lazy("A message did not arrive"),
    "order": gettext_lazy("One order"),
    "why": gettext_lazy("Why me, why this deadline"),
}
"""What the messages about one order are called; its timeline names them."""

REDRAWN = ("inspection", "deal")
"""Cards that every press draws anew: what was pressed is in the history of an order, these are not."""

SAID_AGAIN = ("approval_asked", "blocker", "task")
"""Messages that are edited when what they ask for is over: that it is, is in the history already."""


def about(trigger: str) -> str:
    """What an escalation is about: the time of a clock, or standing still."""
    if trigger in STUCK_TRIGGERS:
        return str(Trigger(trigger).label)
    return _("time %(clock)s") % {"clock": word(trigger, dict(Trigger.choices))}


def word(code: str, names: Mapping[str, object]) -> str:
    """A code without words is shown as it is rather than hidden."""
    return str(names.get(code, code))


def moment(at: datetime, *, now: datetime) -> str:
    """In the installation's zone, as short as it can be: 14:30, tomorrow 10:00, 12 Dec 10:00, 12 Dec 2024 10:00."""
    there, here = timezone.localtime(at), timezone.localtime(now)
    clock = f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    if days == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    day = f"{there.day} {MONTHS_3[there.month]}"
    return f"{day} {clock}" if there.year == here.year else f"{day} {there.year} {clock}"


def span(length: timedelta) -> str:
    """The two largest units, without a sign: 30 min, 2 h 10 min, 3 d 4 h."""
    return _span(round(abs(length.total_seconds()) / 60), get_language())


@lru_cache(maxsize=4096)
def _span(minutes: int, _language: str | None) -> str:
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


def ago(at: datetime, *, now: datetime) -> str:
    return _("%(span)s ago") % {"span": span(max(now - at, timedelta(0)))}


def number(value: Decimal | float) -> str:
    """A load or a weight, to the thousandth and without needless zeros: 3, 2.5."""
    return number_format(Decimal(str(value)).quantize(THOUSANDTH).normalize() + 0, use_l10n=True)
