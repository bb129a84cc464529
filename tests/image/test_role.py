"""The image's entry point: a role's name becomes its program, anything else is refused with the list of roles."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.role import RUNNING, command
from config.up.place import Place
from config.up.wiring import wire

ROOT = Path(__file__).resolve().parents[2]


def test_every_role_of_make_up_is_a_role_of_the_image_with_the_same_command(tmp_path: Path) -> None:
    wiring = wire(Place(tmp_path))
    started = {role.name: role for role in (wiring.web, *wiring.workers, wiring.bot)}
    assert started.keys() == RUNNING.keys()
    for name, role in started.items():
        process, given = command([name], wiring.environment)
        assert role.environment["ROP_PROCESS"] == process == name
        assert role.command[0] == sys.executable
        # Only the bot is told to wait, for here it is started first.
        waits = ("--when", str(wiring.place.bot_may_begin)) if name == "bot" else ()
        assert role.command[-len(given) - len(waits) :] == (*given, *waits)


@pytest.mark.parametrize(
    ("arguments", "process", "given"),
    [
        (["migrate"], "manage", ("manage.py", "prepare", "--no-people")),
        (["manage", "replay", "--all"], "manage", ("manage.py", "replay", "--all")),
        (["beat"], "beat", ("-m", "celery", "-q", "-A", "config.celery", "beat", "--pidfile=")),
    ],
)
def test_what_a_role_runs(arguments: list[str], process: str, given: tuple[str, ...]) -> None:
    assert command(arguments, {}) == (process, given)


def test_a_worker_has_as_many_processes_as_it_is_told() -> None:
    _process, given = command(["worker"], {"WORKER_PROCESSES": "7"})
    assert given[given.index("-c") + 1] == "7"


@pytest.mark.parametrize("arguments", [[], ["postgres"], ["web", "--bind=0.0.0.0:1"], ["migrate", "zero"]])
def test_what_is_no_role_is_refused_with_the_list_of_roles(arguments: list[str]) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "config.role", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert all(name in refused.stderr for name in (*RUNNING, "migrate", "manage"))


SHOW = "import json, os; print(json.dumps([os.getpid(), os.environ['ROP_PROCESS']]))"


def test_the_process_becomes_its_program_and_knows_which_it_is(tmp_path: Path) -> None:
    """No process in between: a container's signals reach the role itself."""
    with subprocess.Popen(
        [sys.executable, "-m", "config.role", "manage", "shell", "--no-imports", "-c", SHOW],
        cwd=ROOT,
        env={**os.environ, "ROP_PROCESS": "web", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")},
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        said, _nothing = started.communicate(timeout=60)
    assert json.loads(said.splitlines()[-1]) == [started.pid, "manage"]


def test_a_command_beside_a_running_role_keeps_its_figures(tmp_path: Path) -> None:
    kept = tmp_path / "counter_1.db"
    kept.touch()
    subprocess.run(
        [sys.executable, "-m", "config.role", "manage", "version"],
        cwd=ROOT,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert kept.exists()
