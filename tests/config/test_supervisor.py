"""Roles come back when they die, end in order, and never outlive their supervisor."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from config.parts.children import PartFailed
from config.up.log import Log
from config.up.roles import Role
from config.up.supervisor import Supervisor
from tests.config.running import first_line, processes_with, runs, wait_until, whoever_we_are

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
POOL = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""


def role(name: str, script: str, *, deadline: float = 5) -> Role:
    return Role(name, (sys.executable, "-c", script), {"PATH": os.environ["PATH"]}, deadline=deadline)


class Story:
    """A supervisor and what can be seen of it from outside: its log, and the file with the pids."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.folder = folder
        self.supervisor = Supervisor(log=log, pids=folder / "pids.json")

    def pid(self, name: str) -> int:
        return int(json.loads((self.folder / "pids.json").read_text())[name])

    def lines(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()

    async def until(self, line: str, *, times: int = 1, seconds: float = 10) -> str:
        async with asyncio.timeout(seconds):
            while len(found := [said for said in self.lines() if line in said]) < times:
                await asyncio.sleep(0.02)
        return found[-1]


@asynccontextmanager
async def supervised(folder: Path, *roles: Role) -> AsyncIterator[Story]:
    with Log(folder / "log") as log:
        story = Story(folder, log)
        try:
            for each in roles:
                await story.supervisor.start(each)
            yield story
        finally:
            await story.supervisor.stop_all()


def test_a_role_that_is_killed_comes_back_with_a_new_pid(tmp_path: Path) -> None:
    async def story() -> None:
        async with supervised(tmp_path, role("web", SLEEPER)) as seen:
            await seen.until("web      | up")
            first = seen.pid("web")
            os.kill(first, signal.SIGKILL)
            await seen.until("web      | up", times=2)
            assert "web ended (code -9), starting again in 1 s" in "\n".join(seen.lines())
            assert seen.pid("web") != first
            assert runs(seen.pid("web"))

    asyncio.run(story())


def test_a_role_that_keeps_dying_is_started_ever_less_often(tmp_path: Path) -> None:
    async def story() -> None:
        async with supervised(tmp_path, role("bot", "raise SystemExit(3)")) as seen:
            await seen.until("bot ended (code 3), starting again in 1 s")
            await seen.until("bot ended (code 3), starting again in 2 s")
            await seen.until("bot ended (code 3), starting again in 4 s")

    asyncio.run(story())


def test_what_a_killed_role_had_started_does_not_stay(tmp_path: Path) -> None:
    async def story() -> None:
        async with supervised(tmp_path, role("worker", POOL)) as seen:
            child = int((await seen.until("worker   | child")).split()[-1])
            os.kill(seen.pid("worker"), signal.SIGKILL)
            await seen.until("worker ended")
            wait_until(lambda: not runs(child), seconds=5, what="the pool's child ends")

    asyncio.run(story())


def test_the_last_started_ends_first_and_the_stubborn_is_killed(tmp_path: Path) -> None:
    def teller(name: str) -> Role:
        return role(
            name,
            "import os, signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'bye\\n'), sys.exit()))\n"
            "print('up', flush=True)\n"
            "time.sleep(600)",
        )

    async def story() -> None:
        roles = (teller("postgres"), teller("web"), role("worker", STUBBORN, deadline=0.5), teller("beat"))
        async with supervised(tmp_path, *roles) as seen:
            await seen.until("| up", times=4)
            pids = [seen.pid(each.name) for each in roles]
        assert [line for line in seen.lines() if "up       |" in line or "bye" in line] == [
            "beat     | bye",
            "up       | worker did not end within 0.5 s: killed",
            "web      | bye",
            "postgres | bye",
        ]
        assert not any(runs(pid) for pid in pids)
        assert not (tmp_path / "pids.json").exists()

    asyncio.run(story())


def test_a_task_that_fails_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with supervised(tmp_path) as seen:
            await seen.supervisor.run_once(role("prepare", "print('done')"))
            with pytest.raises(PartFailed, match="prepare failed with code 4"):
                await seen.supervisor.run_once(role("prepare", "raise SystemExit(4)"))
            assert "prepare  | done" in seen.lines()

    asyncio.run(story())


def test_a_line_without_an_end_stops_nobody(tmp_path: Path) -> None:
    async def story() -> None:
        script = "import sys, time; print('x' * 3_000_000); print('after', flush=True); time.sleep(600)"
        async with supervised(tmp_path, role("web", script)) as seen:
            await seen.until("web      | after")

    asyncio.run(story())


SUPERVISOR = """
import asyncio, os, sys
from pathlib import Path
from config.up.log import Log
from config.up.roles import Role
from config.up.supervisor import Supervisor

async def main():
    with Log(Path(sys.argv[1]) / "log") as log:
        supervisor = Supervisor(log=log, pids=Path(sys.argv[1]) / "pids.json")
        for name in ("postgres", "web"):
            command = (sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1])
            await supervisor.start(Role(name, command, dict(os.environ)))
        log.show("started")
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_killed_supervisor_leaves_nobody_behind() -> None:
    with whoever_we_are() as user, user.run(SUPERVISOR, str(user.folder)) as started:
        assert first_line(started) == "started"
        assert len(processes_with(str(user.folder))) == 3

        started.kill()
        started.wait()

        wait_until(lambda: not processes_with(str(user.folder)), seconds=10, what="all are gone")
