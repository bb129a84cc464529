"""Another session, which the transaction of a test makes wait."""

import threading
import time
from collections.abc import Callable

from django.db import connection, connections

WAITS_FOR_US = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


class Meanwhile(threading.Thread):
    """Another session, which the transaction of the test makes wait."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act = act
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.act()
        except Exception as error:
            self.error = error
        finally:
            connections["default"].close()

    def until_it_waits(self) -> None:
        self.start()
        until = time.monotonic() + 10
        with connection.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute(WAITS_FOR_US)
                if cursor.fetchone()[0]:
                    return
                time.sleep(0.01)
        raise AssertionError("the other session does not wait")
