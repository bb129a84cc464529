"""`python -m config.up`, as a person meets it: one story on one installation."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.config.running import PROJECT, nobody, processes_with, runs, wait_until, whoever_we_are

ROLES = {"postgres", "valkey", "sandbox", "web", "bot", "worker", "beat"}
KEYS = {
    "intake",
    "ai_ceo",
    "ai_rom",
    "ai_cfo",
    "ai_quality",
    "ai_sre",
    "ai_grc",
    "lead",
    "manager",
    "finance",
}

# Bounds for a machine that does other things too.
FIRST_START = 120
NEXT_START = 40


class Installation:
    def __init__(self, run: Path) -> None:
        self.run = run
        self.out = run.with_suffix(".out")

    @contextmanager
    def up(self, *, seconds: float) -> Iterator["subprocess.Popen[bytes]"]:
        """Started and ready; the block may end it in its own way."""
        (self.run / "addresses.json").unlink(missing_ok=True)
        with self.out.open("wb") as out, self.start(out) as started:
            try:
                self.wait_ready(started, seconds=seconds)
                yield started
            finally:
                started.send_signal(signal.SIGTERM)

    def start(self, out: Any) -> "subprocess.Popen[bytes]":
        ours = (
            "DATABASE_",
            "REDIS_",
            "TELEGRAM_",
            "SECRET_",
            "ROP_",
            "EMAIL_",
            "MEDIA_",
            "PYTEST_",
            "DJANGO_",
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return subprocess.Popen(
            [sys.executable, "-m", "config.up"],
            cwd=PROJECT,
            env={**environment, "ROP_RUN_DIR": str(self.run), "DEMO": "0"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )

    def wait_ready(self, started: "subprocess.Popen[bytes]", *, seconds: float) -> None:
        wait_until(
            lambda: (self.run / "addresses.json").exists() or started.poll() is not None,
            seconds=seconds,
            what="it is ready",
        )
        assert started.poll() is None, self.out.read_text()[-4000:]

    def read(self, name: str) -> Any:
        return json.loads((self.run / name).read_text())

    def pid(self, role: str) -> int:
        return int(self.read("pids.json")[role])

    def ready(self) -> bool:
        address = self.read("addresses.json")["panel"].replace("/admin/", "/health/ready")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except OSError:
            return False

    def is_gone(self) -> bool:
        return not processes_with(f"ROP_RUN_DIR={self.run}")


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="rop-up-")).resolve()
    yield Installation(folder / "run")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(400)
def test_a_day_of_an_installation(installation: Installation) -> None:
    with installation.up(seconds=FIRST_START) as started:
        everybody_is_there(installation)
        addresses_are_whole_and_private(installation)
        wait_until(installation.ready, seconds=90, what="all parts made progress")
        a_second_start_is_refused(installation)
        for role in ("worker", "beat", "bot", "sandbox", "web", "valkey", "postgres"):
            a_killed_role_comes_back(installation, role)
        wait_until(installation.ready, seconds=120, what="all is well again after the kills")
        with psycopg.connect(installation.read("addresses.json")["database_owner_url"]) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS row")
        first = installation.read("addresses.json")

        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == 0
    wait_until(installation.is_gone, seconds=5, what="SIGTERM left nobody behind")

    with installation.up(seconds=NEXT_START) as started:
        again = installation.read("addresses.json")
        assert again == first
        # The bot waits for the loop, instead of standing in for one that is starting.
        assert "loop_silent" not in installation.out.read_text()
        with psycopg.connect(again["database_owner_url"]) as owner:
            assert owner.execute("SELECT row FROM kept").fetchone() == (1,)

        started.kill()
        started.wait()
        wait_until(installation.is_gone, seconds=40, what="a killed supervisor left nobody behind")

    with installation.up(seconds=NEXT_START) as started:
        started.send_signal(signal.SIGINT)
        assert started.wait(60) == 0
    assert installation.is_gone()


def everybody_is_there(installation: Installation) -> None:
    assert set(installation.read("pids.json")) == ROLES
    assert all(runs(installation.pid(role)) for role in ROLES)


def addresses_are_whole_and_private(installation: Installation) -> None:
    file = installation.run / "addresses.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    addresses = installation.read("addresses.json")
    assert {"panel", "api", "sandbox", "database_url", "database_owner_url", "redis_url"} <= set(addresses)
    assert set(addresses["keys"]) >= KEYS
    assert set(addresses["logins"]) >= {"lead", "manager"}
    log = (installation.run / "log" / "up.log").read_text()
    secrets = [*addresses["keys"].values(), *(password for _, password in addresses["logins"].values())]
    assert not [secret for secret in secrets if secret in log]


def a_second_start_is_refused(installation: Installation) -> None:
    second = installation.start(subprocess.PIPE)
    said = second.communicate(timeout=30)[0].decode()
    assert second.returncode == 1
    assert "already up" in said


def a_killed_role_comes_back(installation: Installation, role: str) -> None:
    killed = installation.pid(role)
    os.kill(killed, signal.SIGKILL)
    wait_until(
        lambda: installation.pid(role) != killed and runs(installation.pid(role)),
        seconds=20,
        what=f"{role} is back",
    )


def test_a_taken_port_is_said_and_nothing_stays(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "config.up"],
            cwd=PROJECT,
            env={**os.environ, "ROP_RUN_DIR": str(installation.run), "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert installation.is_gone()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_folder_of_somebody_else_is_said_with_a_way_out() -> None:
    with nobody() as user, whoever_we_are() as root:
        root.folder.chmod(0o755)
        refused = subprocess.run(
            [*user.prefix, user.python, "-m", "config.up"],
            cwd=PROJECT,
            env=user.environment(ROP_RUN_DIR=str(root.folder)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert refused.returncode == 1
    assert "belongs to somebody else" in refused.stderr
    assert "ROP_RUN_DIR" in refused.stderr
