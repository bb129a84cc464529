"""When the loop falls silent (no broker, no worker), the bot worker does its work until it is back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core import clock
from core.models import Heartbeat
from rop import loop
from telegram_bot.sending import alarms
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

LOOP = "loop"
BY_BOT = "bot worker"

SILENT_AFTER = timedelta(seconds=12)
"""With the time to notice and to sweep, what is due is at most 15 s late."""

ASK_EVERY = 1.0
SWEEP_EVERY = 1.0
ALARM_AFTER = timedelta(seconds=60)


@dataclass(slots=True)
class TakeOver:
    threads: Threads
    may_sweep: Callable[[], bool]
    asked_since: datetime | None = None

    async def run(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            since = await self.threads.run(self._silent_since)
            if since is not None and self.may_sweep():
                log.warning("loop_silent", since=since.isoformat())
                await self._stand_in(since, ending)
            await pause(ASK_EVERY, ending)

    async def _stand_in(self, since: datetime, ending: asyncio.Event) -> None:
        while not ending.is_set() and self.may_sweep():
            looked, is_back = await self.threads.run(_sweep, since)
            if is_back:
                log.info("loop_is_back")
                return
            log.info("swept_for_the_loop", looked=looked)
            await pause(SWEEP_EVERY, ending)

    def _silent_since(self) -> datetime | None:
        """The last sign of life of a loop that is silent for too long; None while it lives."""
        now = clock.now()
        self.asked_since = self.asked_since or now
        last = Heartbeat.objects.filter(name=LOOP).values_list("at", flat=True).first() or self.asked_since
        return last if now - last > SILENT_AFTER else None


def _sweep(silent_since: datetime) -> tuple[int, bool]:
    """Sweep once. Returns how many orders were looked at, and whether somebody else sweeps again."""
    if not _is_ours_or_old():
        return 0, True
    now = clock.now()
    looked = loop.sweep(now)
    # Whose sweep the heartbeat came from: a sweep of a worker that is back overwrites this.
    Heartbeat.objects.filter(name=LOOP, at=now).update(detail={"looked": looked, "by": BY_BOT})
    if now - silent_since > ALARM_AFTER:
        alarms.part_silent(LOOP, since=silent_since, now=now)
    return looked, False


def _is_ours_or_old() -> bool:
    heartbeat = Heartbeat.objects.filter(name=LOOP).first()
    if heartbeat is None or heartbeat.detail.get("by") == BY_BOT:
        return True
    return clock.now() - heartbeat.at > SILENT_AFTER
