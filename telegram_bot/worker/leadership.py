"""One bot worker leads: it alone polls, sends and handles. The others wait to take its place.

The lock is held by a session of PostgreSQL, so it is free the moment its holder dies. A holder that was stopped
(SIGSTOP) or cut off asks nothing for a while: then PostgreSQL ends its session by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import psycopg
import structlog
from django.db import connection

from core.advisory import Lock
from core.outbox import CHANNEL
from telegram_bot.worker.pauses import pause

log = structlog.get_logger(__name__)

ASK_EVERY = 2.0
SESSION_IDLE_AT_MOST = 12
VALID_FOR = 9.0
"""Seconds: a leader that could not ask for so long does nothing risky until it could (less than the above)."""


GRACE = 5.0
"""Seconds that what is in hand may take when the worker is stopped."""


class LeadershipLost(Exception):
    """The session that holds the lock is gone: somebody else may lead already."""


class Leadership:
    """Held while `confirmed` was not long ago."""

    def __init__(self) -> None:
        self._confirmed = float("-inf")

    @property
    def is_valid(self) -> bool:
        return monotonic() - self._confirmed < VALID_FOR

    def confirm(self) -> None:
        self._confirmed = monotonic()

    def end(self) -> None:
        self._confirmed = float("-inf")


async def lead(
    leadership: Leadership,
    work: Callable[[asyncio.Event], Awaitable[None]],
    *,
    wake: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Wait for the lock, then run `work(ending)` until `stop` is set or the lock is lost.

    Work is asked to end by its event and has `GRACE` seconds for what is in hand. `wake` is called when messages
    were posted. Raises LeadershipLost, psycopg.Error.
    """
    async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as session:
        await session.execute(
            "SELECT set_config('idle_session_timeout', %s, false)", [f"{SESSION_IDLE_AT_MOST}s"]
        )
        if not await _lock(session, stop):
            return
        leadership.confirm()
        await session.execute(f"LISTEN {CHANNEL}")
        log.info("leading")
        ending = asyncio.Event()
        working = asyncio.ensure_future(work(ending))
        holding = asyncio.ensure_future(_hold(session, leadership, wake))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({working, holding, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if holding.done():
                leadership.end()
            ending.set()
            await asyncio.wait({working}, timeout=GRACE)
        finally:
            leadership.end()
            await _cancel(working, stopping, holding)
        for task in (working, holding):
            if task.done() and not task.cancelled():
                task.result()


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _lock(session: psycopg.AsyncConnection[Any], stop: asyncio.Event) -> bool:
    waiting = False
    while not stop.is_set():
        cursor = await session.execute("SELECT pg_try_advisory_lock(%s)", [Lock.BOT_LEADS])
        row = await cursor.fetchone()
        if row and row[0]:
            return True
        if not waiting:
            log.info("another_bot_worker_leads")
            waiting = True
        await pause(ASK_EVERY, stop)
    return False


async def _hold(
    session: psycopg.AsyncConnection[Any], leadership: Leadership, wake: Callable[[], None]
) -> None:
    """Ask from time to time, so that the session does not fall idle; in between hear of posted messages."""
    try:
        while True:
            async for _notify in session.notifies(timeout=ASK_EVERY):
                wake()
            async with asyncio.timeout(ASK_EVERY * 2):
                await session.execute("SELECT 1")
            leadership.confirm()
    except (psycopg.Error, TimeoutError) as error:
        raise LeadershipLost from error


def _parameters() -> dict[str, Any]:
    """The application's own login, as Django would use it."""
    given = connection.get_connection_params()
    return {
        name: given[name]
        for name in given
        if name not in ("cursor_factory", "context", "server_side_binding")
    }
