"""Waiting with an end."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from config.parts.children import PartFailed

BEAT = "SELECT count(*) FROM core_heartbeat WHERE name = %s AND at > %s"


def wait_until(true: Callable[[], object], *, seconds: float, every: float = 0.1) -> bool:
    """Whether it became true in time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() >= until:
            return False
        time.sleep(min(every, max(0.0, until - time.monotonic())))
    return True


def wait_for_heartbeat(connection: "psycopg.Connection[Any]", name: str, *, seconds: float = 60) -> None:
    """Until this part has made progress after now. Raises PartFailed."""
    since = connection.execute("SELECT clock_timestamp()").fetchone()
    assert since is not None
    if not wait_until(lambda: connection.execute(BEAT, [name, since[0]]).fetchone() == (1,), seconds=seconds):
        raise PartFailed(f"{name} makes no progress; its log says why.")
