"""Feeds stored updates to the dispatcher: of one chat one after another, several chats at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiogram import Bot, Dispatcher

from core import clock
from telegram_bot import inbox
from telegram_bot.inbox import Item
from telegram_bot.visits import SILENCE
from telegram_bot.worker.direct import Direct
from telegram_bot.worker.handlers import Turn
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.poller import KINDS
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

CHATS_AT_ONCE = 8
LOOK_EVERY = 1.0


@dataclass(slots=True)
class InboxLoop:
    bot: Bot
    dispatcher: Dispatcher
    threads: Threads
    direct: Direct
    may_handle: Callable[[], bool]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    handling: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            self.woken.clear()
            for item in await self._to_handle():
                task = asyncio.create_task(self._handle(item))
                self.handling[item.chat_id] = task
                task.add_done_callback(partial(self._finished, item.chat_id))
            await pause(LOOK_EVERY, ending, self.woken)
        if self.handling:
            await asyncio.wait(self.handling.values())
        await self.direct.finish()

    def wake(self) -> None:
        self.woken.set()

    def _finished(self, chat_id: int, _task: asyncio.Task[None]) -> None:
        del self.handling[chat_id]
        self.wake()

    async def _to_handle(self) -> list[Item]:
        room = CHATS_AT_ONCE - len(self.handling)
        if room <= 0 or not self.may_handle():
            return []
        now = await self.threads.run(clock.now)
        return await self.threads.run(inbox.to_handle, busy_chats=list(self.handling), limit=room, now=now)

    async def _handle(self, item: Item) -> None:
        turn = Turn(item, self.threads, self.direct)
        try:
            if any(kind in item.payload for kind in KINDS):
                await self.dispatcher.feed_raw_update(self.bot, item.payload, turn=turn)
            # What no handler wanted is done too; what one has applied is done already.
            await turn.take(lambda _now: SILENCE)
        except Exception as error:
            log.exception("update_not_handled", update=item.update_id)
            await self._failed(item, error)

    async def _failed(self, item: Item, error: Exception) -> None:
        try:
            now = await self.threads.run(clock.now)
            await self.threads.run(inbox.failed, item, error, now=now)
        except Exception:
            # The database is away: the update stays as it is and comes again.
            log.exception("failure_not_recorded", update=item.update_id)
            await asyncio.sleep(LOOK_EVERY)
