"""Buckets that leak: how much came within the last minute, in memory that all web processes of one machine share.

A bucket is one number, the moment at which it would be empty again. Nothing is locked, so that a process which
dies can't stop the others: of two that pour in the very same instant, one may go uncounted.
"""

from mmap import mmap
from time import monotonic
from zlib import crc32

MINUTE = 60.0
SLOTS = 16_384
"""Buckets that are told apart. Two names that meet in one slot share its bucket."""


class Buckets:
    def __init__(self) -> None:
        # Anonymous and shared: made before the web server forks (`preload_app`), seen by all of its workers.
        # Their clock is one too: `monotonic` counts for the whole machine.
        self._empty_at = memoryview(mmap(-1, SLOTS * 8)).cast("d")

    def pour(self, name: str, *, per_minute: int) -> float:
        """One more. 0 when there was room for it; else after how many seconds there will be, and nothing was poured."""
        slot, now = crc32(name.encode()) % SLOTS, monotonic()
        empty_at = max(self._empty_at[slot], now) + MINUTE / per_minute
        if empty_at - now > MINUTE + 1e-6:
            return empty_at - now - MINUTE
        self._empty_at[slot] = empty_at
        return 0.0

    def clear(self) -> None:
        self._empty_at[:] = memoryview(bytes(SLOTS * 8)).cast("d")


buckets = Buckets()
