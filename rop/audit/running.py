"""One run: what indexes find, the next slice of each walk, and what was broken before."""

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core import heartbeats
from rop.audit.checks import CHECKS, Check
from rop.audit.walks import WALKS, Position, Slice, next_slice
from rop.models import Audit
from rop.selectors import last_audit

LIMIT = 1000
"""No invariant is counted further than this: a broken one is broken enough."""

SLICE = 20_000
"""How many rows of a walk one run audits."""


def audit(*, now: datetime, at_once: int = SLICE) -> Audit:
    """Count what breaks each invariant, and keep the answer.

    What a walk has found stays counted until it is mended: it is asked about at every run.
    """
    started = perf_counter()
    before = last_audit()
    kept, known = (before.walks, before.broken) if before else ({}, {})
    with connection.cursor() as cursor:
        slices = {
            name: next_slice(cursor, walk, Position.read(kept.get(name, {})), now=now, limit=at_once)
            for name, walk in WALKS.items()
        }
        broken = {
            name: _broken(cursor, check, slices, known.get(name, []), now=now)
            for name, check in CHECKS.items()
        }
    counts = {name: len(keys) for name, keys in broken.items()}
    run = Audit.objects.create(
        at=now,
        counts=counts,
        total=sum(counts.values()),
        broken={name: keys for name, keys in broken.items() if keys},
        walks={name: slice_.then.as_dict() for name, slice_ in slices.items()},
        seconds=perf_counter() - started,
    )
    heartbeats.beat("auditor", now=now, detail={"total": run.total})
    return run


def _broken(
    cursor: CursorWrapper, check: Check, slices: Mapping[str, Slice], known: list[int], *, now: datetime
) -> list[int]:
    """The keys of what breaks this invariant, no more than `LIMIT`."""
    values: dict[str, Any] = {"now": now, "limit": LIMIT}
    query = check.query
    if check.walk:
        key, slice_ = WALKS[check.walk].key, slices[check.walk]
        rows = f"{key} > %(after)s AND {key} <= %(last)s"
        query = query.replace("{rows}", f"({rows} OR {key} = ANY(%(known)s))" if known else rows)
        values |= {"after": slice_.after, "last": slice_.last, "known": known}
    cursor.execute(f"{query} LIMIT %(limit)s", values)
    return [int(row[0]) for row in cursor.fetchall()]
