"""Whose fault it was that a look failed: the orders', somebody's who holds a lock, or the server's."""

from enum import Enum, auto

from django.db import Error, InterfaceError, connection
from psycopg import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, ReadOnlySqlTransaction


class Blame(Enum):
    ORDERS = auto()
    CONTENTION = auto()
    SERVER = auto()


CONTENTION = (LockNotAvailable, DeadlockDetected)


def blame(error: Exception) -> Blame:
    """Who is to blame for `error`, which a look ended with.

    What a server or a link that fails raises says nothing of the orders that were in hand, also when they could
    be reached again by the time somebody asks. A statement that took too long may well be the orders' fault.
    """
    cause = error.__cause__ if isinstance(error, Error) else error
    if isinstance(cause, CONTENTION):
        return Blame.CONTENTION
    if isinstance(error, InterfaceError) or isinstance(cause, ReadOnlySqlTransaction):
        return Blame.SERVER
    if isinstance(cause, OperationalError) and not isinstance(cause, QueryCanceled):
        return Blame.SERVER
    return Blame.ORDERS if connection.is_usable() else Blame.SERVER
