"""Evidence in a folder of this machine (or one that all machines share): private, and never half written."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

FILE_MODE = 0o600
FOLDER_MODE = 0o700


@deconstructible
class EvidenceFolder(FileSystemStorage):
    """A name stands for its content, so a file that is there already is written over, by itself, and is young again.

    Files appear whole and on the disk, or not at all: a row that names one must not outlive a power cut without it.
    """

    def __init__(self, location: str | None = None) -> None:
        super().__init__(
            location=location,
            file_permissions_mode=FILE_MODE,
            directory_permissions_mode=FOLDER_MODE,
            allow_overwrite=True,
        )

    def url(self, name: str | None) -> str:
        raise ValueError("Evidence has no address of its own.")

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        made = self._make_folders(path.parent)
        # Not ending as files of ours do: what a crash leaves behind is cleared away like any orphan.
        half = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            _write(half, content)
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        for folder in (path.parent, *made):
            _sync(folder)
        return name

    def _make_folders(self, folder: Path) -> list[Path]:
        """Makes what is missing; returns the folders that have a new entry."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(mode=FOLDER_MODE, exist_ok=True)
        return [new.parent for new in missing]


def _write(path: Path, content: File[Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in content.chunks():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
