"""Clients who never decide, money of a deal that is off, what has stood in the way for too long."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.approval_words import sums
from orders.models import Blocker, Task, TaskStatus
from orders.selectors.deals import deals
from orders.services.tasks import SETTLE_MONEY, UNDECIDED
from panel.inbox.rows import COUNTED, SHOWN, Row
from panel.words import Tone, due


def _tasks(kind: str) -> QuerySet[Task]:
    return Task.objects.filter(kind=kind, status=TaskStatus.OPEN)


def _task_count(kind: str) -> int:
    return _tasks(kind).order_by()[:COUNTED].count()


def _first_tasks(kind: str) -> list[Task]:
    return list(_tasks(kind).select_related("order", "owner").order_by("due_at", "pk")[:SHOWN])


def _task_row(task: Task, said: str, now: datetime, *, at: str, label: str) -> Row:
    until = due(task.due_at, now=now)
    decides = _("%(who)s decides, %(due)s") % {"who": task.owner, "due": until.text}
    return Row(
        title=f"{task.order.ref} · {task.order.item}",
        text=" · ".join(filter(None, [task.order.client_name, said, decides])),
        tone=Tone.LATE if until.tone == Tone.LATE else Tone.SOON,
        since=task.created_at,
        link=reverse("admin:orders_order_change", args=[task.order_id]) + f"#deal-{at}",
        link_label=label,
    )


def undecided_count(_now: datetime) -> int:
    return _task_count(UNDECIDED)


def undecided_rows(now: datetime) -> list[Row]:
    return [_task_row(task, "", now, at="client", label=_("Decide")) for task in _first_tasks(UNDECIDED)]


def money_count(_now: datetime) -> int:
    return _task_count(SETTLE_MONEY)


def money_rows(now: datetime) -> list[Row]:
    """Two queries."""
    tasks = _first_tasks(SETTLE_MONEY)
    held = _held({task.order_id for task in tasks})
    return [
        _task_row(task, sums(held.get(task.order_id, {})), now, at="payouts", label=_("Ask for the refund"))
        for task in tasks
    ]


def _held(order_ids: Collection[int]) -> dict[int, Mapping[str, Decimal]]:
    return {order_id: deal.held for order_id, deal in deals(order_ids).items()}


def _overdue(now: datetime) -> QuerySet[Blocker]:
    return Blocker.objects.filter(resolved_at__isnull=True, due_at__lt=now)


def blocker_count(now: datetime) -> int:
    return _overdue(now).order_by()[:COUNTED].count()


def blocker_rows(now: datetime) -> list[Row]:
    found = _overdue(now).select_related("order", "owner").order_by("due_at", "pk")[:SHOWN]
    return [
        Row(
            title=f"{blocker.order.ref} · {blocker.text}",
            text=" · ".join(
                [str(blocker.get_kind_display()), str(blocker.owner), due(blocker.due_at, now=now).text]
            ),
            tone=Tone.LATE,
            since=blocker.opened_at,
            link=reverse("admin:orders_order_change", args=[blocker.order_id]) + "#deal-blockers",
            link_label=_("Open the order"),
        )
        for blocker in found
    ]
