"""The bot worker: poller, inbox, sender, stand-in for the loop, each supervised, all ended by one event."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import random
from time import monotonic

import structlog
from aiogram.utils.token import TokenValidationError
from django.conf import settings

from core import clock
from telegram_bot import inbox
from telegram_bot.inspecting import fetching
from telegram_bot.policies.pacing import Pacing
from telegram_bot.worker.beats import Beats
from telegram_bot.worker.channel import Channel, make_bot
from telegram_bot.worker.direct import Direct
from telegram_bot.worker.files import Files
from telegram_bot.worker.handlers import make_dispatcher
from telegram_bot.worker.inbox_loop import InboxLoop
from telegram_bot.worker.leadership import Leadership, lead
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.poller import Poller
from telegram_bot.worker.sender import Sender
from telegram_bot.worker.takeover import TakeOver
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

RESTART_AFTER = 1.0
LEAD_AGAIN_AFTER = 2.0
TIDY_EVERY = timedelta(hours=1)

Loop = Callable[[asyncio.Event], Awaitable[None]]


class BotWorker:
    """One process. Started twice, the second waits to take the first one's place."""

    def __init__(self, *, token: str, api_url: str, rate: float, lease: timedelta) -> None:
        self._inbox_threads = Threads("inbox", size=4)
        self._sender_threads = Threads("sender", size=3)
        self._mail_threads = Threads("mail", size=2)
        self._loop_threads = Threads("loop", size=1)
        self._beat_threads = Threads("beat", size=1)
        self._file_threads = Threads("files", size=3)
        self._leadership = Leadership()
        self._rate, self._lease = rate, lease
        self._token, self._api_url = token, api_url
        self._sender: Sender | None = None
        self._files: Files | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what is in hand is finished first."""
        try:
            while not stop.is_set():
                try:
                    await lead(self._leadership, self._work, wake=self._wake, stop=stop)
                except Exception:
                    log.exception("not_leading")
                    await pause(LEAD_AGAIN_AFTER * (1 + random()), stop)  # noqa: S311
        finally:
            for threads in (
                self._inbox_threads,
                self._sender_threads,
                self._mail_threads,
                self._loop_threads,
                self._beat_threads,
                self._file_threads,
            ):
                await asyncio.to_thread(threads.close)
        log.info("stopped")

    def _leads(self) -> bool:
        return self._leadership.is_valid

    def _wake(self) -> None:
        for loop in (self._sender, self._files):
            if loop is not None:
                loop.wake()

    async def _work(self, ending: asyncio.Event) -> None:
        """All loops, as long as this process leads."""
        beats = Beats(self._beat_threads, may_beat=self._leads)
        pacing = Pacing(self._rate)
        channel = self._channel()
        sender = self._sender = Sender(
            channel=channel,
            pacing=pacing,
            threads=self._sender_threads,
            mail_threads=self._mail_threads,
            beats=beats,
            lease=self._lease,
            may_send=self._leads,
        )
        loops: dict[str, Loop] = {
            "sender": sender.run,
            "circuit": sender.watch_circuit,
            "takeover": TakeOver(self._loop_threads, may_sweep=self._leads).run,
            "tidying": self._tidy,
        }
        if channel is not None:
            loops |= self._telegram_loops(channel, pacing, beats)
        else:
            loops["without_telegram"] = lambda end: _beat_without_telegram(beats, end)
        try:
            async with asyncio.TaskGroup() as group:
                for name, run in loops.items():
                    group.create_task(_supervise(name, run, ending))
        finally:
            if channel is not None:
                await channel.bot.session.close()

    def _telegram_loops(self, channel: Channel, pacing: Pacing, beats: Beats) -> dict[str, Loop]:
        inbox_loop = InboxLoop(
            bot=channel.bot,
            dispatcher=make_dispatcher(),
            threads=self._inbox_threads,
            direct=Direct(channel, pacing),
            may_handle=self._leads,
        )
        files = self._files = Files(
            bot=channel.bot,
            threads=self._file_threads,
            beats=beats,
            lease=self._lease,
            may_fetch=self._leads,
        )
        poller = Poller(channel.bot, self._inbox_threads, beats, on_updates=inbox_loop.wake)
        return {"poller": poller.run, "inbox": inbox_loop.run, "files": files.run}

    def _channel(self) -> Channel | None:
        if not self._token:
            log.warning("no_bot_token", hint="TELEGRAM_BOT_TOKEN is not given: messages go by e-mail only")
            return None
        try:
            return Channel(make_bot(token=self._token, api_url=self._api_url))
        except TokenValidationError:
            log.error("bot_token_unreadable", hint="TELEGRAM_BOT_TOKEN is no token")
            return None

    async def _tidy(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            now = await self._loop_threads.run(clock.now)
            await self._loop_threads.run(inbox.forget_old, now=now)
            await self._loop_threads.run(fetching.unclaimed, now=now)
            await pause(TIDY_EVERY.total_seconds(), ending)


async def _beat_without_telegram(beats: Beats, ending: asyncio.Event) -> None:
    """Nothing is polled by design: that is no silence."""
    while not ending.is_set():
        for part in ("bot", "files"):
            await beats.beat(part, state="no token: Telegram is off")
        await pause(5.0, ending)


async def _supervise(name: str, run: Loop, ending: asyncio.Event) -> None:
    """A loop that fails is logged and begins again; it ends only when all end."""
    while not ending.is_set():
        began = monotonic()
        try:
            await run(ending)
        except Exception:
            log.exception("loop_failed", loop=name, after=round(monotonic() - began, 1))
            await pause(RESTART_AFTER, ending)


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    worker = BotWorker(
        token=settings.TELEGRAM_BOT_TOKEN,
        api_url=settings.TELEGRAM_API_URL,
        rate=settings.TELEGRAM_RATE,
        lease=settings.TELEGRAM_LEASE,
    )
    await worker.run(stop)
