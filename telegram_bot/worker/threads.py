"""The database's side of the bot worker: sync functions on threads of their own."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A pool whose functions start and end without a broken connection: after an outage the next one is new."""

    def __init__(self, name: str, *, size: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=f"bot-{name}")
        self._opened: set[BaseDatabaseWrapper] = set()

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run it to its end: cancelling the waiter does not stop a transaction in the middle."""
        context = contextvars.copy_context()
        call = partial(context.run, partial(self._call, function, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def _call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()
            self._opened.update(connections.all(initialized_only=True))

    def close(self) -> None:
        """Waits for what runs; then nobody uses the threads' connections any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for opened in self._opened:
            opened.inc_thread_sharing()
            opened.close()
