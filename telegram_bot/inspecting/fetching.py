"""The fetcher's side of the table: which files are to be fetched, the lease, and what became of each."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.actors import Door, person
from core.refusals import Refusal
from core.work import unit_of_work
from orders.models import Order
from orders.services import evidence_add, evidence_place
from telegram_bot.inspecting.files import too_large
from telegram_bot.models import FileState, IncomingFile
from telegram_bot.policies.outcomes import backoff
from telegram_bot.visits import reading_as

log = structlog.get_logger(__name__)

FAULTS_AT_MOST = 5
"""Failures that say something about the file, or about our own code. While Telegram or the database is away, none of
these is counted."""

GIVEN_UP_AFTER = timedelta(hours=24)
"""Telegram may have forgotten the file by then, and nobody waits for it."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=60)
ERROR_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Job:
    """A file to fetch, under a lease. `named` is what its sender called it; "" for a photo."""

    id: int
    token: UUID
    file_id: str
    kind: str
    named: str


class LeaseLost(Exception):
    """Somebody else has the file by now: nothing is written."""


TAKE = """
    UPDATE telegram_bot_incomingfile f
    SET state = 'fetching', lease_token = %(token)s, lease_until = %(until)s
    FROM (
        SELECT id FROM telegram_bot_incomingfile
        WHERE state = 'new' AND not_before <= %(now)s AND order_id IS NOT NULL
        ORDER BY not_before, id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) free
    WHERE f.id = free.id
    RETURNING f.id, f.file_id, f.kind, f.name
"""


def take(*, limit: int, lasting: timedelta, now: datetime) -> list[Job]:
    """Lease the files that have waited longest, as one committed statement."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"token": token, "until": now + lasting, "now": now, "limit": limit})
        rows = cursor.fetchall()
    return [Job(file, token, file_id, kind, name) for file, file_id, kind, name in sorted(rows)]


def release_expired(*, now: datetime) -> int:
    """Their fetcher died or was stopped: they are fetched again, which does no harm."""
    return IncomingFile.objects.filter(state=FileState.FETCHING, lease_until__lt=now).update(
        state=FileState.NEW, lease_token=None, lease_until=None, not_before=now
    )


def keep(job: Job, content: bytes, name: str, *, now: datetime) -> None:
    """The file becomes evidence, or is refused for ever with a sentence; with its row, in one transaction.

    Raises LeaseLost, and whatever is no answer of the services: then nothing is written.
    """
    row = IncomingFile.objects.select_related("person__team").get(pk=job.id)
    if row.lease_token != job.token or row.order_id is None:
        raise LeaseLost
    actor = person(row.person, door=Door.BOT)
    with reading_as(row.person), unit_of_work(now):
        try:
            evidence = evidence_add(
                order_id=row.order_id,
                content=content,
                name=name,
                actor=actor,
                point=row.point,
                purpose=row.purpose,
                now=now,
            )
        except (Refusal, Order.DoesNotExist) as refusal:
            why = str(refusal) or _("The order is not there any more.")
            _end(job, FileState.REFUSED, now=now, error=why)
            return
        _end(job, FileState.KEPT, now=now, evidence_id=evidence.pk)
        # Meanwhile the person may have said of which point it is.
        point = IncomingFile.objects.values_list("point", flat=True).get(pk=job.id)
        if point != row.point:
            with suppress(Refusal):
                evidence_place(evidence_id=evidence.pk, point=point, actor=actor, now=now)


def refuse_too_large(job: Job, *, now: datetime) -> None:
    """More than Telegram hands out, or more than is taken: the person is told what to do instead."""
    row = IncomingFile.objects.select_related("person__team").get(pk=job.id)
    with reading_as(row.person):
        _end(job, FileState.REFUSED, now=now, error=too_large(row.size))


def later(job: Job, reason: str, *, wait: timedelta | None, counts: bool, now: datetime) -> None:
    """It could not be fetched now. What fails by itself five times, or for a day, is given up."""
    with transaction.atomic():
        row = (
            IncomingFile.objects.select_for_update(of=("self",))
            .select_related("person__team")
            .filter(pk=job.id, lease_token=job.token, state=FileState.FETCHING)
            .first()
        )
        if row is None:
            return
        row.attempts += int(counts)
        row.error = reason[:ERROR_LIMIT]
        row.lease_token = row.lease_until = None
        if row.attempts >= FAULTS_AT_MOST or now - row.created_at > GIVEN_UP_AFTER:
            log.error("file_given_up", file=row.pk, reason=reason)
            row.state, row.ended_at = FileState.DEAD, now
            with reading_as(row.person):
                row.error = _("I could not fetch this file from Telegram. Send it again.")
        else:
            row.state = FileState.NEW
            row.not_before = now + (wait or (backoff(row.attempts) if counts else _patience(row, now)))
        row.save(
            update_fields=[
                "attempts",
                "error",
                "lease_token",
                "lease_until",
                "state",
                "ended_at",
                "not_before",
            ]
        )


def _patience(row: IncomingFile, now: datetime) -> timedelta:
    """While Telegram is away: the longer it has been, the less often it is tried."""
    return min(max((now - row.created_at) / 4, FIRST_PAUSE), LONGEST_PAUSE)


def _end(job: Job, state: str, *, now: datetime, error: str = "", evidence_id: int | None = None) -> None:
    written = IncomingFile.objects.filter(pk=job.id, lease_token=job.token, state=FileState.FETCHING).update(
        state=state,
        lease_token=None,
        lease_until=None,
        ended_at=now,
        error=error[:ERROR_LIMIT],
        evidence_id=evidence_id,
    )
    if not written:
        raise LeaseLost


def give_back(jobs: Sequence[Job], *, now: datetime) -> int:
    """Not fetched because the worker ends: they wait as if nothing had happened."""
    return sum(
        IncomingFile.objects.filter(pk=job.id, lease_token=job.token, state=FileState.FETCHING).update(
            state=FileState.NEW, lease_token=None, lease_until=None, not_before=now
        )
        for job in jobs
    )


def unclaimed(*, now: datetime) -> int:
    """Files whose order nobody has named for a day are given up. Returns how many."""
    return IncomingFile.objects.filter(
        state=FileState.NEW, order__isnull=True, created_at__lt=now - GIVEN_UP_AFTER
    ).update(state=FileState.DEAD, ended_at=now, told_at=now, error="nobody said of which order")
