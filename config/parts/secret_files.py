"""Files that only we may read, from their first byte."""

import os
from pathlib import Path


def write_secret(file: Path, text: str) -> None:
    """Replaces the file as a whole: a reader sees the old text or the new one."""
    half_done = file.with_name(f".{file.name}.{os.getpid()}")
    half_done.unlink(missing_ok=True)
    with os.fdopen(os.open(half_done, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    half_done.replace(file)


def read_or_make(file: Path, made: str) -> str:
    """What was kept there; the first time `made` is kept."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_secret(file, made)
    return file.read_text()
