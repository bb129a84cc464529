"""One started process: its lines go to the log, its end can be waited for."""

import asyncio
import subprocess
from contextlib import suppress
from dataclasses import dataclass

from config.parts.children import die_with_parent, kill_group
from config.up.log import Log
from config.up.place import PROJECT
from config.up.roles import Role

LONGEST_LINE = 1024 * 1024
LOOK_EVERY = 0.05
LAST_WORDS = 2.0
"""Seconds that the lines of an ended process get to arrive."""


@dataclass(frozen=True)
class Child:
    role: Role
    process: "subprocess.Popen[bytes]"
    reader: "asyncio.Task[None]"

    @classmethod
    async def spawn(cls, role: Role, log: Log) -> "Child":
        """Must be awaited in the main thread: the kernel ends the children of a thread when that thread ends."""
        process = subprocess.Popen(
            role.command,
            stdin=subprocess.PIPE if role.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=role.environment,
            start_new_session=True,
            preexec_fn=die_with_parent(role.stop),  # noqa: PLW1509
        )
        if process.stdin:
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(role.stdin)
        return cls(role, process, asyncio.create_task(_read(role.name, process, log)))

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    async def wait(self) -> int:
        """Its code, once it has ended. What it had started is ended too.

        Not asyncio's own wait: that one also waits for everybody who holds the other end of the pipe.
        """
        while self.process.poll() is None:
            await asyncio.sleep(LOOK_EVERY)
        kill_group(self.pid)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.reader, LAST_WORDS)
        return self.process.returncode

    async def stop(self, log: Log) -> None:
        """Asks; after the deadline kills."""
        if self.process.poll() is None:
            self.process.send_signal(self.role.stop)
        try:
            await asyncio.wait_for(self.wait(), self.role.deadline)
        except TimeoutError:
            log.say("up", f"{self.role.name} did not end within {self.role.deadline:g} s: killed")
            kill_group(self.pid)
            await self.wait()


async def _read(name: str, process: "subprocess.Popen[bytes]", log: Log) -> None:
    lines = asyncio.StreamReader(limit=LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(lines)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, process.stdout)
    try:
        while line := await _line(lines, name, log):
            if text := line.decode(errors="replace").rstrip():
                log.say(name, text)
    finally:
        transport.close()


async def _line(lines: asyncio.StreamReader, name: str, log: Log) -> bytes:
    while True:
        try:
            return await lines.readline()
        except ValueError:
            log.say("up", f"{name} wrote a line longer than {LONGEST_LINE} bytes")
