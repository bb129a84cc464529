"""Writing down what came of an attempt, under the lease only: a sender that was stopped changes nothing newer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from core import journal, outbox
from core.actors import rop
from core.models import ChatGroup, Message, MessageStatus
from core.models.outbox import Channel
from telegram_bot import cards
from telegram_bot.policies.outcomes import Kind, Outcome, Then, Tried, Verdict, decide
from telegram_bot.policies.pacing import Lane
from telegram_bot.sending import alarms, reach
from telegram_bot.sending.queue import Lease, expired, lease

log = structlog.get_logger(__name__)

ERROR_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a message by a lane, under a lease."""

    message: Message
    lane: Lane
    lease: Lease


def record(attempt: Attempt, outcome: Outcome, *, now: datetime) -> Verdict | None:
    """Bring the message to where this outcome takes it. None: the lease was not ours any more, nothing written."""
    message, lane = attempt.message, attempt.lane
    verdict = decide(outcome, tried(message, lane))
    with transaction.atomic():
        changes = _changes(message, lane, outcome, verdict, now)
        written = Message.objects.filter(
            pk=message.pk, status=MessageStatus.SENDING, lease_token=attempt.lease.token
        ).update(lease_token=None, lease_until=None, **changes)
        if not written:
            log.warning("lease_lost", message=message.pk, outcome=outcome.kind)
            return None
        _tell(message, lane, outcome, verdict, now)
    if verdict.then not in (Then.SENT, Then.SUPERSEDED):
        log.warning(
            "message_not_sent",
            message=message.pk,
            outcome=outcome.kind,
            then=verdict.then,
            reason=outcome.reason,
        )
    return verdict


def tried(message: Message, lane: Lane) -> Tried:
    spec = cards.CARDS.get(message.template)
    return Tried(
        importance=message.importance,
        attempts=message.attempts,
        unknown_outcomes=message.unknown_outcomes,
        edits=message.edits and lane.channel == Channel.TELEGRAM,
        is_reply=bool(spec and spec.is_reply),
        by_letter=lane.channel == Channel.EMAIL,
        has_email=bool(message.person and message.person.is_active and message.person.email),
        # What has been replaced is not worth a new one.
        anew=bool(spec and spec.anew_when_gone and not message.context.get("past")),
    )


def settle_expired(*, now: datetime) -> int:
    """Their sender died or was stopped between the lease and the result: nobody knows whether they arrived."""
    outcome = Outcome(Kind.UNKNOWN, "outcome unknown: the sender stopped in the middle")
    messages = expired(now=now)
    for message in messages:
        lane = Lane(message.channel or "none", 0)
        assert message.lease_token is not None
        assert message.lease_until is not None
        record(
            Attempt(message, lane, Lease(message.pk, message.lease_token, message.lease_until)),
            outcome,
            now=now,
        )
    return len(messages)


def record_fault(
    message: Message, lane: Lane, error: Exception, *, lasting: timedelta, now: datetime
) -> None:
    """Our own code failed before anything was sent: it is tried again some times, later each time."""
    leases = lease({message.pk: lane}, lasting=lasting, now=now)
    if message.pk in leases:
        outcome = Outcome(Kind.FAULT, f"{type(error).__name__}")
        record(Attempt(message, lane, leases[message.pk]), outcome, now=now)


def superseded(messages: list[Message], *, now: datetime) -> int:
    """They are not true any more and were not leased: they end without being sent."""
    return Message.objects.filter(
        pk__in=[message.pk for message in messages], status__in=[MessageStatus.QUEUED, MessageStatus.FAILED]
    ).update(status=MessageStatus.SUPERSEDED, ended_at=now)


def _changes(
    message: Message, lane: Lane, outcome: Outcome, verdict: Verdict, now: datetime
) -> dict[str, object]:
    attempts = F("attempts") + int(verdict.counts)
    unknown = F("unknown_outcomes") + int(verdict.unknown)
    error = outcome.reason[:ERROR_LIMIT]
    match verdict.then:
        case Then.SENT:
            return {
                "status": MessageStatus.SENT,
                "channel": lane.channel,
                "chat_id": lane.address if lane.channel == Channel.TELEGRAM else None,
                "provider_id": outcome.provider_id,
                "attempts": F("attempts") + 1,
                "error": "",
                "sent_at": now,
                "ended_at": now,
            }
        case Then.WAIT:
            return {
                "status": MessageStatus.FAILED,
                "not_before": now + verdict.wait,
                "attempts": attempts,
                "unknown_outcomes": unknown,
                # Whoever sends after us must know which chat was told to wait.
                "chat_id": lane.address if outcome.kind == Kind.HELD else None,
                "error": error,
            }
        case Then.AS_LETTER:
            return {
                "status": MessageStatus.FAILED,
                "channel": Channel.EMAIL,
                "not_before": now,
                "attempts": attempts,
                "unknown_outcomes": unknown,
                "error": error,
            }
        case Then.ANEW:
            return {"status": MessageStatus.FAILED, "edits": False, "not_before": now, "error": error}
        case Then.SUPERSEDED:
            return {"status": MessageStatus.SUPERSEDED, "ended_at": now, "error": error}
        case Then.TO_THE_NEXT | Then.DEAD:
            return {
                "status": MessageStatus.DEAD,
                "ended_at": now,
                "attempts": F("attempts") + 1,
                "unknown_outcomes": unknown,
                "error": error,
            }


def _tell(message: Message, lane: Lane, outcome: Outcome, verdict: Verdict, now: datetime) -> None:
    """What others must learn of it, in the same transaction."""
    if verdict.then == Then.SENT and lane.channel == Channel.TELEGRAM:
        _retire_earlier(message, now=now)
    if outcome.kind == Kind.UNREACHABLE and lane.channel == Channel.TELEGRAM:
        reach.mark_unreachable(message, chat_id=lane.address, because=outcome.reason, now=now)
    if outcome.kind == Kind.MIGRATED and outcome.chat_id is not None:
        ChatGroup.objects.filter(chat_id=lane.address).update(chat_id=outcome.chat_id)
    if verdict.then in (Then.TO_THE_NEXT, Then.DEAD):
        entry = journal.Record(
            kind="message.dead",
            order_id=message.order_id,
            inputs={"message": message.pk, "template": message.template, "outcome": outcome.kind},
            output={"then": verdict.then},
        )
        journal.write([entry], actor=rop(), now=now)
        alarms.message_died(
            message, because=outcome.reason, to_the_next=verdict.then == Then.TO_THE_NEXT, now=now
        )


def _retire_earlier(message: Message, *, now: datetime) -> None:
    """The card that this one takes the place of loses its buttons: it is edited once more."""
    spec = cards.CARDS.get(message.template)
    if spec is None or not spec.one_at_a_time or message.edits or not message.thread:
        return
    earlier = (
        Message.objects.filter(
            thread=message.thread,
            status=MessageStatus.SENT,
            channel=Channel.TELEGRAM,
            edits=False,
            person=message.person_id,
            group=message.group_id,
        )
        .exclude(pk=message.pk)
        .order_by("-pk")
        .first()
    )
    if earlier is None or not earlier.provider_id.isdigit():
        return
    place = {"chat_id": earlier.chat_id, "message_id": int(earlier.provider_id)}
    retired = outbox.edit_of(earlier, key=f"retired:{earlier.pk}", context={"past": True, **place})
    outbox.post([retired], now=now)
