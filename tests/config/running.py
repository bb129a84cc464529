"""Running programs of our own, and what is true of them from outside."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.parts.children import is_alive

PROJECT = Path(__file__).resolve().parent.parent.parent
NOBODY = 65534


@dataclass(frozen=True)
class User:
    """Whom a program runs as: a prefix for its command, a Python that this user can reach, and a folder of theirs."""

    prefix: tuple[str, ...]
    python: str
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        site = Path(
            sys.prefix, "lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages"
        )
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": f"{PROJECT}:{site}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    @contextmanager
    def run(self, script: str, *arguments: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
        """A Python that runs `script`; killed at the end if it hasn't ended by itself."""
        with subprocess.Popen(
            [*self.prefix, self.python, "-c", script, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment(**more),
        ) as started:
            try:
                yield started
            finally:
                started.kill()


@contextmanager
def whoever_we_are() -> Iterator[User]:
    with _folder() as folder:
        yield User((), sys.executable, folder)


@contextmanager
def nobody() -> Iterator[User]:
    """A plain user, for tests that are started by root."""
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    with _folder() as folder:
        os.chown(folder, NOBODY, NOBODY)
        yield User(prefix, _python_for(prefix), folder)


def _python_for(prefix: tuple[str, ...]) -> str:
    """Ours may lie in a home that others can't enter; any of the same version does."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        version = "import sys; print(sys.version_info[:2])"
        answer = subprocess.run([*prefix, python, "-c", version], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == str(sys.version_info[:2]):
            return python
    raise LookupError("no Python of this version that a plain user can reach")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rop-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(true: Callable[[], object], *, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """A zombie doesn't."""
    if not is_alive(pid):
        return False
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def processes_with(text: str) -> list[int]:
    """Of any user: whose command or environment names `text`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if text.encode() in about:
                found.append(int(entry.name))
    return found


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
