"""`python -m config.role ROLE`: become one of the roles. The image's entry point; `make up` runs the same commands.

web, worker, beat, bot    run until SIGTERM
migrate                   bring the database up to date, once, as its owner
manage COMMAND …          any other command of manage.py
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

_CELERY = ("-m", "celery", "-q", "-A", "config.celery")


def _web(environment: Mapping[str, str]) -> tuple[str, ...]:
    return ("-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application")


def _worker(environment: Mapping[str, str]) -> tuple[str, ...]:
    processes = environment.get("WORKER_PROCESSES", "2")
    return (*_CELERY, "worker", "-c", processes, "-O", "fair", "--without-gossip", "--without-mingle")


def _beat(environment: Mapping[str, str]) -> tuple[str, ...]:
    return (*_CELERY, "beat", "--pidfile=")


def _bot(environment: Mapping[str, str]) -> tuple[str, ...]:
    return ("manage.py", "run_bot")


RUNNING: Mapping[str, Callable[[Mapping[str, str]], tuple[str, ...]]] = {
    "web": _web,
    "worker": _worker,
    "beat": _beat,
    "bot": _bot,
}
"""By role: what the interpreter is given, in the project's folder. The name is also the value of ROP_PROCESS."""

MIGRATION = ("manage.py", "prepare", "--no-people")


def command(arguments: list[str], environment: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The kind of process and what the interpreter is given. Raises LookupError for what is no role."""
    role, *more = arguments
    if role == "manage":
        return "manage", ("manage.py", *more)
    if role == "migrate" and not more:
        return "manage", MIGRATION
    if role in RUNNING and not more:
        return role, RUNNING[role](environment)
    raise LookupError(role)


def become(process: str, given: tuple[str, ...], environment: Mapping[str, str]) -> NoReturn:
    if metrics := environment.get("PROMETHEUS_MULTIPROC_DIR"):
        _prepare_metrics(Path(metrics), forget=process in RUNNING)
    os.execve(sys.executable, (sys.executable, *given), {**environment, "ROP_PROCESS": process})  # noqa: S606


def _prepare_metrics(folder: Path, *, forget: bool) -> None:
    """A container that starts again has kept its folder, and the figures of its former processes are over."""
    if forget:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


if __name__ == "__main__":
    try:
        chosen = command(sys.argv[1:], os.environ)
    except (LookupError, ValueError):
        sys.exit(__doc__)
    become(*chosen, os.environ)
