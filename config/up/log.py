"""One readable log of all roles: on the terminal, and in a file."""

import sys
from pathlib import Path
from types import TracebackType

from core.logs import mask

WIDTH = 8
LARGEST = 20 * 1024 * 1024
COLOURS = {
    "postgres": 34, "valkey": 31, "sandbox": 36, "web": 32, "worker": 33, "beat": 90, "bot": 35, "up": 1,
}  # fmt: skip


class Log:
    """Lines as `role | text`. When nobody reads the terminal any more, the file goes on."""

    def __init__(self, file: Path) -> None:
        if file.exists() and file.stat().st_size > LARGEST:
            file.replace(file.with_suffix(".log.1"))
        self._file = file.open("a", encoding="utf-8", buffering=1)
        self._terminal = True
        self._coloured = sys.stdout.isatty()

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def say(self, role: str, text: str) -> None:
        """Masked here once more: what a dying interpreter prints went through nobody's logging."""
        text = mask(text)
        self._file.write(f"{role:<{WIDTH}} | {text}\n")
        head = f"{role:<{WIDTH}} |"
        self.show(f"\x1b[{COLOURS.get(role, 0)}m{head}\x1b[0m {text}" if self._coloured else f"{head} {text}")

    def show(self, text: str) -> None:
        """For the terminal only."""
        if not self._terminal:
            return
        try:
            print(text, flush=True)
        except OSError:
            self._terminal = False
