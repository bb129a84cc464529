"""What climbed the ladder up to the leads, what nobody could be told, what AI-РОП proposes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.statuses import Severity
from panel import words
from panel.inbox.rows import COUNTED, SHOWN, Ask, Press, Row
from panel.words import Tone
from rop.models import Escalation, EscalationState, Proposal, Snooze
from rop.selectors import live_escalations, open_proposals
from rop.words import LEVELS as LEVEL_WORDS
from sla.models import Trigger
from sla.policies.ladder import LEAD, LEVELS

SEVERAL = 3
"""Escalations that an order has at once, mostly at most."""


def _escalated() -> QuerySet[Escalation]:
    """Nobody is at it, and the order is not snoozed. Orders without an owner are a line of their own."""
    snoozed = Snooze.objects.filter(order=OuterRef("order"), ended_at__isnull=True)
    at_nobodys = live_escalations().filter(~Exists(snoozed), state=EscalationState.OPEN)
    return at_nobodys.exclude(trigger=Trigger.ASSIGN)


def _reached_leads() -> QuerySet[Escalation]:
    return _escalated().filter(level__gte=LEVELS[LEAD], untold_since__isnull=True)


def escalation_count(_now: datetime) -> int:
    return _orders_in(_reached_leads())


def _orders_in(found: QuerySet[Escalation]) -> int:
    return found.order_by().values("order").distinct()[:COUNTED].count()


def escalation_rows(_now: datetime) -> list[Row]:
    return _rows_of(_reached_leads(), tone=Tone.SOON)


def _rows_of(found: QuerySet[Escalation], *, tone: Tone) -> list[Row]:
    """The most urgent orders first, with all that is open of each."""
    urgency = Case(*(When(severity=code, then=Value(n)) for n, code in enumerate(reversed(Severity.values))))
    by_order: dict[int, list[Escalation]] = {}
    first = found.select_related("order__assigned_manager").order_by(urgency, "opened_at", "pk")
    for escalation in first[: SHOWN * SEVERAL]:
        by_order.setdefault(escalation.order_id, []).append(escalation)
    shown = list(by_order.values())[:SHOWN]
    proposed = _proposed({several[0].order_id for several in shown})
    return [_escalation_row(several, proposed.get(several[0].order_id), tone=tone) for several in shown]


def _proposed(order_ids: Collection[int]) -> dict[int, Proposal]:
    found = open_proposals().filter(order__in=order_ids).select_related("order", "to_user")
    return {proposal.order_id: proposal for proposal in found}


def _escalation_row(several: Sequence[Escalation], proposal: Proposal | None, *, tone: Tone) -> Row:
    order, first = several[0].order, several[0]
    newest = max(escalation.pk for escalation in several)
    acknowledge = Press(
        reverse("admin:order_acknowledge", args=[order.pk]),
        _("I am at it"),
        fields=(("seen", newest),),
        primary=True,
    )
    give = _("Give it to %(name)s")
    about = words.in_a_line(dict.fromkeys(words.about(escalation.trigger) for escalation in several))
    level = _told(max(escalation.level for escalation in several))
    owner = order.assigned_manager or _("nobody yet")
    asks = (
        Ask("window-snooze", reverse("admin:order_snooze", args=[order.pk]), _("Snooze"), order.ref),
        Ask(
            "window-resolve", reverse("admin:order_resolve", args=[order.pk]), _("Resolve"), order.ref, newest
        ),
    )
    return Row(
        title=f"{order.ref} · {order.item}",
        text=" · ".join([about, str(owner), level] if level else [about, str(owner)]),
        tone=Tone.LATE if order.severity == Severity.CRITICAL else tone,
        since=first.opened_at,
        link=reverse("admin:orders_order_change", args=[order.pk]),
        link_label=_("Open the order"),
        presses=(
            *((_accept(proposal, give % {"name": proposal.to_user}),) if proposal else ()),
            acknowledge,
        ),
        asks=asks,
    )


def _accept(proposal: Proposal, label: str, *, primary: bool = False) -> Press:
    """The order in the version in which it is shown."""
    url = reverse("admin:proposal_accept", args=[proposal.order_id, proposal.pk])
    return Press(url, label, fields=(("version", proposal.order.version),), primary=primary)


def _told(level: int) -> str:
    """Up to whom it has climbed; "" before anybody was told."""
    return _("climbed to: %(whom)s") % {"whom": LEVEL_WORDS[level]} if level else ""


def _untold() -> QuerySet[Escalation]:
    return _escalated().filter(untold_since__isnull=False)


def untold_count(_now: datetime) -> int:
    return _orders_in(_untold())


def untold_rows(_now: datetime) -> list[Row]:
    return _rows_of(_untold(), tone=Tone.LATE)


def _other_proposals() -> QuerySet[Proposal]:
    """A proposal for an order that is a row already is a button of that row."""
    return open_proposals().exclude(order__in=_reached_leads().order_by().values("order"))


def proposal_count(_now: datetime) -> int:
    return _other_proposals().order_by()[:COUNTED].count()


def proposal_rows(_now: datetime) -> list[Row]:
    found = _other_proposals().select_related("order", "from_user", "to_user")[:SHOWN]
    return [_proposal_row(proposal) for proposal in found]


def _proposal_row(proposal: Proposal) -> Row:
    order, title = proposal.order, _("%(ref)s: from %(from)s to %(to)s")
    about = words.about(str(proposal.because.get("trigger", "")))
    dismiss = Press(reverse("admin:proposal_dismiss", args=[order.pk, proposal.pk]), _("Leave it"))
    return Row(
        title=title % {"ref": order.ref, "from": proposal.from_user, "to": proposal.to_user},
        text=" · ".join(filter(None, [order.item, about])),
        tone=Tone.INFO,
        since=proposal.created_at,
        link=reverse("admin:orders_order_change", args=[order.pk]),
        link_label=_("Open the order"),
        presses=(dismiss, _accept(proposal, _("Give it over"), primary=True)),
    )
