"""The unit of work: facts first, then the loop's look, in one transaction; and the command, which may refuse.

A command writes facts and names the orders that it touched (`wake`). When the outermost unit ends, the
loop looks at them inside a savepoint. If that fails the facts are still committed: each caller of `wake`
leaves behind what keeps its rows whole (`if_unlooked`), and the sweep heals them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.module_loading import import_string

from core import journal
from core.actors import Actor
from core.refusals import Refusal

log = structlog.get_logger(__name__)

CHUNK = 100
"""How many orders one look takes at most (a limit: it bounds how long rows stay locked)."""

Unlooked = Callable[[list[int], datetime], None]


@dataclass(slots=True)
class Work:
    now: datetime
    woken: dict[int, Unlooked] = field(default_factory=dict)
    refused: list[tuple[journal.Record, Actor]] = field(default_factory=list)

    def wake(self, order_ids: Iterable[int], *, if_unlooked: Unlooked) -> None:
        """These orders changed: look at them before this unit ends."""
        for order_id in order_ids:
            self.woken[order_id] = if_unlooked


_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)


class NoUnitOfWork(RuntimeError):
    """Facts were written outside a unit of work: nobody would look at them."""


def current() -> Work:
    work = _current.get()
    if work is None:
        raise NoUnitOfWork("write facts inside core.work.unit_of_work(now)")
    return work


@contextmanager
def unit_of_work(now: datetime) -> Iterator[Work]:
    """One transaction of facts and the look at them. Nested units join the outer one and its `now`."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    work = Work(now=now)
    try:
        with transaction.atomic():
            token = _current.set(work)
            try:
                yield work
                _journal_refused(work)
                _look_at_woken(work)
            finally:
                _current.reset(token)
    except Exception:
        # Of this unit nothing is left; that something was refused in it stays known.
        _journal_refused(work)
        raise


@contextmanager
def command(
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    order_id: int | None = None,
    inputs: dict[str, Any] | None = None,
) -> Iterator[Work]:
    """A unit of work that may be refused: raise a `Refusal` inside, and nothing of the command stays but its entry.

    What was done the command journals itself, under the same `kind`. `inputs`: ids and codes, what was asked for.
    """
    nested = _current.get() is not None
    with unit_of_work(now) as work:
        try:
            with transaction.atomic() if nested else nullcontext():
                yield work
        except Refusal as refusal:
            output = {"result": "refused", "code": refusal.code, "missing": refusal.lacks()}
            record = journal.Record(kind, order_id=order_id, inputs=inputs or {}, output=output)
            work.refused.append((record, actor))
            raise


def _journal_refused(work: Work) -> None:
    for record, actor in work.refused:
        journal.write([record], actor=actor, now=work.now)


def look_in_chunks(order_ids: list[int], now: datetime) -> None:
    """After facts of many were committed: one transaction for each chunk, in the order given.

    The facts were left with a placeholder step that is due at once, so a chunk that can't be looked at now is
    the sweep's: whoever brought the facts has them acknowledged either way.
    """
    look = import_string(settings.ROP_LOOK)
    for start in range(0, len(order_ids), CHUNK):
        chunk = order_ids[start : start + CHUNK]
        try:
            with transaction.atomic():
                look(chunk, now)
        except Exception:
            log.exception("look_left_to_the_sweep", orders=len(chunk), first=chunk[0])


def _look_at_woken(work: Work) -> None:
    by_reaction: dict[Unlooked, list[int]] = {}
    for order_id, if_unlooked in work.woken.items():
        by_reaction.setdefault(if_unlooked, []).append(order_id)
    for if_unlooked, order_ids in by_reaction.items():
        for start in range(0, len(order_ids), CHUNK):
            _look(sorted(order_ids[start : start + CHUNK]), work.now, if_unlooked)


def _look(order_ids: list[int], now: datetime, if_unlooked: Unlooked) -> None:
    look = import_string(settings.ROP_LOOK)
    try:
        with transaction.atomic():
            look(order_ids, now)
            _check_now()
    except OperationalError:
        # Lock timeouts and lost connections: the database says whether facts can still commit.
        log.warning("look_postponed", orders=len(order_ids), exc_info=True)
        if_unlooked(order_ids, now)
    except Exception:
        log.exception("look_failed", orders=len(order_ids), first=order_ids[0])
        if_unlooked(order_ids, now)


def _check_now() -> None:
    """Ask the deferred constraints here, inside the savepoint: at COMMIT a refusal would take the facts along."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
