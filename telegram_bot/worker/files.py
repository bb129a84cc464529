"""Fetches what people have sent, several files at a time, and brings cards to what has become of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import cast

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetFile
from aiohttp import ClientResponseError, ClientTimeout
from django.db import InterfaceError, OperationalError

from core import clock
from orders.policies.files import BYTES_AT_MOST
from telegram_bot.inspecting import fetching
from telegram_bot.inspecting.fetching import Job, LeaseLost
from telegram_bot.inspecting.following import follow
from telegram_bot.policies.outcomes import Kind
from telegram_bot.worker.beats import Beats
from telegram_bot.worker.channel import TIMEOUT
from telegram_bot.worker.classify import classify
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Files in hand at a time: each is in memory whole."""

LOOK_EVERY = 0.5
CHUNK = 256 * 1024
OF_THE_FILE = frozenset({404, 410})
"""What the file's address answers when it is not there (any more)."""

NOT_THE_FILES = frozenset({Kind.HELD, Kind.LOCKED_OUT, Kind.NOT_SENT, Kind.UNKNOWN})
"""What says nothing about the file: Telegram is away, or wants us to wait."""

TOO_BIG = "file is too big"


class TooLarge(Exception):
    """More than Telegram hands out to bots, or more than is taken."""


@dataclass(slots=True)
class Files:
    """`may_fetch` is asked before each look: a worker that lost its lead begins nothing."""

    bot: Bot
    threads: Threads
    beats: Beats
    lease: timedelta
    may_fetch: Callable[[], bool]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    in_hand: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            self.woken.clear()
            if self.may_fetch():
                for job in await self.threads.run(_look, AT_ONCE - len(self.in_hand), self.lease):
                    task = asyncio.create_task(self._fetch(job))
                    self.in_hand.add(task)
                    task.add_done_callback(self._finished)
                await self.beats.beat("files", in_hand=len(self.in_hand))
            await pause(LOOK_EVERY, ending, self.woken)
        if self.in_hand:
            await asyncio.wait(self.in_hand)

    def wake(self) -> None:
        self.woken.set()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.in_hand.discard(task)
        self.wake()

    async def _fetch(self, job: Job) -> None:
        """One file to its end, or to a later attempt. What can't be written down now, the lease brings back."""
        try:
            await self._fetch_and_keep(job)
        except LeaseLost:
            log.warning("file_lease_lost", file=job.id)
        except (OperationalError, InterfaceError) as error:
            log.warning("file_not_kept", file=job.id, error=type(error).__name__)
        except Exception:
            log.exception("file_not_kept", file=job.id)

    async def _fetch_and_keep(self, job: Job) -> None:
        try:
            content, name = await self._download(job)
        except TooLarge:
            await self.threads.run(_too_large, job)
            return
        except Exception as error:
            await self._failed(job, error)
            return
        try:
            await self.threads.run(_keep, job, content, name)
        except (LeaseLost, OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("file_not_kept", file=job.id)
            reason = type(error).__name__
            await self.threads.run(_later, job, reason, wait=None, counts=True)

    async def _download(self, job: Job) -> tuple[bytes, str]:
        """The content, at most as much as is taken, and a name. The file's address has the token: it is not logged."""
        try:
            file = await self.bot(GetFile(file_id=job.file_id), request_timeout=cast("int", TIMEOUT))
        except TelegramBadRequest as error:
            if TOO_BIG in str(error).lower():
                raise TooLarge from None
            raise
        if not file.file_path:
            raise FileNotFoundError("Telegram gives no path")
        if file.file_size and file.file_size > BYTES_AT_MOST:
            raise TooLarge
        content = bytearray()
        address = self.bot.session.api.file_url(self.bot.token, file.file_path)
        timeout = ClientTimeout(total=self.lease.total_seconds() / 2, connect=5)
        parts = self.bot.session.stream_content(address, timeout=cast("int", timeout), chunk_size=CHUNK)
        async for part in parts:
            content += part
            if len(content) > BYTES_AT_MOST:
                raise TooLarge
        return bytes(content), job.named or PurePosixPath(file.file_path).name

    async def _failed(self, job: Job, error: Exception) -> None:
        """Whether the file is at fault, or the way to it."""
        if isinstance(error, ClientResponseError):
            counts, wait = error.status in OF_THE_FILE, None
            reason = f"the file's address answers {error.status}"
        else:
            outcome = classify(error)
            counts, wait, reason = outcome.kind not in NOT_THE_FILES, outcome.wait, outcome.reason
        log.warning("file_not_fetched", file=job.id, reason=reason)
        await self.threads.run(_later, job, reason, wait=wait, counts=counts)


def _look(room: int, lasting: timedelta) -> list[Job]:
    now = clock.now()
    fetching.release_expired(now=now)
    follow(now=now)
    return fetching.take(limit=room, lasting=lasting, now=now) if room > 0 else []


def _keep(job: Job, content: bytes, name: str) -> None:
    fetching.keep(job, content, name, now=clock.now())


def _too_large(job: Job) -> None:
    fetching.refuse_too_large(job, now=clock.now())


def _later(job: Job, reason: str, *, wait: timedelta | None, counts: bool) -> None:
    fetching.later(job, reason, wait=wait, counts=counts, now=clock.now())
