"""An opener that does what a file could make one do; the file says which."""

import os
import socket
import sys
import tempfile
import time

from orders.openers.bounds import Opened, answer


def misbehave(content: bytes, _code: str) -> Opened:
    match content.removeprefix(b"\xff\xd8\xff").decode():
        case "eat":
            return Opened(b"", len(bytes(4 * 1024**3)))
        case "sleep":
            time.sleep(60)
        case "compute":
            while True:
                pass
        case "crash":
            os.abort()
        case "fail":
            raise RuntimeError("nobody expected that")
        case "write":
            with tempfile.TemporaryFile() as file:
                return Opened(b"", file.write(bytes(1024**2)))
        case "open many":
            return Opened(b"", len([socket.socket() for _ in range(200)]))
        case "tell":
            return Opened(
                "\n".join(sorted(os.environ)).encode() + b"\n" + os.environ.get("HOME", "-").encode()
            )
    raise AssertionError(sys.argv)


if __name__ == "__main__":
    answer(misbehave)
