"""Keeps roles alive, and ends them in order."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.parts.children import PartFailed
from config.up.child import Child
from config.up.log import Log
from config.up.roles import Role

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LONG_ENOUGH = 60.0
"""Seconds after which a role counts as having run well: its next pause is the shortest again."""


@dataclass
class Kept:
    child: Child
    keeper: "asyncio.Task[None]"


class Supervisor:
    """Belongs to the main thread, as its children do. `pids` is where a person finds whom to kill."""

    def __init__(self, *, log: Log, pids: Path) -> None:
        self._log = log
        self._pids = pids
        self._kept: dict[str, Kept] = {}

    async def start(self, role: Role) -> None:
        child = await Child.spawn(role, self._log)
        self._kept[role.name] = Kept(child, asyncio.create_task(self._keep(role)))
        self._write_pids()

    async def run_once(self, role: Role) -> None:
        """Returns when it has done its work. Raises PartFailed when it could not."""
        child = await Child.spawn(role, self._log)
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            await child.stop(self._log)
            raise
        if code:
            raise PartFailed(f"{role.name} failed with code {code}; its lines above say why.")

    def is_running(self, role: Role) -> Callable[[], bool]:
        """Asks about the process of now, not about its successors: whoever dies while starting has failed."""
        return self._kept[role.name].child.is_running

    async def stop_all(self) -> None:
        """The last started first: nothing loses what it stands on while it ends."""
        for kept in reversed(self._kept.values()):
            kept.keeper.cancel()
            with suppress(asyncio.CancelledError):
                await kept.keeper
            await kept.child.stop(self._log)
        self._kept.clear()
        self._pids.unlink(missing_ok=True)

    async def _keep(self, role: Role) -> None:
        clock = asyncio.get_running_loop().time
        pause = SHORTEST_PAUSE
        while True:
            started = clock()
            code = await self._kept[role.name].child.wait()
            if clock() - started > LONG_ENOUGH:
                pause = SHORTEST_PAUSE
            self._log.say("up", f"{role.name} ended (code {code}), starting again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._kept[role.name].child = await Child.spawn(role, self._log)
            self._write_pids()

    def _write_pids(self) -> None:
        pids = {name: kept.child.pid for name, kept in self._kept.items()}
        half_done = self._pids.with_suffix(".new")
        half_done.write_text(json.dumps(pids, indent=2) + "\n")
        half_done.replace(self._pids)
