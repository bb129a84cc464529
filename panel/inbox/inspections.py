"""Goods that are not fit: a lead decides what becomes of the order."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import InspectionVerdict, Task, TaskStatus, VerdictCode
from orders.services import DECIDE
from panel.inbox.rows import COUNTED, SHOWN, Row
from panel.words import Tone, due


def _open_tasks() -> QuerySet[Task]:
    return Task.objects.filter(kind=DECIDE, status=TaskStatus.OPEN)


def unfit_count(_now: datetime) -> int:
    return _open_tasks().order_by()[:COUNTED].count()


def unfit_rows(now: datetime) -> list[Row]:
    """The nearest deadline first. Two queries."""
    tasks = list(_open_tasks().select_related("order", "owner").order_by("due_at", "pk")[:SHOWN])
    verdicts = InspectionVerdict.objects.filter(
        inspection__order__in=[task.order_id for task in tasks],
        verdict=VerdictCode.FAIL,
        replaced_at__isnull=True,
    )
    remarks = dict(verdicts.order_by("pk").values_list("inspection__order", "remarks"))
    return [_row(task, remarks.get(task.order_id, ""), now) for task in tasks]


def _row(task: Task, remarks: str, now: datetime) -> Row:
    until = due(task.due_at, now=now)
    said = _("%(who)s decides, %(due)s") % {"who": task.owner, "due": until.text}
    return Row(
        title=f"{task.order.ref} · {task.order.item}",
        text=" · ".join(filter(None, [remarks, said])),
        tone=Tone.LATE if until.tone == Tone.LATE else Tone.SOON,
        since=task.created_at,
        link=reverse("admin:order_inspection", args=[task.order_id]) + "#verdict",
        link_label=_("Decide"),
    )
