"""Opening a file in a process that may die of it."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta

import structlog
from django.conf import settings

from orders.openers.bounds import Opened
from orders.policies.files import JPEG, MP4, PDF, PNG, WEBP, BadFile, FileType

WAIT = timedelta(seconds=12)
"""By the clock on the wall: longer than the opener may compute, for a machine that has other things to do; shorter
than PostgreSQL lets a transaction stand idle."""

OPENERS: Mapping[str, str] = {
    JPEG.code: "orders.openers.pictures",
    PNG.code: "orders.openers.pictures",
    WEBP.code: "orders.openers.pictures",
    PDF.code: "orders.openers.papers",
    MP4.code: "orders.openers.videos",
}

_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)
_LOGGED_AT_MOST = 200

log = structlog.get_logger(__name__)


def open_apart(content: bytes, file: FileType) -> Opened:
    """Raises BadFile for what the opener refuses, and when it does not live to answer."""
    try:
        # No environment: it holds the secrets of the installation.
        opener = subprocess.run(
            [sys.executable, "-B", "-m", OPENERS[file.code], file.code],
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={},
            timeout=WAIT.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("file_opener_failed", type=file.code, size=len(content), why="timeout")
        raise BadFile("too_heavy") from None
    if opener.returncode:
        why = opener.stderr.decode(errors="replace").strip().rpartition("\n")[2][:_LOGGED_AT_MOST]
        log.warning("file_opener_failed", type=file.code, size=len(content), exit=opener.returncode, why=why)
        raise BadFile("too_heavy" if opener.returncode in _OUT_OF_TIME else "broken")
    return _read(opener.stdout)


def _read(said: bytes) -> Opened:
    line, _newline, preview = said.partition(b"\n")
    found = json.loads(line)
    if "refused" in found:
        raise BadFile(found["refused"])
    return Opened(preview, found["width"], found["height"])
