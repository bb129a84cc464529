"""Coloured marks for lists and pages, as harmless HTML."""

from datetime import datetime
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.models import Message, MessageStatus
from orders.statuses import Severity, Status
from panel import words
from panel.markup import markup
from panel.words import Tone

STATUS_TONES = {
    Status.PENDING_MANAGER: "wait",
    Status.UNDER_INSPECTION: "work",
    Status.AWAITING_PAYMENT: "client",
    Status.READY_FOR_SHIPMENT: "ready",
    Status.IN_TRANSIT: "way",
    Status.DELIVERED: "good",
    Status.CANCELLED: "quiet",
    Status.REJECTED: "quiet",
}

MESSAGE_TONES = {
    MessageStatus.QUEUED: Tone.INFO,
    MessageStatus.SENDING: Tone.INFO,
    MessageStatus.SENT: Tone.GOOD,
    MessageStatus.SUPERSEDED: Tone.QUIET,
    MessageStatus.MERGED: Tone.QUIET,
    MessageStatus.FAILED: Tone.SOON,
    MessageStatus.DEAD: Tone.LATE,
}

SEVERITY_TONES = {Severity.NORMAL: Tone.QUIET, Severity.HIGH: Tone.SOON, Severity.CRITICAL: Tone.LATE}


def mark(text: object, tone: str, *, title: object = "") -> SafeString:
    """A small coloured label."""
    return markup('<span class="mark mark-{}" title="{}">{}</span>', tone, title, text)


def status(code: str) -> SafeString:
    return _status(code, get_language())


@lru_cache(maxsize=64)
def _status(code: str, _language: str | None) -> SafeString:
    known = Status(code)
    return mark(known.label, STATUS_TONES[known])


def severity(code: str) -> SafeString:
    return _severity(code, get_language())


@lru_cache(maxsize=64)
def _severity(code: str, _language: str | None) -> SafeString:
    known = Severity(code)
    return mark(known.label, SEVERITY_TONES[known])


def message_status(message: Message) -> SafeString:
    known = MessageStatus(message.status)
    return mark(known.label, MESSAGE_TONES[known], title=message.error)


def due(at: datetime, *, now: datetime) -> SafeString:
    """The deadline in words and colour; the exact moment when pointed at."""
    said = words.due(at, now=now)
    return markup(
        '<span class="due due-{}" title="{}">{}</span>', said.tone, words.moment(at, now=now), said.text
    )


def two_lines(first: object, second: object) -> SafeString:
    """What matters, and below it what explains it."""
    return markup('<span class="lines"><span>{}</span><small>{}</small></span>', first, second)


def bar(percent: int, tone: str, *, title: object = "") -> SafeString:
    return markup(
        '<span class="bar bar-{}" title="{}"><span style="width: {}%"></span></span>', tone, title, percent
    )
