"""Rows of a file become orders, through the intake that every door uses; bad rows are reported, not written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from core.actors import Actor
from core.policies.flaws import Flaw
from orders.policies.cells import read_cells
from orders.selectors import orders_by_external_id
from orders.services.intake import IntakeConflict, NewOrder, orders_intake

BATCH = 500
"""Rows that are written together. A crash loses none: the same file again finds what is there already."""

Cells = tuple[int, Mapping[str, object]]


class Ending(StrEnum):
    CREATED = "created"
    THERE_ALREADY = "there_already"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row; in a dry run, what would become of it. `flaws` only of a wrong one."""

    number: int
    ending: Ending
    external_id: str = ""
    order_id: int | None = None
    flaws: tuple[Flaw, ...] = ()


def orders_import(
    *,
    rows: Iterable[Cells],
    actor: Actor,
    zone: ZoneInfo,
    clock: Callable[[], datetime],
    dry_run: bool = False,
) -> Iterator[RowOutcome]:
    """The outcome of each row (its number and cells), batch by batch, in the order of the rows.

    `clock` is read for every batch, for a long file takes minutes. An external id that stands twice in the
    file is one order when the data are the same, and a conflict of the later row when they are not.
    """
    seen: dict[str, str] = {}
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        now = clock()
        read = [_read(number, cells, zone=zone, now=now) for number, cells in batch]
        good = [one for one in read if isinstance(one, _Good)]
        fresh, ended = _told_apart(good, seen)
        ended |= {one.number: one.ends(Ending.CREATED) for one in fresh}
        if not dry_run:
            ended |= _written(fresh, actor=actor, now=now)
        yield from (one if isinstance(one, RowOutcome) else ended[one.number] for one in read)


@dataclass(frozen=True, slots=True)
class _Good:
    number: int
    order: NewOrder
    fingerprint: str

    def ends(self, ending: Ending, *, order_id: int | None = None) -> RowOutcome:
        return RowOutcome(self.number, ending, self.order.external_id, order_id)

    def conflicts(self) -> RowOutcome:
        flaws = (Flaw("external_id", "conflict"),)
        return RowOutcome(self.number, Ending.WRONG, self.order.external_id, flaws=flaws)


def _read(number: int, cells: Mapping[str, object], *, zone: ZoneInfo, now: datetime) -> _Good | RowOutcome:
    values, flaws = read_cells(cells, zone=zone, now=now)
    if flaws:
        return RowOutcome(number, Ending.WRONG, str(values.get("external_id", "")), flaws=tuple(flaws))
    order = NewOrder(**values)
    return _Good(number, order, order.fingerprint())


def _told_apart(rows: Sequence[_Good], seen: dict[str, str]) -> tuple[list[_Good], dict[int, RowOutcome]]:
    """Those that are new, and the outcomes of those that were there before or stand twice in the file."""
    known = orders_by_external_id(row.order.external_id for row in rows)
    fresh: list[_Good] = []
    ended: dict[int, RowOutcome] = {}
    for row in rows:
        external_id = row.order.external_id
        order_id, before = known.get(external_id, (None, seen.get(external_id)))
        if before is None:
            seen[external_id] = row.fingerprint
            fresh.append(row)
        elif before == row.fingerprint:
            ended[row.number] = row.ends(Ending.THERE_ALREADY, order_id=order_id)
        else:
            ended[row.number] = row.conflicts()
    return fresh, ended


def _written(rows: Sequence[_Good], *, actor: Actor, now: datetime) -> dict[int, RowOutcome]:
    """Take in what is new. Somebody else may bring the same orders at this very moment."""
    ended: dict[int, RowOutcome] = {}
    while rows:
        try:
            received = orders_intake(rows=[row.order for row in rows], actor=actor, now=now)
        except IntakeConflict as conflict:
            foreign = set(conflict.external_ids)
            ended |= {row.number: row.conflicts() for row in rows if row.order.external_id in foreign}
            rows = [row for row in rows if row.order.external_id not in foreign]
            continue
        for row, one in zip(rows, received, strict=True):
            ending = Ending.CREATED if one.created else Ending.THERE_ALREADY
            ended[row.number] = row.ends(ending, order_id=one.order_id)
        break
    return ended
