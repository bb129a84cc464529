"""What waits for the lead: one page, one count. A new kind is a pair of functions here and one line in `KINDS`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assignment.models import Absence, Manager
from core.models import Message, MessageStatus
from orders.models import Order
from orders.statuses import Status
from panel.words import Tone, due, span
from rop.models import Quarantine
from rop.selectors import last_audit
from telegram_bot.models import Update, UpdateState

SHOWN = 20
"""Of each kind so many rows are shown; the count goes on."""

COUNTED = 1000

UPDATES_MATTER_FOR = timedelta(hours=24)
"""A press that could not be handled for a day is nobody's any more."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a row: a POST to `url`."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do: what it is, since when, where to look, and what can be done at once."""

    title: str
    text: str
    tone: Tone
    since: datetime | None = None
    link: str = ""
    link_label: str = ""
    presses: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    title: str | Promise
    icon: str
    count: Callable[[datetime], int]
    rows: Callable[[datetime], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Section:
    kind: Kind
    count: int
    rows: Sequence[Row]

    @property
    def more(self) -> int:
        return max(0, self.count - len(self.rows))


def count(*, now: datetime) -> int:
    """How many things wait for the lead."""
    return sum(kind.count(now) for kind in KINDS)


def sections(*, now: datetime) -> list[Section]:
    """Those kinds of which there is something."""
    found = [(kind, kind.count(now)) for kind in KINDS]
    return [Section(kind, number, kind.rows(now)) for kind, number in found if number]


# ── orders that wait for an owner: one line, however many ─────────────────────────────────────────────────────

WAITING = Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True)


def _waiting_count(_now: datetime) -> int:
    return int(WAITING.exists())


def _waiting_rows(now: datetime) -> list[Row]:
    first = WAITING.order_by("queue_key", "pk").first()
    if first is None:
        return []
    number = WAITING[:COUNTED].count()
    queue = f"{reverse('admin:orders_order_changelist')}?view=waiting"
    title = ngettext("%(n)d order without a manager", "%(n)d orders without a manager", number)
    text = _("The most urgent one: %(ref)s · %(item)s, waits for %(span)s.")
    return [
        Row(
            title=title % {"n": number},
            text=text % {"ref": first.ref, "item": first.item, "span": span(now - first.created_at)},
            tone=due(first.due_at or now, now=now).tone,
            since=first.created_at,
            link=queue,
            link_label=_("Open the queue"),
        )
    ]


# ── orders in work whose owner is not there ───────────────────────────────────────────────────────────────────


def _absent_owners(now: datetime) -> list[Manager]:
    absent = Absence.objects.filter(manager=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)
    in_work = Order.objects.filter(assigned_manager=OuterRef("user"), closed_at__isnull=True).exclude(
        status=Status.PENDING_MANAGER
    )
    return list(
        Manager.objects.annotate(away=Exists(absent))
        .filter(Q(away=True) | Q(active=False) | Q(user__is_active=False))
        .filter(Exists(in_work))
        .select_related("user")
    )


def _stranded_rows(now: datetime) -> list[Row]:
    managers = _absent_owners(now)[:SHOWN]
    numbers = dict(
        Order.objects.filter(closed_at__isnull=True, assigned_manager__in=[m.user_id for m in managers])
        .exclude(status=Status.PENDING_MANAGER)
        .values_list("assigned_manager")
        .annotate(n=Count("pk"))
    )
    return [_stranded_row(manager, numbers.get(manager.user_id, 0), now) for manager in managers]


def _stranded_row(manager: Manager, number: int, now: datetime) -> Row:
    text = ngettext(
        "%(n)d order in work without its owner", "%(n)d orders in work without their owner", number
    )
    away = _("is absent") if getattr(manager, "away", False) else _("takes no orders")
    return Row(
        title=f"{manager} — {away}",
        text=text % {"n": number},
        tone=Tone.SOON,
        link=f"{reverse('admin:orders_order_changelist')}?owner={manager.user_id}",
        link_label=_("Hand them over"),
    )


# ── messages that did not arrive ──────────────────────────────────────────────────────────────────────────────

DEAD = Message.objects.filter(status=MessageStatus.DEAD, acted_at__isnull=True)


def _dead_rows(_now: datetime) -> list[Row]:
    messages = DEAD.select_related("person", "group").order_by("-pk")[:SHOWN]
    return [
        Row(
            title=_("To %(who)s: not delivered") % {"who": message.person or message.group},
            text=message.error or _("The reason was not recorded."),
            tone=Tone.LATE,
            since=message.ended_at,
            link=reverse("admin:core_message_change", args=[message.pk]),
            link_label=_("Read it"),
            presses=(
                Press(reverse("admin:message_retry", args=[message.pk]), _("Send again")),
                Press(reverse("admin:message_dismiss", args=[message.pk]), _("Not needed any more")),
            ),
        )
        for message in messages
    ]


# ── orders that could not be looked at ────────────────────────────────────────────────────────────────────────


def _quarantine_rows(now: datetime) -> list[Row]:
    return [
        Row(
            title=_("R-%(id)d could not be looked at") % {"id": row.order_id},
            text=_("%(error)s; tried %(n)d times, again %(when)s.")
            % {"error": row.error, "n": row.attempts, "when": due(row.next_at, now=now).text},
            tone=Tone.LATE,
            since=row.since,
            link=reverse("admin:orders_order_change", args=[row.order_id]),
            link_label=_("Open the order"),
            presses=(Press(reverse("admin:quarantine_retry", args=[row.order_id]), _("Look again now")),),
        )
        for row in Quarantine.objects.order_by("since")[:SHOWN]
    ]


# ── what the bot received and could not handle ────────────────────────────────────────────────────────────────


def _failed_updates(now: datetime) -> int:
    return Update.objects.filter(state=UpdateState.DEAD, received_at__gt=now - UPDATES_MATTER_FOR)[
        :COUNTED
    ].count()


def _update_rows(now: datetime) -> list[Row]:
    number = _failed_updates(now)
    text = ngettext(
        "%(n)d press or message of the last day", "%(n)d presses and messages of the last day", number
    )
    return [
        Row(
            title=_("The bot could not handle something"),
            text=text % {"n": number},
            tone=Tone.SOON,
            link=f"{reverse('admin:telegram_bot_update_changelist')}?state__exact={UpdateState.DEAD}",
            link_label=_("See what"),
        )
    ]


# ── the auditor ───────────────────────────────────────────────────────────────────────────────────────────────


def _audit_count(_now: datetime) -> int:
    run = last_audit()
    return int(run is not None and run.total > 0)


def _audit_rows(_now: datetime) -> list[Row]:
    run = last_audit()
    if run is None or not run.total:
        return []
    broken = ", ".join(f"{name}: {number}" for name, number in run.counts.items() if number)
    return [
        Row(
            title=_("The auditor found broken records"),
            text=broken,
            tone=Tone.LATE,
            since=run.at,
            link=reverse("admin:rop_audit_change", args=[run.pk]),
            link_label=_("See which"),
        )
    ]


KINDS: tuple[Kind, ...] = (
    Kind("waiting", gettext_lazy("No manager"), "hourglass_empty", _waiting_count, _waiting_rows),
    Kind(
        "stranded",
        gettext_lazy("The owner is not there"),
        "person_off",
        lambda now: len(_absent_owners(now)),
        _stranded_rows,
    ),
    Kind(
        "quarantine",
        gettext_lazy("Could not be looked at"),
        "healing",
        lambda _now: Quarantine.objects.count(),
        _quarantine_rows,
    ),
    Kind(
        "dead",
        gettext_lazy("Not delivered"),
        "mark_email_unread",
        lambda _now: DEAD[:COUNTED].count(),
        _dead_rows,
    ),
    Kind(
        "updates",
        gettext_lazy("Not handled by the bot"),
        "smart_toy",
        lambda now: int(_failed_updates(now) > 0),
        _update_rows,
    ),
    Kind("audit", gettext_lazy("Audit"), "fact_check", _audit_count, _audit_rows),
)
