"""Signs of life of the bot worker's parts, at most one in some seconds for each."""

import os
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

from core import clock, heartbeats
from core.models import Heartbeat
from telegram_bot.worker.threads import Threads

EVERY = 5.0


class Beats:
    """Each loop beats when it has made progress. A loop that hangs is silent, and silence is an alarm.

    Only the leading worker beats.
    """

    def __init__(self, threads: Threads, *, may_beat: Callable[[], bool]) -> None:
        self._threads = threads
        self._may_beat = may_beat
        self._last: dict[str, float] = {}

    async def beat(self, name: str, *, at_once: bool = False, **detail: Any) -> None:
        if not self._may_beat() or not (at_once or self._is_time(name)):
            return
        await self._threads.run(_beat, name, {**detail, **_who()})
        self._last[name] = monotonic()

    async def complain(self, name: str, **detail: Any) -> None:
        """No progress, but a reason to show: the moment stays what it was."""
        if not self._may_beat() or not self._is_time(f"{name}!"):
            return
        await self._threads.run(_complain, name, {**detail, **_who()})
        self._last[f"{name}!"] = monotonic()

    def _is_time(self, name: str) -> bool:
        return monotonic() - self._last.get(name, float("-inf")) >= EVERY


def _who() -> dict[str, Any]:
    return {"host": socket.gethostname(), "pid": os.getpid()}


def _beat(name: str, detail: dict[str, Any]) -> None:
    heartbeats.beat(name, now=clock.now(), detail=_with_what_is_known(name, detail))


def _complain(name: str, detail: dict[str, Any]) -> None:
    Heartbeat.objects.filter(name=name).update(detail=_with_what_is_known(name, detail))


def _with_what_is_known(name: str, detail: dict[str, Any]) -> dict[str, Any]:
    """The bot's name, once found, stays: links to the bot are made of it."""
    if name != "bot" or "username" in detail:
        return detail
    known = Heartbeat.objects.filter(name=name).values_list("detail", flat=True).first() or {}
    return {**{key: known[key] for key in ("username", "bot_id") if key in known}, **detail}
