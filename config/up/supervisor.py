"""Keeps roles alive, and ends them in order."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.parts.children import PartFailed, die_with_parent, kill_group
from config.up.log import Log
from config.up.place import PROJECT
from config.up.roles import Role

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LONG_ENOUGH = 60.0
"""Seconds after which a role counts as having run well: its next pause is the shortest again."""

LONGEST_LINE = 1024 * 1024


@dataclass
class Kept:
    role: Role
    process: Process
    keeper: "asyncio.Task[None] | None" = None
    stopping: bool = False


class Supervisor:
    """Belongs to the main thread: the kernel ends the children of a thread when that thread ends."""

    def __init__(self, *, log: Log, pids: Path) -> None:
        self._log = log
        self._pids = pids
        self._kept: dict[str, Kept] = {}
        self._readers: set[asyncio.Task[None]] = set()

    async def start(self, role: Role) -> None:
        kept = Kept(role, await self._spawn(role))
        self._kept[role.name] = kept
        self._write_pids()
        kept.keeper = asyncio.create_task(self._keep(kept))

    async def run_once(self, role: Role) -> None:
        """Returns when it has done its work. Raises PartFailed when it could not."""
        process = await self._spawn(role)
        try:
            code = await process.wait()
        finally:
            kill_group(process.pid)
        if code:
            raise PartFailed(f"{role.name} failed with code {code}; its lines above say why.")

    def is_running(self, role: Role) -> Callable[[], bool]:
        kept = self._kept[role.name]
        return lambda: kept.process.returncode is None

    async def stop_all(self) -> None:
        """The last started first: nothing loses what it stands on while it ends."""
        for kept in reversed(self._kept.values()):
            await self._stop(kept)
        self._pids.unlink(missing_ok=True)

    async def _stop(self, kept: Kept) -> None:
        kept.stopping = True
        process = kept.process
        if process.returncode is None:
            process.send_signal(kept.role.stop)
            try:
                await asyncio.wait_for(process.wait(), kept.role.deadline)
            except TimeoutError:
                self._log.say("up", f"{kept.role.name} did not end within {kept.role.deadline:.0f} s: killed")
        kill_group(process.pid)
        await process.wait()
        if kept.keeper:
            kept.keeper.cancel()
            with suppress(asyncio.CancelledError):
                await kept.keeper

    async def _keep(self, kept: Kept) -> None:
        clock = asyncio.get_running_loop().time
        pause = SHORTEST_PAUSE
        while True:
            started = clock()
            code = await kept.process.wait()
            kill_group(kept.process.pid)
            if kept.stopping:
                return
            if clock() - started > LONG_ENOUGH:
                pause = SHORTEST_PAUSE
            self._log.say("up", f"{kept.role.name} ended (code {code}), starting again in {pause:.0f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            kept.process = await self._spawn(kept.role)
            self._write_pids()

    async def _spawn(self, role: Role) -> Process:
        process = await asyncio.create_subprocess_exec(
            *role.command,
            stdin=PIPE if role.stdin else DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            cwd=PROJECT,
            env=role.environment,
            limit=LONGEST_LINE,
            start_new_session=True,
            preexec_fn=die_with_parent(role.stop),
        )
        if process.stdin:
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(role.stdin)
                await process.stdin.drain()
            process.stdin.close()
        reader = asyncio.create_task(self._read(role.name, process))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        return process

    async def _read(self, name: str, process: Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                self._log.say("up", f"{name} wrote a line longer than {LONGEST_LINE} bytes")
                continue
            if not line:
                return
            self._log.say(name, line.decode(errors="replace").rstrip())

    def _write_pids(self) -> None:
        pids = {name: kept.process.pid for name, kept in self._kept.items()}
        half_done = self._pids.with_suffix(".new")
        half_done.write_text(json.dumps(pids, indent=2) + "\n")
        half_done.replace(self._pids)
