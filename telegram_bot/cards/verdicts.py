"""Goods that are not fit: what a lead has to decide about."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.models import Message
from orders.models import InspectionVerdict, VerdictCode
from orders.statuses import Status
from telegram_bot.cards.card import Context


def inspection_failed(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Not decided yet, not taken back, and the order is still where it was."""
    undecided = (
        InspectionVerdict.objects.filter(
            verdict=VerdictCode.FAIL,
            decision="",
            replaced_at__isnull=True,
            inspection__order__status=Status.UNDER_INSPECTION,
        )
        .select_related("by", "inspection__order__assigned_manager")
        .in_bulk({message.context.get("verdict") for message in messages})
    )
    return {
        message.pk: {"order": verdict.inspection.order, "verdict": verdict}
        for message in messages
        if (verdict := undecided.get(message.context.get("verdict")))
    }
