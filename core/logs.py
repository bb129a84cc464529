"""One log for people (or JSON for machines), in which no token, name or phone can be read."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

MASK = "***"

# Keys whose values are a person's words or ways to reach them: an id says as much to whoever may look it up.
PRIVATE_KEYS = frozenset(
    {
        "client_name", "client_contact", "seller_name", "seller_contact", "name", "full_name", "first_name",
        "last_name", "phone", "email", "username", "text", "comment", "token", "key", "password", "secret",
        "authorization", "cookie",
    }
)  # fmt: skip

SECRETS = (
    re.compile(r"(?<=/bot)\d+:[^/\s\"']+"),  # Telegram's token is a part of its addresses
    re.compile(r"\b\d+:[A-Za-z0-9_-]{30,}"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),  # user and password of a database or broker
    re.compile(r"(?<=Bearer )\S+"),
    re.compile(r"(?:\+7|\b8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}\b"),  # a Russian phone
    re.compile(r"(?m)(?<=^DETAIL:  ).*$"),  # PostgreSQL repeats the values of the row it refused
    re.compile(r"(?m)(?<=^CONTEXT:  )(?!PL/pgSQL|SQL ).*$"),  # ... or the one that it could not read
    re.compile(r"(?m)^LINE \d+: .*$"),  # ... and a piece of the statement, into which values are written
    re.compile(r"(?<=input_value=).*(?=, input_type=)"),  # pydantic: a piece of somebody's message
)


def mask(text: str) -> str:
    for secret in SECRETS:
        text = secret.sub(MASK, text)
    return text


def mask_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: masks private keys whole, and secrets wherever they stand in a string."""
    for key, value in event.items():
        if key in PRIVATE_KEYS:
            event[key] = MASK
        elif isinstance(value, str):
            event[key] = mask(value)
        elif key not in ("_record", "exc_info") and not isinstance(value, (bool, int, float, type(None))):
            event[key] = mask(str(value))
    return event


UNREACHABLE = ("builtins.ConnectionError", "psycopg.OperationalError", "redis.exceptions.ConnectionError")
"""By name: whoever only masks what is printed, as the start of everything does, has not imported the clients."""


def name_the_unreachable(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: whoever can't be reached gets one line each time, not sixty: an outage lasts."""
    if (error := _unreachable(_exception(event.get("exc_info")))) is not None:
        del event["exc_info"]
        event["unreachable"] = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    return event


def _exception(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    if isinstance(exc_info, BaseException):
        return exc_info
    return sys.exc_info()[1] if exc_info else None


def _unreachable(error: BaseException | None) -> BaseException | None:
    """What lies at the root of this one, if it is that a server is away."""
    while error is not None:
        # PostgreSQL has no code for what the link says, and 57P… for "shutting down", "starting up".
        state = str(getattr(error, "sqlstate", None) or "")
        is_of = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
        if is_of.intersection(UNREACHABLE) and (not state or state.startswith("57P0")):
            return error
        error = error.__cause__ or error.__context__
    return None


class AsksForHealth(logging.Filter):
    """Drops the line for each time that somebody was told "not ready": the panel's banner says it once."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return not str(getattr(request, "path", "")).startswith("/health/")


def logging_config(*, as_json: bool, level: str, process: str) -> dict[str, Any]:
    """The value of Django's LOGGING; also configures structlog, which writes through the standard library."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    name_the_unreachable,
                    structlog.processors.format_exc_info,
                    mask_event,
                    renderer,
                ],
            },
        },
        "filters": {"no_health": {"()": AsksForHealth}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django.request": {"filters": ["no_health"]},
            "django.server": {"handlers": ["out"], "level": level, "propagate": False},
            "aiogram.event": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},  # a line for each tick
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
