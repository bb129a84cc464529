"""The file with the keys and passwords of the demonstration: readable by its owner only, from the first byte."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Secrets:
    """`keys` by name; `logins` by role: user name and password."""

    keys: Mapping[str, str] = field(default_factory=dict)
    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def secrets_read(file: Path) -> Secrets:
    """What is kept there; nothing when there is no such file. Raises ValueError when it can't be understood."""
    if not file.exists():
        return Secrets()
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Secrets(
        keys=dict(kept["keys"]),
        logins={role: (name, password) for role, (name, password) in kept["logins"].items()},
    )


def secrets_write(file: Path, kept: Secrets) -> None:
    """Replaces the file as a whole: a reader sees the old text or the new one."""
    text = json.dumps({"keys": dict(kept.keys), "logins": dict(kept.logins)}, ensure_ascii=False, indent=2)
    file.parent.mkdir(parents=True, exist_ok=True)
    half_done = file.with_name(f".{file.name}.{os.getpid()}")
    half_done.unlink(missing_ok=True)
    with os.fdopen(
        os.open(half_done, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text + "\n")
    half_done.replace(file)
