"""SQLite behind the sandbox: what changed is written in batches, so that a call never waits for the disk."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLUSH_EVERY = 0.3
"""Seconds between two batches: what a sudden end of the process can lose."""

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS body (id TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
"""


class Store:
    """Things by kind and key as JSON, and the bytes of files. Without a path everything stays in memory."""

    def __init__(self, path: Path | None) -> None:
        self._dirty: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._bodies: dict[str, bytes] = {}
        self._unwritten: set[str] = set()
        self._flusher: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        if self._db is None:
            return
        rows = self._db.execute(
            "SELECT body FROM thing WHERE kind = ? ORDER BY CAST(key AS INTEGER), key", (kind,)
        )
        for (body,) in rows:
            yield json.loads(body)

    def put(self, kind: str, key: int | str, body: dict[str, Any]) -> None:
        if self._db is not None:
            self._dirty[kind, str(key)] = body

    def forget(self, kind: str, key: int | str) -> None:
        if self._db is not None:
            self._dirty[kind, str(key)] = None

    def put_body(self, file_id: str, body: bytes) -> None:
        self._bodies[file_id] = body
        if self._db is not None:
            self._unwritten.add(file_id)

    def body(self, file_id: str) -> bytes | None:
        if file_id in self._bodies or self._db is None:
            return self._bodies.get(file_id)
        row = self._db.execute("SELECT bytes FROM body WHERE id = ?", (file_id,)).fetchone()
        return row[0] if row else None

    def clear(self) -> None:
        self._dirty.clear()
        self._bodies.clear()
        self._unwritten.clear()
        if self._db is not None:
            self._db.execute("DELETE FROM thing")
            self._db.execute("DELETE FROM body")

    def start(self) -> None:
        if self._db is not None:
            self._flusher = asyncio.create_task(self._keep_flushing())

    async def stop(self) -> None:
        if self._db is None:
            return
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        await self.flush()
        self._db.close()

    async def flush(self) -> None:
        """Write all that has changed in one transaction. Raises sqlite3.Error; nothing is lost then."""
        async with self._writing:
            dirty, self._dirty = self._dirty, {}
            unwritten, self._unwritten = self._unwritten, set()
            if not dirty and not unwritten:
                return
            kept = [(kind, key, json.dumps(body)) for (kind, key), body in dirty.items() if body is not None]
            gone = [(kind, key) for (kind, key), body in dirty.items() if body is None]
            bodies = [(file_id, self._bodies[file_id]) for file_id in unwritten if file_id in self._bodies]
            try:
                await asyncio.to_thread(self._write, kept, gone, bodies)
            except sqlite3.Error:
                self._dirty = dirty | self._dirty
                self._unwritten |= unwritten
                raise
            for file_id, _ in bodies:
                self._bodies.pop(file_id, None)

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY)
            try:
                await asyncio.shield(self.flush())
            except sqlite3.Error:
                log.exception("the sandbox could not save its chats; it tries again")

    def _write(
        self,
        kept: list[tuple[str, str, str]],
        gone: list[tuple[str, str]],
        bodies: list[tuple[str, bytes]],
    ) -> None:
        assert self._db is not None
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", kept)
            self._db.executemany("DELETE FROM thing WHERE kind = ? AND key = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO body VALUES (?, ?)", bodies)
