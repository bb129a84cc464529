"""What a person does about messages that did not arrive."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from core import journal, outbox, work
from core.actors import Actor
from core.models import Message, MessageStatus
from core.refusals import Refusal

PERMISSION = "core.change_message"


class MessageRefused(Refusal):
    """Nothing can be done about this message; str() says why. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def message_retry(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Send it again, as if it were new: its attempts are forgotten, a repeat stays marked as one.

    Raises MessageRefused, Message.DoesNotExist.
    """
    with _command("command.message_retry", message_id, actor=actor, now=now):
        message = _lock_dead(message_id, actor)
        message.status = MessageStatus.QUEUED
        message.attempts = 0
        message.error = ""
        message.not_before = now
        message.ended_at = None
        message.acted_at = None
        message.save(update_fields=["status", "attempts", "error", "not_before", "ended_at", "acted_at"])
        _journal("command.message_retry", message, actor=actor, now=now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [outbox.CHANNEL])
    return message


def message_dismiss(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Nobody needs it any more: it leaves the lead's inbox. Dismissing twice is dismissing once.

    Raises MessageRefused, Message.DoesNotExist.
    """
    with _command("command.message_dismiss", message_id, actor=actor, now=now):
        message = _lock_dead(message_id, actor)
        if message.acted_at is None:
            message.acted_at = now
            message.save(update_fields=["acted_at"])
            _journal("command.message_dismiss", message, actor=actor, now=now)
    return message


def messages_act(*, template: str, order_id: int, person_id: int, now: datetime) -> int:
    """The person did what these messages about an order asked for. Returns of how many that was not known yet."""
    return Message.objects.filter(
        template=template, order_id=order_id, person_id=person_id, acted_at__isnull=True
    ).update(acted_at=now)


def _command(kind: str, message_id: int, *, actor: Actor, now: datetime) -> AbstractContextManager[work.Work]:
    order_id = Message.objects.values_list("order_id", flat=True).get(pk=message_id)
    return work.command(kind, actor=actor, now=now, order_id=order_id, inputs={"message": message_id})


def _lock_dead(message_id: int, actor: Actor) -> Message:
    if not actor.may(PERMISSION):
        raise MessageRefused("not_yours", _("Only a lead decides about messages."))
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.status != MessageStatus.DEAD:
        raise MessageRefused("not_dead", _("This message has not failed: there is nothing to do."))
    return message


def _journal(kind: str, message: Message, *, actor: Actor, now: datetime) -> None:
    record = journal.Record(kind=kind, order_id=message.order_id, inputs={"message": message.pk})
    journal.write([record], actor=actor, now=now)
