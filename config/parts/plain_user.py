"""How to run a program that refuses root, when we are root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.parts.children import PartFailed

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class PlainUser:
    """`prefix` goes before a command; files that it must write are to belong to `owner` (None: to us)."""

    prefix: tuple[str, ...]
    owner: int | None

    def give(self, path: Path) -> None:
        """Hands a file or folder that we made to the user that the program runs as."""
        if self.owner is not None:
            os.chown(path, self.owner, self.owner)

    def check_reach(self, path: Path) -> None:
        """Raises PartFailed when that user can't walk to `path`."""
        if self.owner is None or _succeeds(*self.prefix, "test", "-x", str(path)):
            return
        raise PartFailed(
            f"PostgreSQL does not run as root, and the user nobody can't reach {path}: "
            "start as a plain user, or put the project into a folder that everybody may enter."
        )


@cache
def plain_user() -> PlainUser:
    """The first way that works here. A user namespace needs no other user and changes no owner; it can be forbidden."""
    if os.geteuid() != 0:
        return PlainUser(prefix=(), owner=None)
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if _succeeds(*namespace, "true"):
        return PlainUser(prefix=namespace, owner=None)
    # setpriv changes the user, which makes the kernel forget who our parent's death concerns: it asks again.
    nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=INT", "--")
    if _succeeds(*nobody, "true"):
        return PlainUser(prefix=nobody, owner=NOBODY)
    raise PartFailed(
        "PostgreSQL does not run as root, and neither unshare nor setpriv works here: start as a plain user, "
        "or give DATABASE_URL and DATABASE_OWNER_URL of a PostgreSQL that runs already."
    )


def _succeeds(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
