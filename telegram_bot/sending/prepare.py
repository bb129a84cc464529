"""What is to leave now: still true? which card does it change? rendered for its reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

from core.models import Message, MessageStatus
from core.models.outbox import Channel
from telegram_bot import cards
from telegram_bot.cards.card import Context
from telegram_bot.policies.pacing import Lane

log = structlog.get_logger(__name__)

AWAY = (OperationalError, InterfaceError)
"""The database is away, or busy: no fault of a message."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that can be sent as it is. `edits_message_id` is the message to change, None for a new one.

    `deletes`: that message goes away; it is only changed where it can't be deleted any more.
    """

    message: Message
    lane: Lane
    rendered: cards.Rendered
    edits_message_id: int | None = None
    email: str = ""
    deletes: bool = False
    silent: bool = False


@dataclass(slots=True)
class Prepared:
    """`faults`: what our own code could not do, by message; it must not stop the others."""

    ready: list[Ready] = field(default_factory=list)
    untrue: list[Message] = field(default_factory=list)
    faults: list[tuple[Message, Exception]] = field(default_factory=list)


def prepare(lanes: Mapping[int, Lane], *, now: datetime) -> Prepared:
    """Messages by id with the lane they leave by. A fixed number of queries for each template among them."""
    messages = list(Message.objects.filter(pk__in=lanes).select_related("person__team", "group"))
    prepared = Prepared()
    contexts = _contexts(messages, now, prepared)
    readers = cards.readers(messages)
    targets = _targets([message for message in messages if message.edits])
    for message in messages:
        context = contexts.get(message.pk)
        if context is None:
            if all(message is not faulty for faulty, _ in prepared.faults):
                prepared.untrue.append(message)
            continue
        lane, target = lanes[message.pk], targets.get(message.pk)
        if message.edits and not _worth_sending(message, lane, target):
            prepared.untrue.append(message)
            continue
        try:
            rendered = cards.render(message, context, readers[message.pk], now=now)
        except AWAY:
            raise
        except Exception as error:
            log.exception("message_not_rendered", message=message.pk, template=message.template)
            prepared.faults.append((message, error))
            continue
        edits = target.message_id if target and lane == Lane("telegram", target.chat_id) else None
        email = message.person.email if message.person and lane.channel == Channel.EMAIL else ""
        spec = cards.card(message.template)
        deletes = spec.vanishes and bool(message.context.get("past"))
        prepared.ready.append(Ready(message, lane, rendered, edits, email, deletes, spec.silent))
    return prepared


def _contexts(messages: Sequence[Message], now: datetime, prepared: Prepared) -> dict[int, Context]:
    """By template; when a batch fails its messages are asked one by one, so that one defect hits one message."""
    by_template: dict[str, list[Message]] = {}
    for message in messages:
        by_template.setdefault(message.template, []).append(message)
    contexts: dict[int, Context] = {}
    for template, same in by_template.items():
        try:
            contexts.update(cards.card(template).load(same, now))
        except AWAY:
            raise
        except Exception:
            log.exception("messages_not_loaded", template=template, messages=[m.pk for m in same])
            for message in same:
                try:
                    contexts.update(cards.card(template).load([message], now))
                except AWAY:
                    raise
                except Exception as error:
                    prepared.faults.append((message, error))
    return contexts


@dataclass(frozen=True, slots=True)
class _Target:
    """What there is of the card: a message in a chat, or only a letter; and whether a newer edit waits."""

    chat_id: int = 0
    message_id: int | None = None
    by_letter: bool = False
    is_overtaken: bool = False


def _targets(edits: Sequence[Message]) -> dict[int, _Target]:
    """The card that each of these edits changes: the one it names, else the newest of its thread sent to the same."""
    threads = {message.thread for message in edits if message.thread}
    rows = Message.objects.filter(thread__in=threads).order_by("pk")
    history: dict[tuple[object, ...], list[Message]] = {}
    for row in rows:
        history.setdefault(_whose(row), []).append(row)
    return {message.pk: _target(message, history.get(_whose(message), [])) for message in edits}


def _whose(message: Message) -> tuple[object, ...]:
    """A task that was passed on has one thread with two people."""
    return message.thread, message.person_id, message.group_id


def _target(message: Message, history: Sequence[Message]) -> _Target:
    overtaken = any(
        row.edits and row.pk > message.pk and row.status in (MessageStatus.QUEUED, MessageStatus.FAILED)
        for row in history
    )
    if (pressed := message.context.get("message_id")) is not None:
        return _Target(int(message.context["chat_id"]), int(pressed))
    sent = [row for row in history if row.status == MessageStatus.SENT and row.pk != message.pk]
    in_chat = [row for row in sent if row.channel == Channel.TELEGRAM and row.provider_id.isdigit()]
    if in_chat:
        newest = in_chat[-1]
        return _Target(newest.chat_id or 0, int(newest.provider_id), is_overtaken=overtaken)
    return _Target(by_letter=bool(sent), is_overtaken=overtaken)


def _worth_sending(message: Message, lane: Lane, target: _Target | None) -> bool:
    """An edit without its card says nothing, unless the first word went by letter and so does this one."""
    if target is None or target.is_overtaken or lane.channel not in Channel.values:
        # Whoever can't be reached by any way has nothing to be corrected, and nobody is to be alarmed for that.
        return False
    if lane == Lane("telegram", target.chat_id):
        return target.message_id is not None
    spec = cards.card(message.template)
    return spec.anew_by_letter and (target.by_letter or target.message_id is not None)
