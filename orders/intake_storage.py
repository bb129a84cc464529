"""Where an uploaded file waits until its preview is confirmed: a private folder, under a name that nobody guesses.

The name comes back from a browser: whatever else it says opens no file. A file that was never confirmed holds
clients' names and telephones, so it does not wait for long.
"""

import re
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from orders.intake_files import FileRefused

WAITS = timedelta(hours=1)
_NAME = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class WaitingFile:
    """A storage as django-import-export asks for one."""

    def __init__(self, name: str | None = None, **_kwargs: Any) -> None:
        self.name = name or secrets.token_urlsafe(32)

    def save(self, data: bytes) -> None:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(folder)
        path = self._path()
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(data)

    def read(self) -> bytes:
        """Raises FileRefused when it is not here (any more)."""
        try:
            return self._path().read_bytes()
        except FileNotFoundError:
            raise _gone() from None

    def remove(self) -> None:
        self._path().unlink(missing_ok=True)

    def _path(self) -> Path:
        if not _NAME.fullmatch(self.name):
            raise _gone()
        return _folder() / self.name


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _forget_old(folder: Path) -> None:
    # Files carry the time of the file system, which no clock of ours knows.
    oldest = time.time() - WAITS.total_seconds()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _gone() -> FileRefused:
    return FileRefused("gone", _("The file is not here any more: choose it again."))
