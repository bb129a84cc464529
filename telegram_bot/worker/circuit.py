"""Whether Telegram answers at all. While it does not, no message is spent on finding out."""

from dataclasses import dataclass
from time import monotonic

from telegram_bot.policies.outcomes import Kind

OPENS_AFTER = 2
"""Unclear failures in a row; a refused connection or a refused token opens at once."""


@dataclass(slots=True)
class Circuit:
    """Open: messages wait, and a harmless call (`getMe`) asks from time to time whether Telegram is back."""

    failures: int = 0
    failing_since: float | None = None
    is_closed: bool = True
    locked_out: bool = False

    def failed(self, kind: Kind) -> None:
        self.failures += 1
        self.failing_since = self.failing_since or monotonic()
        self.locked_out = kind == Kind.LOCKED_OUT
        if kind != Kind.UNKNOWN or self.failures >= OPENS_AFTER:
            self.is_closed = False

    def succeeded(self) -> None:
        self.failures = 0
        self.failing_since = None
        self.is_closed = True
        self.locked_out = False

    def down_for(self, seconds: float) -> bool:
        return (
            not self.is_closed
            and self.failing_since is not None
            and monotonic() - self.failing_since >= seconds
        )

    @property
    def word(self) -> str:
        """For the heartbeat."""
        if self.is_closed:
            return "ok"
        return "refuses the bot's token" if self.locked_out else "does not answer"
