"""From a message and its facts to what Telegram or a mail server is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core import selectors
from core.models import Message, User
from telegram_bot.cards import labels
from telegram_bot.cards.callback import DATA_LIMIT
from telegram_bot.cards.card import Context, Keyboard
from telegram_bot.cards.registry import card
from telegram_bot.policies import text

SUBJECT_LIMIT = 150


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language and time zone somebody reads."""

    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` and `keyboard` (as the Bot API takes it) for Telegram; `subject` and `body` for a letter."""

    html: str
    subject: str
    body: str
    keyboard: dict[str, Any] | None


def readers(messages: Sequence[Message]) -> dict[int, Reader]:
    """Who reads each message, by its id. One query."""
    versions = selectors.calendar_versions_in_force()
    return {message.pk: _reader(message.person, versions) for message in messages}


def reader_of(person: User) -> Reader:
    return _reader(person, selectors.calendar_versions_in_force())


def _reader(person: User | None, versions: Mapping[str, int]) -> Reader:
    """A person's own language and the zone of the team's calendar; a group's are the installation's."""
    language = person.language if person else settings.LANGUAGE_CODE
    code = person.team.calendar_code if person and person.team else "default"
    version = versions.get(code)
    zone = selectors.calendar(code, version).time_zone if version else settings.TIME_ZONE
    return Reader(language, ZoneInfo(zone))


def render(message: Message, context: Context, reader: Reader, *, now: datetime) -> Rendered:
    """The message as this reader gets it. Marked as a repeat when it may have arrived before."""
    spec = card(message.template)
    full = {
        **context,
        "message": message,
        "person": message.person,
        "person_id": message.person_id,
        "now": now,
        "repeat": message.unknown_outcomes > 0 and not message.edits,
    }
    with translation.override(reader.language), timezone.override(reader.zone):
        html = render_template(message.template, full, now=now)
        keyboard = spec.buttons(full)
    return _rendered(html, keyboard)


def render_template(template: str, context: Context, *, now: datetime) -> str:
    """HTML as Telegram takes it, in the language and zone that are active."""
    full = {"severity_mark": labels.SEVERITY_MARK, "labels": labels, **context, "now": now}
    return text.fit(text.tidy(render_to_string(f"telegram/{template}.html", full)))


def _rendered(html: str, keyboard: Keyboard) -> Rendered:
    body = text.plain(html)
    subject = text.shorten(text.clean(body.split("\n", 1)[0]), SUBJECT_LIMIT)
    return Rendered(html=html, subject=subject, body=body, keyboard=markup(keyboard))


def markup(keyboard: Keyboard) -> dict[str, Any] | None:
    """The inline keyboard as the Bot API takes it."""
    rows = [[{"text": label, "callback_data": data} for label, data in row] for row in keyboard if row]
    if not rows:
        return None
    if any(len(button["callback_data"].encode()) > DATA_LIMIT for row in rows for button in row):
        raise ValueError("callback data is longer than Telegram takes")
    return {"inline_keyboard": rows}
