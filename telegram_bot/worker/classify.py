"""What an error of the Bot API means, as a table. Whatever is not in it may have happened after the send."""

from datetime import timedelta

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from core.logs import mask
from telegram_bot.policies.outcomes import Kind, Outcome

REASON_LIMIT = 180

SAFE_CAUSES = (ClientConnectorError, ConnectionTimeoutError)
"""The connection was never made (refused, no such name, TLS): nothing was sent."""

BAD_REQUESTS: tuple[tuple[str, Kind], ...] = (
    ("message is not modified", Kind.UNCHANGED),
    ("message to edit not found", Kind.CARD_GONE),
    ("message to delete not found", Kind.CARD_GONE),
    ("message can't be edited", Kind.CARD_GONE),
    ("message_id_invalid", Kind.CARD_GONE),
    ("there is no text in the message to edit", Kind.CARD_GONE),
    ("chat not found", Kind.UNREACHABLE),
    ("user not found", Kind.UNREACHABLE),
    ("peer_id_invalid", Kind.UNREACHABLE),
    ("user is deactivated", Kind.UNREACHABLE),
    ("group chat was deactivated", Kind.UNREACHABLE),
    ("have no rights to send a message", Kind.UNREACHABLE),
    ("not enough rights to send", Kind.UNREACHABLE),
    ("need administrator rights in the channel chat", Kind.UNREACHABLE),
    ("chat_write_forbidden", Kind.UNREACHABLE),
    ("topic_closed", Kind.UNREACHABLE),
)
"""Beginnings or parts of Telegram's descriptions of error 400; any other one refuses the message for ever."""


KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (TelegramForbiddenError, Kind.UNREACHABLE),
    # An unknown or revoked token is answered by either.
    (TelegramUnauthorizedError, Kind.LOCKED_OUT),
    (TelegramNotFound, Kind.LOCKED_OUT),
    # A subclass of the network error, but for ever.
    (TelegramEntityTooLarge, Kind.REFUSED),
    (TelegramNetworkError, Kind.UNKNOWN),
    (TelegramServerError, Kind.UNKNOWN),
    (TelegramConflictError, Kind.UNKNOWN),
    (TelegramAPIError, Kind.REFUSED),
)
"""Errors that need no look at what they say; the first that fits."""


def classify(error: Exception) -> Outcome:
    reason = _reason(error)
    match error:
        case TelegramRetryAfter():
            return Outcome(Kind.HELD, f"429 {reason}", wait=timedelta(seconds=error.retry_after))
        case TelegramMigrateToChat():
            return Outcome(Kind.MIGRATED, reason, chat_id=error.migrate_to_chat_id)
        case TelegramBadRequest():
            return Outcome(_bad_request(str(error)), reason)
        case TelegramAPIError() if isinstance(error.__cause__, SAFE_CAUSES):
            return Outcome(Kind.NOT_SENT, reason)
        case TelegramAPIError() if "too many requests" in str(error).lower():
            return Outcome(Kind.HELD, f"429 {reason}")
    return Outcome(next((kind for known, kind in KINDS if isinstance(error, known)), Kind.UNKNOWN), reason)


def _bad_request(description: str) -> Kind:
    lowered = description.lower()
    return next((kind for part, kind in BAD_REQUESTS if part in lowered), Kind.REFUSED)


def _reason(error: Exception) -> str:
    """One short line without secrets. An answer that can't be read is not repeated: it may be a whole page."""
    text = str(getattr(error, "message", "") or error).split("\n", 1)[0]
    return mask(f"{type(error).__name__}: {text}")[:REASON_LIMIT]
