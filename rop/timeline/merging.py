"""Status events, the journal and messages of one order in one line of time, page by page."""

import heapq
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from core.models import Entry, Message
from orders.models import StatusEvent
from rop.timeline.names import Names
from rop.timeline.refused import was_refused
from rop.timeline.sentences import sentence
from rop.words import REDRAWN

AT_MOST = 200
"""Items of one page (a limit)."""

DID_NOTHING = Q(
    kind="decision.plan",
    output__release=None,
    output__new_owner=False,
    output__close=False,
    output__clocks_start=[],
    output__clocks_mark=[],
    output__clocks_end=[],
    output__notices=[],
    output__climb={
        "open": [],
        "change": [],
        "end": [],
        "announce": "",
        "propose": "",
        "snooze_end": None,
        "proposal_expire": None,
    },
    output__step__code=F("inputs__facts__step"),
)
"""A look that left all as it was, as after an answer to the inspection: in the journal, and nothing to read."""

MESSAGE, ENTRY, EVENT = 0, 1, 2
"""Of things of one moment the later stands first: told because decided because moved."""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened, or was refused. `kind` is stable: an event's route, an entry's kind, `message`."""

    at: datetime
    kind: str
    title: str
    actor: str
    detail: str
    cursor: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    rank: int
    row: Any

    @property
    def key(self) -> tuple[datetime, int, int]:
        return (self.at, self.rank, self.row.pk)

    @property
    def cursor(self) -> str:
        return f"{self.at.isoformat()}~{self.rank}~{self.row.pk}"


class BadCursor(ValueError):
    """`before` is not what an item of a timeline gave as its cursor."""


def timeline(order_id: int, limit: int = 50, before: str | None = None) -> list[TimelineItem]:
    """The newest `limit` things, or those older than the item with the cursor `before`, newest first.

    A fixed number of queries. Raises BadCursor.
    """
    limit = min(max(limit, 1), AT_MOST)
    cursor = _read(before) if before else None
    events = StatusEvent.objects.filter(order_id=order_id)
    # What changed the status is there as its event.
    entries = (
        Entry.objects.filter(order_id=order_id)
        .exclude(kind="command.intake")
        .exclude(kind="command.route", output__result="done")
        # What the question does not fit, having other keys, has to be read.
        .filter(Case(When(DID_NOTHING, then=Value(False)), default=Value(True)))
    )
    messages = Message.objects.filter(order_id=order_id).exclude(template__in=REDRAWN)
    sources = [
        _newest(events, "at", EVENT, cursor, limit),
        _newest(entries, "at", ENTRY, cursor, limit),
        _newest(messages, "created_at", MESSAGE, cursor, limit),
    ]
    rows = list(islice(heapq.merge(*sources, key=lambda row: row.key, reverse=True), limit))
    names = Names.for_rows(order_id, [row.row for row in rows])
    return [_item(row, names) for row in rows]


def _item(row: _Row, names: Names) -> TimelineItem:
    said = sentence(row.row, names)
    refused = isinstance(row.row, Entry) and was_refused(row.row)
    return TimelineItem(row.at, said.kind, said.title, names.actor(row.row), said.detail, row.cursor, refused)


def _read(cursor: str) -> tuple[datetime, int, int]:
    try:
        at, rank, pk = cursor.split("~")
        moment_, number = datetime.fromisoformat(at), int(pk)
        if moment_.tzinfo is None or not 0 < number < 2**63 or not 1 < moment_.year < 9999:
            raise BadCursor(cursor[:100])
        return moment_, int(rank), number
    except ValueError as error:
        raise BadCursor(cursor[:100]) from error


def _newest(
    rows: QuerySet[Any], field: str, rank: int, cursor: tuple[datetime, int, int] | None, limit: int
) -> list[_Row]:
    if cursor is not None:
        at, cursor_rank, pk = cursor
        older = Q(**{f"{field}__lt": at})
        if rank == cursor_rank:
            older |= Q(**{field: at}, pk__lt=pk)
        elif rank < cursor_rank:
            older |= Q(**{field: at})
        rows = rows.filter(older)
    return [_Row(getattr(row, field), rank, row) for row in rows.order_by(f"-{field}", "-pk")[:limit]]
