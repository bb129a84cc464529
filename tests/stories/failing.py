"""A look that can't: what a unit of work calls in the stories about a loop that fails."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection


class LookFailed(RuntimeError):
    pass


def look(order_ids: Sequence[int], now: datetime) -> int:
    raise LookFailed


def look_on_a_broken_statement(order_ids: Sequence[int], now: datetime) -> int:
    """The failure that leaves PostgreSQL's transaction aborted unless a savepoint was set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return 0
