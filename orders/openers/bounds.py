"""What the openers share: their bounds, and how they answer."""

import dataclasses
import json
import resource
import sys
from collections.abc import Callable

from orders.policies.files import BadFile

MEMORY = 1536 * 1024 * 1024
"""Address space in bytes. A picture of 40 Mpx takes 160 MB for each copy; libraries map much that they never use."""

CPU_SECONDS = 8
OPEN_FILES = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """`width` and `height` in pixels as shown, None for what has pages. `preview` is a JPEG without metadata."""

    preview: bytes
    width: int | None = None
    height: int | None = None


def answer(open_file: Callable[[bytes, str], Opened]) -> None:
    """Open what comes by stdin, of the type that the first argument names, and say what it is."""
    _bound()
    try:
        opened = open_file(sys.stdin.buffer.read(), sys.argv[1])
    except BadFile as bad:
        _say({"refused": bad.reason})
    except MemoryError:
        _say({"refused": "too_heavy"})
    else:
        _say({"width": opened.width, "height": opened.height}, opened.preview)


def _bound() -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _say(what: dict[str, object], preview: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n" + preview)
