"""A flood of messages to one addressee told as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.models import Message
from telegram_bot.cards.card import Context, Loader

LISTED = 15


@dataclass(slots=True)
class Section:
    """The messages of one template; `rows` are their contexts, of which the first are shown."""

    template: str
    rows: list[Context] = field(default_factory=list)
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.rows) + self.more


def loader(loaders: Mapping[str, Loader]) -> Loader:
    """`loaders` by template, the most pressing first: an order that is late is not listed again as due soon."""

    def load(summaries: Sequence[Message], now: datetime) -> Mapping[int, Context]:
        children = list(
            Message.objects.filter(merged_into__in=[s.pk for s in summaries])
            .select_related("person", "group")
            .order_by("importance", "id")
        )
        truth = still_true(children, loaders, now)
        contexts: dict[int, Context] = {}
        for summary in summaries:
            own = [child for child in children if child.merged_into_id == summary.pk and child.pk in truth]
            sections = _sections(own, truth, list(loaders))
            if sections:
                total = sum(section.count for section in sections)
                contexts[summary.pk] = {
                    "sections": sections,
                    "total": total,
                    "first_due": _first_due(sections),
                }
        return contexts

    return load


def still_true(
    messages: Sequence[Message], loaders: Mapping[str, Loader], now: datetime
) -> dict[int, Context]:
    """The contexts of those that are still worth telling. One call of each loader that is needed."""
    truth: dict[int, Context] = {}
    for template, load in loaders.items():
        if same := [message for message in messages if message.template == template]:
            truth.update(load(same, now))
    return truth


def _sections(
    messages: Sequence[Message], truth: Mapping[int, Context], templates: Sequence[str]
) -> list[Section]:
    told_orders: set[int] = set()
    sections: list[Section] = []
    left = LISTED
    for template in templates:
        rows = []
        for message in messages:
            if message.template != template or message.order_id in told_orders:
                continue
            if message.order_id is not None:
                told_orders.add(message.order_id)
            rows.append(truth[message.pk])
        rows.sort(key=_urgency)
        if rows:
            sections.append(Section(template, rows[:left], more=max(0, len(rows) - left)))
            left = max(0, left - len(rows))
    return sections


def _urgency(row: Context) -> int:
    """The worst orders are those that are shown; what is no order keeps its place."""
    return row["order"].queue_key if "order" in row else 0


def _first_due(sections: Sequence[Section]) -> datetime | None:
    moments = [
        row["due_at"] if "due_at" in row else row["order"].next_action_due
        for section in sections
        for row in section.rows
        if "due_at" in row or "order" in row
    ]
    return min((moment for moment in moments if moment is not None), default=None)
