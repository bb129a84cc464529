"""The outbox seen by the sender: what waits, and the lease that is the trace before each risky send."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection

from core.models import Importance, Message, MessageStatus
from core.models.outbox import Channel
from telegram_bot.cards import CARDS, STORM
from telegram_bot.policies.pacing import Lane, Waiting

AT_ONCE = 400
OF_ONE = 8
"""How many waiting messages are read at once, and of one addressee: nobody's flood hides the others."""

LETTER_INSTEAD_AFTER = timedelta(minutes=2)
"""While Telegram is down, what matters goes by e-mail once it has waited so long."""

REPLIES = frozenset(template for template, card in CARDS.items() if card.is_reply)

WAITING = """
    SELECT q.id, q.importance, q.created_at, q.template, q.edits, q.channel, q.person_id, q.group_id,
           coalesce(link.chat_id, grp.chat_id) AS chat_id, coalesce(usr.email, '') AS email
    FROM (
        SELECT m.*, row_number() OVER (
            PARTITION BY m.person_id, m.group_id ORDER BY m.importance, m.not_before, m.id
        ) AS place
        FROM core_message m
        WHERE m.status IN ('queued', 'failed') AND m.not_before <= %(now)s
    ) q
    LEFT JOIN core_user usr ON usr.id = q.person_id AND usr.is_active
    LEFT JOIN core_telegramlink link
        ON link.user_id = usr.id AND link.active AND link.unreachable_since IS NULL
    LEFT JOIN core_chatgroup grp ON grp.id = q.group_id AND grp.active AND grp.unreachable_since IS NULL
    WHERE q.place <= %(of_one)s
    ORDER BY q.importance, q.not_before, q.id
    LIMIT %(at_once)s
"""


@dataclass(frozen=True, slots=True)
class Telegram:
    """Whether there is a Telegram to send to: configured at all, and answering."""

    configured: bool = True
    down: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """A message that this process is sending. Whoever holds no lease writes nothing about it."""

    message_id: int
    token: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    importance: int
    created_at: datetime
    template: str
    edits: bool
    channel: str
    person_id: int | None
    group_id: int | None
    chat_id: int | None
    email: str

    @property
    def is_of_storm(self) -> bool:
        return self.template in STORM and not self.edits


def waiting(
    *, telegram: Telegram, now: datetime, settling: Collection[tuple[int | None, int | None]] = ()
) -> list[Waiting]:
    """What could be sent now, most important first, each with the lane that it leaves by. One query.

    What comes in storms is left out for those (person, group) to whom more may come.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"now": now, "of_one": OF_ONE, "at_once": AT_ONCE})
        rows = [_Row(*row) for row in cursor.fetchall()]
    return [
        Waiting(id=row.id, lane=_lane(row, telegram, now), storm=row.is_of_storm)
        for row in rows
        if not (row.is_of_storm and (row.person_id, row.group_id) in settling)
    ]


def _lane(row: _Row, telegram: Telegram, now: datetime) -> Lane:
    has_telegram = row.chat_id is not None and telegram.configured and row.channel != Channel.EMAIL
    # An answer to a command is not worth a letter: it was asked for in Telegram.
    can_be_written = row.person_id is not None and row.email and row.template not in REPLIES
    waited_long = telegram.down and row.created_at <= now - LETTER_INSTEAD_AFTER
    if can_be_written and (not has_telegram or (waited_long and row.importance <= Importance.BREACH)):
        return Lane("email", row.person_id or 0)
    if has_telegram:
        return Lane("telegram", row.chat_id or 0)
    return Lane("none", row.person_id or -(row.group_id or 0))


def lease(lanes: Mapping[int, Lane], *, lasting: timedelta, now: datetime) -> dict[int, Lease]:
    """Mark these as being sent, as one committed statement; those that somebody else took are left out."""
    token, until = uuid4(), now + lasting
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE core_message m
            SET status = 'sending', lease_token = %(token)s, lease_until = %(until)s, channel = free.leaves_by
            FROM (
                SELECT m.id, v.leaves_by
                FROM core_message m
                JOIN unnest(%(ids)s::bigint[], %(channels)s::text[]) AS v (id, leaves_by) ON v.id = m.id
                WHERE m.status IN ('queued', 'failed') AND m.not_before <= %(now)s
                FOR UPDATE OF m SKIP LOCKED
            ) free
            WHERE m.id = free.id
            RETURNING m.id
            """,
            {
                "token": token,
                "until": until,
                "ids": list(lanes),
                "channels": [
                    lane.channel if lane.channel in Channel.values else "" for lane in lanes.values()
                ],
                "now": now,
            },
        )
        return {row[0]: Lease(row[0], token, until) for row in cursor.fetchall()}


def give_back(leases: Sequence[Lease]) -> int:
    """Surely not sent: they wait again as if nothing had happened."""
    return sum(
        Message.objects.filter(
            pk=lease.message_id, lease_token=lease.token, status=MessageStatus.SENDING
        ).update(status=MessageStatus.QUEUED, lease_token=None, lease_until=None)
        for lease in leases
    )


def held_chats(*, now: datetime) -> dict[int, datetime]:
    """Chats that Telegram told to wait before this process began, and until when."""
    rows = Message.objects.filter(
        status=MessageStatus.FAILED, error__startswith="429", not_before__gt=now, chat_id__isnull=False
    ).values_list("chat_id", "not_before")
    held: dict[int, datetime] = {}
    for chat_id, until in rows:
        if chat_id is not None:
            held[chat_id] = max(until, held.get(chat_id, until))
    return held


def expired(*, now: datetime) -> list[Message]:
    """Messages whose sender died, or was stopped, between the lease and the result."""
    return list(
        Message.objects.filter(status=MessageStatus.SENDING, lease_until__lt=now)
        .select_related("person", "group")
        .order_by("lease_until")[:AT_ONCE]
    )
