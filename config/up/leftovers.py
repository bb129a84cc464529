"""What a killed predecessor left: its children end by themselves, and get a moment for it."""

import json
import time
from pathlib import Path

from config.parts.children import is_alive, kill_group
from config.up.log import Log
from config.up.place import Place

PATIENCE = 15.0


def end_leftovers(place: Place, log: Log) -> None:
    if not place.pids.exists():
        return
    pids: dict[str, int] = json.loads(place.pids.read_text())
    until = time.monotonic() + PATIENCE
    while left := {name: pid for name, pid in pids.items() if is_alive(pid) and _is_of(place, pid)}:
        if time.monotonic() > until:
            for name, pid in left.items():
                log.say("up", f"{name} of an earlier start (pid {pid}) does not end: killed")
                kill_group(pid)
            break
        time.sleep(0.1)
    place.pids.unlink()


def _is_of(place: Place, pid: int) -> bool:
    """A pid can have gone to another program: ours carry the folder in their environment."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"ROP_RUN_DIR={place.run}".encode() in environment.split(b"\0")
