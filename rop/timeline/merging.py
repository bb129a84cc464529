"""Status events, the journal and messages of one order in one line of time, page by page."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Model

from assignment.models import Assignment
from core import bulk
from core.models import Entry, Message
from core.selectors import NamesOf, names_of
from orders.models import StatusEvent
from rop.timeline.names import Names
from rop.timeline.refused import was_refused
from rop.timeline.sentences import sentence
from rop.words import REDRAWN, SAID_AGAIN

AT_MOST = 200
"""Items of one page (a limit)."""

TOLD = """
    kind <> 'command.intake'
    -- What changed the status is there as its event.
    AND NOT (kind = 'command.route' AND output -> 'result' = '"done"')
    -- A look that left all as it was, as after an answer to the inspection: in the journal, and nothing to read.
    -- What these questions do not fit, having other keys, has to be read.
    AND CASE WHEN kind = 'decision.plan'
              AND output -> 'release' = 'null' AND output -> 'new_owner' = 'false' AND output -> 'close' = 'false'
              AND output -> 'clocks_start' = '[]' AND output -> 'clocks_mark' = '[]' AND output -> 'clocks_end' = '[]'
              AND output -> 'notices' = '[]'
              AND output -> 'climb' = '{"open": [], "change": [], "end": [], "announce": "", "propose": "",
                                        "snooze_end": null, "proposal_expire": null}'
              AND output #> '{step,code}' = inputs #> '{facts,step}'
             THEN false ELSE true END
"""
"""What of the journal is no news. As text: Django took longer to compose these questions than PostgreSQL to answer."""

NEWS = "template <> ALL(%s) AND NOT (edits AND template = ANY(%s))"

MESSAGE, ENTRY, EVENT = 0, 1, 2
"""Of things of one moment the later stands first: told because decided because moved."""


@dataclass(frozen=True, slots=True)
class _Source:
    """`at`: the column with its moment; `told`: which rows are worth telling."""

    model: type[Model]
    rank: int
    at: str
    told: str
    values: tuple[Any, ...] = ()


SOURCES = (
    _Source(StatusEvent, EVENT, "at", "true"),
    _Source(Entry, ENTRY, "at", TOLD),
    _Source(Message, MESSAGE, "created_at", NEWS, (sorted(REDRAWN), sorted(SAID_AGAIN))),
)


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


def timeline(
    order_id: int,
    limit: int = 50,
    before: str | None = None,
    *,
    names_of: NamesOf = names_of,
    rounds: Sequence[Assignment] | None = None,
) -> list[TimelineItem]:
    """The newest `limit` things, or those older than the item with the cursor `before`, newest first.

    A fixed number of queries. `rounds`: all of the order, where they were read already. Raises BadCursor.
    """
    limit = min(max(limit, 1), AT_MOST)
    cursor = _read(before) if before else None
    sources = [_newest(source, order_id, cursor, limit) for source in SOURCES]
    rows = list(islice(heapq.merge(*sources, key=lambda row: row.key, reverse=True), limit))
    names = Names.for_rows(order_id, [row.row for row in rows], names_of=names_of, rounds=rounds)
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
    source: _Source, order_id: int, cursor: tuple[datetime, int, int] | None, limit: int
) -> list[_Row]:
    older, values = "", list[Any]()
    if cursor is not None:
        at, cursor_rank, pk = cursor
        if source.rank == cursor_rank:
            older, values = f"AND ({source.at}, id) < (%s, %s)", [at, pk]
        else:
            older, values = f"AND {source.at} {'<=' if source.rank < cursor_rank else '<'} %s", [at]
    which = f"WHERE order_id = %s AND {source.told} {older} ORDER BY {source.at} DESC, id DESC LIMIT %s"
    rows = bulk.read_rows(source.model, which, [order_id, *source.values, *values, limit])
    return [_Row(getattr(row, source.at), source.rank, row) for row in rows]
