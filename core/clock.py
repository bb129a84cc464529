"""The one clock: the database's. Read at doors only, then passed inward as `now`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection

_fixed: ContextVar[datetime | None] = ContextVar("clock_fixed", default=None)


def now() -> datetime:
    """The database's present moment (aware, UTC). One query; costs about 0.1 ms.

    `clock_timestamp()`, not `now()`: inside a long transaction the latter stands still.
    """
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Doors inside this block read `moment`: how a simulation lives through days in seconds."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
