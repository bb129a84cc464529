"""Waiting for a server on the loopback."""

import socket
import time
from collections.abc import Callable

from config.parts.children import PartFailed


def wait_for_port(port: int, *, alive: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Returns when somebody listens there. Raises PartFailed with the name `what`."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if not alive():
                raise PartFailed(f"{what} ended while starting; its lines above say why.") from None
            if time.monotonic() > until:
                raise PartFailed(f"{what} does not answer.") from None
        time.sleep(0.05)
