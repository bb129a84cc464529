"""Words to chats that are nobody's yet: strangers, and people who are about to be linked.

They are not in the outbox, which knows persons and groups only; they keep the same limits.
"""

import asyncio
from time import monotonic

import structlog

from telegram_bot.policies.outcomes import Kind
from telegram_bot.policies.pacing import Lane, Pacing
from telegram_bot.worker.channel import Channel

log = structlog.get_logger(__name__)

PATIENCE = 3.0
"""Seconds that an answer to a stranger waits for its turn; a stranger who floods is not answered each time."""

TRIES = 3


class Direct:
    def __init__(self, channel: Channel, pacing: Pacing) -> None:
        self._channel = channel
        self._pacing = pacing

    @property
    def is_held(self) -> bool:
        """Telegram told everybody to wait."""
        return self._pacing.held_until > monotonic()

    async def say(self, chat_id: int, html: str) -> bool:
        """Whether it was said."""
        lane = Lane("telegram", chat_id)
        for _try in range(TRIES):
            if not await self._wait_for(lane):
                break
            self._pacing.begin(lane)
            left_at: float | None = None
            try:
                while pause := self._pacing.turn(lane, now=monotonic()):
                    await asyncio.sleep(pause)
                outcome = await self._channel.say(chat_id, html)
                left_at = monotonic()
            finally:
                self._pacing.finish(lane, left_at=left_at)
            if outcome.kind == Kind.HELD:
                seconds = outcome.wait.total_seconds() if outcome.wait else None
                self._pacing.hold(lane, seconds=seconds, now=monotonic())
            elif outcome.kind != Kind.NOT_SENT:
                return outcome.kind == Kind.SENT
        log.info("stranger_not_answered", chat=chat_id)
        return False

    async def _wait_for(self, lane: Lane) -> bool:
        until = monotonic() + PATIENCE
        while (free_at := self._pacing.lane_free_at(lane)) > monotonic():
            if (free_at != float("inf") and free_at > until) or monotonic() > until:
                return False
            await asyncio.sleep(0.1)
        return True
