"""Posting messages: rows in the transaction that decided them. The bot worker sends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from core import bulk
from core.models import Importance, Message

CHANNEL = "outbox"
"""The NOTIFY channel that wakes the sender when the transaction commits."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one person or one named group. `dedup_key` makes posting it twice post it once."""

    template: str
    importance: Importance
    dedup_key: str
    person_id: int | None = None
    group_id: int | None = None
    order_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)
    thread: str = ""
    edits: bool = False
    not_before: datetime | None = None


def post(messages: Sequence[Outgoing], *, now: datetime) -> int:
    """Queue those that were not posted before. Returns how many are new."""
    if not messages:
        return 0
    created = bulk.insert_rows(
        Message,
        [
            "created_at",
            "template",
            "importance",
            "person",
            "group",
            "order_id",
            "context",
            "dedup_key",
            "thread",
            "edits",
            "not_before",
        ],
        [
            (
                now,
                m.template,
                m.importance,
                m.person_id,
                m.group_id,
                m.order_id,
                m.context,
                m.dedup_key,
                m.thread,
                m.edits,
                m.not_before or now,
            )
            for m in messages
        ],
        returning=["id"],
        ignore_conflict_on="dedup_key",
    )
    if created:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return len(created)


def edit_of(message: Message, *, key: str, context: dict[str, Any], thread: str = "") -> Outgoing:
    """An edit for whoever this message was sent to: by its place in `context`, else of the last word of the thread."""
    return Outgoing(
        template=message.template,
        importance=Importance.REMINDER,
        dedup_key=key,
        person_id=message.person_id,
        group_id=message.group_id,
        order_id=message.order_id,
        context=context,
        thread=thread,
        edits=True,
    )


def say_again(template: str, threads: Iterable[str], *, now: datetime) -> int:
    """The last word of these threads, where it is one of this template, shows what is true now. Returns how many.

    For threads in which such a message is all that stands: an edit changes the newest of its thread.
    """
    told = Message.objects.filter(thread__in=list(threads), edits=False)
    again = [
        edit_of(
            message,
            key=f"again:{message.pk}:{now.isoformat()}",
            context=message.context,
            thread=message.thread,
        )
        for message in told.order_by("thread", "person_id", "-pk").distinct("thread", "person_id")
        if message.template == template
    ]
    return post(again, now=now)
