"""Where everything of one installation lies: `./.run`, or the folder named by ROP_RUN_DIR."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.parts.secret_files import read_or_make

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    run: Path

    @classmethod
    def find(cls) -> "Place":
        return cls(Path(os.environ.get("ROP_RUN_DIR") or PROJECT / ".run").resolve())

    def make(self) -> None:
        """Raises PermissionError when the folder is somebody else's."""
        # Others may pass through, not look: PostgreSQL may have to run as nobody. Every secret is a file of mode 600.
        self.run.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.log.parent, self.mail, self.media):
            folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def supervisor(self) -> Path:
        return self.run / "up.pid"

    @property
    def pids(self) -> Path:
        return self.run / "pids.json"

    @property
    def ports(self) -> Path:
        return self.run / "ports.json"

    @property
    def addresses(self) -> Path:
        return self.run / "addresses.json"

    @property
    def seed(self) -> Path:
        return self.run / "seed.json"

    @property
    def bot_may_begin(self) -> Path:
        """Is there once the database has been prepared and the loop has swept, in this start."""
        return self.run / "bot-may-begin"

    @property
    def environment(self) -> Path:
        return self.run / "env"

    @property
    def log(self) -> Path:
        return self.run / "log" / "up.log"

    @property
    def mail(self) -> Path:
        return self.run / "mail"

    @property
    def media(self) -> Path:
        return self.run / "media"

    @property
    def metrics(self) -> Path:
        return self.run / "metrics"

    @property
    def postgres(self) -> Path:
        return self.run / "postgres"

    @property
    def valkey(self) -> Path:
        return self.run / "valkey"

    @property
    def sandbox(self) -> Path:
        return self.run / "sandbox.sqlite3"

    def secret_key(self) -> str:
        return read_or_make(self.run / "secret_key", secrets.token_urlsafe(64))

    def valkey_password(self) -> str:
        return read_or_make(self.run / "valkey.password", secrets.token_urlsafe(24))

    def sandbox_token(self) -> str:
        """Of the form that Telegram gives: a number, a colon, 35 characters."""
        made = f"{10**9 + secrets.randbelow(9 * 10**9)}:{secrets.token_urlsafe(32)[:35]}"
        return read_or_make(self.run / "sandbox.token", made)
