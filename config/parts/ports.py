"""Free ports on the loopback, chosen once."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def remembered_ports(memory: Path, names: Iterable[str]) -> dict[str, int]:
    """The ports of last time where they are still free, else new ones; written back to `memory`."""
    known: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    kept = {name: known[name] for name in names if name in known and is_free(known[name])}
    missing = [name for name in names if name not in kept]
    ports = kept | dict(zip(missing, free_ports(len(missing)), strict=True))
    memory.write_text(json.dumps(known | ports, indent=2) + "\n")
    return ports
