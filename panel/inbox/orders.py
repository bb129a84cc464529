"""Orders that wait for an owner, whose owner is not there, or that could not be looked at."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignment.models import Manager
from assignment.selectors import absences_at
from orders.models import Order
from orders.statuses import Status
from panel.inbox.rows import COUNTED, SHOWN, Press, Row
from panel.words import Tone, due, span
from rop.models import Quarantine

WAITING = Order.objects.filter(closed_at__isnull=True, assigned_manager__isnull=True)


def waiting_count(_now: datetime) -> int:
    return int(WAITING.exists())


def waiting_rows(now: datetime) -> list[Row]:
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


def _absent_owners(now: datetime) -> list[Manager]:
    absent = absences_at(now).filter(manager=OuterRef("pk"))
    in_work = Order.objects.filter(assigned_manager=OuterRef("user"), closed_at__isnull=True).exclude(
        status=Status.PENDING_MANAGER
    )
    return list(
        Manager.objects.annotate(away=Exists(absent))
        .filter(Q(away=True) | Q(active=False) | Q(user__is_active=False))
        .filter(Exists(in_work))
        .select_related("user")
    )


def stranded_count(now: datetime) -> int:
    return len(_absent_owners(now))


def stranded_rows(now: datetime) -> list[Row]:
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


def quarantine_rows(now: datetime) -> list[Row]:
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


def quarantine_count(_now: datetime) -> int:
    return Quarantine.objects.count()
