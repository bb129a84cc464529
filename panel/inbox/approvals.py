"""What somebody asked for and another person decides: everybody's requests but one's own."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.approval_words import headline
from orders.models import Approval, ApprovalState
from panel.inbox.rows import COUNTED, SHOWN, Row
from panel.words import Tone, due


def _open() -> QuerySet[Approval]:
    return Approval.objects.filter(state=ApprovalState.OPEN)


def counts_by_asker() -> Mapping[int, int]:
    """How many requests each person waits for. Those that are asked for at once are few."""
    rows = _open().order_by().values_list("asked_by").annotate(number=Count("pk"))
    return dict(rows[:COUNTED])


def count_for(user_id: int) -> int:
    return _open().exclude(asked_by=user_id).order_by()[:COUNTED].count()


def rows_for(user_id: int, now: datetime) -> list[Row]:
    """The nearest deadline first. One query."""
    others = _open().exclude(asked_by=user_id).select_related("order", "asked_by")
    return [_row(approval, now) for approval in others.order_by("due_at", "pk")[:SHOWN]]


def _row(approval: Approval, now: datetime) -> Row:
    until = due(approval.due_at, now=now)
    asked = _("%(who)s asks: %(why)s") % {"who": approval.asked_by, "why": approval.reason}
    return Row(
        title=f"{approval.order.ref} · {headline(approval)}",
        text=" · ".join([approval.order.item, asked, until.text]),
        tone=Tone.LATE if until.tone == Tone.LATE else Tone.SOON,
        since=approval.asked_at,
        link=reverse("admin:approval", args=[approval.pk]),
        link_label=_("Look and decide"),
    )
