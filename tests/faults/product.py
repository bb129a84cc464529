"""The whole product, started for real in a folder of its own: all roles are processes that can be killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.config.running import PROJECT, processes_with, runs
from tests.faults.waiting import wait_for

ROLES = ("postgres", "valkey", "sandbox", "web", "bot", "worker", "beat")
START = 180
"""Seconds for a first start on a machine that does other things too."""

FOREIGN = (
    "DATABASE_",
    "REDIS_",
    "TELEGRAM_",
    "SECRET_",
    "ROP_",
    "EMAIL_",
    "MEDIA_",
    "PYTEST_",
    "DJANGO_",
    "MAKE",
)


def environment(run: Path, **more: str) -> dict[str, str]:
    """That of a person who starts it: nothing of another installation, nothing of these tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**ours, "ROP_RUN_DIR": str(run), **more}


class Product:
    def __init__(self, run: Path, **more: str) -> None:
        self.run = run
        self.out = run.with_name(f"{run.name}.out")
        self._environment = environment(run, DEMO="0", **more)
        self._up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.run / "addresses.json").unlink(missing_ok=True)
        with self.out.open("ab") as out:
            self._up = subprocess.Popen(
                [sys.executable, "-m", "config.up"],
                cwd=PROJECT, env=self._environment, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        up = self._up
        wait_for(
            "it has started",
            lambda: (self.run / "addresses.json").exists() or up.poll() is not None,
            seconds=START,
        )
        assert up.poll() is None, self.log_tail()

    def stop(self) -> None:
        if self._up is None:
            return
        for role in ROLES:
            self.thaw(role)
        self._up.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._up.wait(90)
        self._up.kill()
        self._up.wait()
        wait_for("nobody is left", lambda: not processes_with(f"ROP_RUN_DIR={self.run}"), seconds=30)

    # What it says of itself

    @property
    def addresses(self) -> dict[str, Any]:
        return self._read("addresses.json")

    def pids(self) -> dict[str, int]:
        return self._read("pids.json")

    def pid(self, role: str) -> int:
        return self.pids()[role]

    def log_tail(self, lines: int = 60) -> str:
        return "\n".join(self.out.read_text(errors="replace").splitlines()[-lines:])

    def said(self, words: str) -> int:
        """How often its log has these words."""
        return self.out.read_text(errors="replace").count(words)

    def ready(self) -> bool:
        """`/health/ready` says 200."""
        return self.health()[0] == 200

    def health(self) -> tuple[int, dict[str, Any]]:
        """The status, 0 for no answer, and what it says."""
        try:
            with urllib.request.urlopen(
                self.addresses["panel"].replace("/admin/", "/health/ready"), timeout=5
            ) as said:
                return said.status, json.load(said)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)
        except OSError:
            return 0, {}

    def whole(self) -> bool:
        """Every role runs and it says that it is ready."""
        pids = self.pids()
        return all(role in pids and runs(pids[role]) for role in self.roles) and self.ready()

    @property
    def roles(self) -> tuple[str, ...]:
        """Those that it was asked to run itself."""
        replaced = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL", "sandbox": "TELEGRAM_BOT_TOKEN"}
        return tuple(role for role in ROLES if replaced.get(role, "") not in self._environment)

    def _read(self, name: str) -> Any:
        return json.loads((self.run / name).read_text())

    # What is done to it

    def kill(self, role: str, *, by: signal.Signals = signal.SIGKILL) -> int:
        """At once, with all children of the role (a pool, web workers). Returns the pid that is gone."""
        pid = self.pid(role)
        with suppress(ProcessLookupError):
            if by is signal.SIGKILL:
                os.killpg(pid, by)
            else:
                os.kill(pid, by)
        return pid

    def kill_child(self, role: str, dice: Random) -> None:
        """One of the processes that the role has started; waits for one when all have just ended."""
        children = Path(f"/proc/{self.pid(role)}/task/{self.pid(role)}/children")
        pids = wait_for("there is a child", lambda: children.read_text().split(), seconds=10, every=0.01)
        with suppress(ProcessLookupError):
            os.kill(int(dice.choice(pids)), signal.SIGKILL)

    def freeze(self, role: str) -> int:
        pid = self.pid(role)
        os.killpg(pid, signal.SIGSTOP)
        return pid

    def thaw(self, role: str) -> None:
        with suppress(FileNotFoundError, KeyError, ProcessLookupError):
            os.killpg(self.pid(role), signal.SIGCONT)

    @contextmanager
    def frozen(self, *roles: str) -> Iterator[None]:
        for role in roles:
            self.freeze(role)
        try:
            yield
        finally:
            for role in roles:
                self.thaw(role)

    def is_back(self, role: str, *, after: int) -> bool:
        """Another process has the role."""
        pid = self.pids().get(role, after)
        return pid != after and runs(pid)

    @contextmanager
    def another(self, role: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A second process of a role, with the command and the environment of the first."""
        about = Path(f"/proc/{self.pid(role)}")
        command = (about / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        pairs = (line.partition(b"=") for line in (about / "environ").read_bytes().split(b"\0") if line)
        with self.out.open("ab") as out:
            second = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={name.decode(): value.decode() for name, _, value in pairs},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield second
        finally:
            with suppress(ProcessLookupError):
                os.killpg(second.pid, signal.SIGKILL)
            second.wait()

    @contextmanager
    def another_bot(self) -> Iterator["subprocess.Popen[bytes]"]:
        """One that waits until it may lead."""
        waits = "another_bot_worker_leads"
        before = self.said(waits)
        with self.another("bot") as second:
            wait_for("the second bot waits", lambda: self.said(waits) > before, seconds=60)
            yield second

    def manage(self, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
        """A command of `manage.py`, as from another terminal."""
        with self.out.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=PROJECT,
                env=environment(self.run),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )


@contextmanager
def kept_down(product: Product, *roles: str, by: signal.Signals = signal.SIGKILL) -> Iterator[None]:
    """Killed, and killed again each time the supervisor brings one back; at the end it may."""
    over = threading.Event()
    killed: dict[str, int] = {role: product.kill(role, by=by) for role in roles}

    def keep() -> None:
        while not over.wait(0.02):
            for role in roles:
                if product.is_back(role, after=killed[role]):
                    killed[role] = product.kill(role, by=by)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(5)
