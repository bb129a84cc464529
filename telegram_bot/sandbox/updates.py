"""The queue of updates that waits for the bot, with one poller at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from .clock import Clock
from .errors import terminated_by_other_poller
from .store import Store

Json = dict[str, Any]

KEPT_SECONDS = 24 * 3600
FIRST_ID = 500_000_001
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


class UpdateQueue:
    """Updates are forgotten once confirmed by a higher offset, or after 24 hours."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._updates: deque[tuple[float, Json]] = deque(
            (row["at"], row["update"]) for row in store.load("update")
        )
        self._next_id = max((row["next"] for row in store.load("update_counter")), default=FIRST_ID)
        self._allowed: list[str] = []
        self._poller: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._updates)

    def add(self, kind: str, body: Json) -> int | None:
        """Queue an update; None when the bot has not allowed this kind."""
        if (self._allowed and kind not in self._allowed) or (not self._allowed and kind in NOT_BY_DEFAULT):
            return None
        return self.add_raw({kind: body})

    def add_raw(self, body: Json) -> int:
        """Queue any object as an update, also kinds that no bot knows."""
        update_id = self._next_id
        self._next_id += 1
        update = {"update_id": update_id, **body}
        self._updates.append((self._clock.now(), update))
        self._store.put("update", update_id, {"at": self._clock.now(), "update": update})
        self._store.put("update_counter", "", {"next": self._next_id})
        self._wake()
        return update_id

    async def get(self, *, offset: int, limit: int, timeout: float, allowed: list[str] | None) -> list[Json]:
        """Raises ApiError 409 when another call takes over while this one waits."""
        self.disconnect_poller()
        if allowed is not None:
            self._allowed = allowed
        self._forget_old()
        if offset < 0:
            offset = self._updates[max(offset, -len(self._updates))][1]["update_id"] if self._updates else 0
        self._confirm(offset)
        if not self._updates and timeout > 0:
            await self._wait(timeout)
            self._confirm(offset)
        return [update for _, update in list(self._updates)[:limit]]

    def disconnect_poller(self) -> None:
        """The call that waits now, if any, is answered with 409."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(terminated_by_other_poller())
        self._poller = None

    def clear(self) -> None:
        self._confirm(self._next_id)

    def _confirm(self, offset: int) -> None:
        while self._updates and self._updates[0][1]["update_id"] < offset:
            self._drop_first()

    def _forget_old(self) -> None:
        while self._updates and self._updates[0][0] < self._clock.now() - KEPT_SECONDS:
            self._drop_first()

    def _drop_first(self) -> None:
        _, update = self._updates.popleft()
        self._store.forget("update", update["update_id"])

    async def _wait(self, timeout: float) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poller, timeout)
        except TimeoutError:
            pass
        finally:
            if self._poller is poller:
                self._poller = None

    def _wake(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
