"""All advisory locks of PostgreSQL: of two with one number, one would keep the other out for ever."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    DISTRIBUTION = 0x524F5001
    """Loads are read and orders are given out under it, so that two waves don't pick blindly."""

    BOT_LEADS = 0x524F5002
    """The bot worker that polls, sends and handles holds it for as long as it lives."""

    QUEUE_SERVED = 0x524F5003
    """Whoever serves the waiting queue. Two at once would skip each other's locked rows, and the second could give
    the last places to less urgent orders."""


CONTENT_LOCKS = 1024
"""So many at most (a limit): a transaction that adds many files, as a simulated history does, would fill the server's
table of locks with one for each. Two contents that share one wait for each other, and that is all."""

_FIRST_OF_CONTENTS = 0x524F50430000


def content_lock(sha256: str) -> int:
    """Where files with this content are looked for elsewhere while one is added."""
    return _FIRST_OF_CONTENTS + int(sha256[:8], 16) % CONTENT_LOCKS
