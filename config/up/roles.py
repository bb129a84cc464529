"""What a supervised process is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from signal import SIGTERM, Signals
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Role:
    """A program that is kept running. `deadline`: seconds that it gets to end after `stop`, before SIGKILL."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stop: Signals = SIGTERM
    deadline: float = 10
    stdin: bytes = b""


class WaitReady(Protocol):
    def __call__(self, *, alive: Callable[[], bool]) -> None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """A role that others stand on: made ready before it starts, waited for afterwards."""

    role: Role
    prepare: Callable[[], None]
    wait_ready: WaitReady
