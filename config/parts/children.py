"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class PartFailed(Exception):
    """A part can't be started; the text says what to do."""


def end_with(parent: int, stop: signal.Signals) -> None:
    """From now on the kernel sends us `stop` when `parent` dies, however it dies. Where there is no Linux, nothing."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, stop)
        if os.getppid() != parent:
            os._exit(1)


def die_with_parent(stop: signal.Signals) -> Callable[[], None]:
    """What a child of ours runs before its program.

    The kernel watches the thread that started the child, so children are started from the main thread only.
    """
    return partial(end_with, os.getpid(), stop)


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals, seconds: float) -> None:
    """Asks; after `seconds` kills the whole group of the process."""
    if process.poll() is None:
        process.send_signal(by)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """Ends what a dead leader left behind: a pool's children, a web server's workers."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
