"""Words to chats that are nobody's yet: strangers, and people who are about to be linked.

They are not in the outbox, which knows persons and groups only; they keep the same limits.
"""

import asyncio
from collections import deque
from time import monotonic

import structlog

from telegram_bot.policies.outcomes import Kind, Outcome
from telegram_bot.policies.pacing import Lane, Pacing
from telegram_bot.worker.channel import Channel

log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds that an answer waits for its turn: longer than a group's messages keep from each other."""

TRIES = 3
WAITING_AT_MOST = 2
"""Answers to one chat that wait: a stranger who floods is not answered each time."""

CHATS_AT_MOST = 50


class Direct:
    """Nobody waits for these words: the updates of others are handled meanwhile."""

    def __init__(self, channel: Channel, pacing: Pacing) -> None:
        self._channel = channel
        self._pacing = pacing
        self._waiting: dict[int, deque[str]] = {}
        self._saying: set[asyncio.Task[None]] = set()

    @property
    def is_held(self) -> bool:
        """Telegram told everybody to wait."""
        return self._pacing.held_until > monotonic()

    def say(self, chat_id: int, html: str) -> None:
        """Soon, after what this chat is being told already."""
        waiting = self._waiting.get(chat_id)
        if waiting is not None:
            if len(waiting) < WAITING_AT_MOST:
                waiting.append(html)
        elif len(self._waiting) < CHATS_AT_MOST:
            self._waiting[chat_id] = deque([html])
            task = asyncio.create_task(self._say_all(chat_id))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    async def finish(self) -> None:
        """Wait for what is being said."""
        if self._saying:
            await asyncio.wait(self._saying)

    async def _say_all(self, chat_id: int) -> None:
        waiting = self._waiting[chat_id]
        try:
            while waiting:
                if not await self._say(Lane("telegram", chat_id), waiting.popleft()):
                    log.info("stranger_not_answered", chat=chat_id)
        finally:
            del self._waiting[chat_id]

    async def _say(self, lane: Lane, html: str) -> bool:
        for _try in range(TRIES):
            if not await self._wait_for(lane):
                return False
            outcome = await self._attempt(lane, html)
            if outcome.kind == Kind.HELD:
                seconds = outcome.wait.total_seconds() if outcome.wait else None
                self._pacing.hold(lane, seconds=seconds, now=monotonic())
            elif outcome.kind != Kind.NOT_SENT:
                return outcome.kind == Kind.SENT
        return False

    async def _attempt(self, lane: Lane, html: str) -> Outcome:
        self._pacing.begin(lane)
        left_at: float | None = None
        try:
            while pause := self._pacing.turn(lane, now=monotonic()):
                await asyncio.sleep(pause)
            left_at = monotonic()
            return await self._channel.say(lane.address, html)
        finally:
            self._pacing.finish(lane, left_at=left_at)

    async def _wait_for(self, lane: Lane) -> bool:
        until = monotonic() + PATIENCE
        while (free_at := self._pacing.lane_free_at(lane)) > monotonic():
            if monotonic() > until or (free_at != float("inf") and free_at > until):
                return False
            await asyncio.sleep(0.1)
        return True
