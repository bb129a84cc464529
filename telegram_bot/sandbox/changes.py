"""Tells open web pages what has changed, as it changes."""

from __future__ import annotations

import asyncio
from typing import Any

QUEUE = 2_000
"""Changes that wait for one slow page; when there are more, the page is told to read everything again."""


class Changes:
    """A page subscribes, reads its queue, unsubscribes; without pages a change costs nothing."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()

    def subscribe(self) -> asyncio.Queue[dict[str, Any]]:
        page: asyncio.Queue[dict[str, Any]] = asyncio.Queue(QUEUE)
        self._pages.add(page)
        return page

    def unsubscribe(self, page: asyncio.Queue[dict[str, Any]]) -> None:
        self._pages.discard(page)

    def tell(self, kind: str, **what: Any) -> None:
        for page in self._pages:
            if page.full():
                while not page.empty():
                    page.get_nowait()
                page.put_nowait({"kind": "all"})
            else:
                page.put_nowait({"kind": kind, **what})
