"""What happened to the order, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from assignment.models import Assignment
from core.selectors import NamesOf
from orders import gate
from orders.models import Order
from panel.order.routes import ENDING
from panel.words import Tone
from rop.timeline import BadCursor, TimelineItem, timeline

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    item: TimelineItem
    tone: Tone


def context(
    request: HttpRequest, order: Order, *, names_of: NamesOf, rounds: Sequence[Assignment]
) -> dict[str, Any]:
    """The newest things, or those before the one that the address names."""
    before = request.GET.get("before") or None
    try:
        items = timeline(order.pk, SHOWN + 1, before, names_of=names_of, rounds=rounds)
    except BadCursor:
        before, items = None, timeline(order.pk, SHOWN + 1, names_of=names_of, rounds=rounds)
    shown = items[:SHOWN]
    return {
        "timeline": [Line(item, _tone(item)) for item in shown],
        "timeline_older": shown[-1].cursor if len(items) > SHOWN else "",
        "timeline_is_older": before is not None,
    }


def _tone(item: TimelineItem) -> Tone:
    if item.kind in ENDING or item.kind == "loop.quarantined":
        return Tone.LATE
    if item.kind in gate.ROUTES:
        return Tone.GOOD
    if item.refused:
        return Tone.SOON
    return Tone.INFO if item.kind.startswith("command.") else Tone.QUIET
