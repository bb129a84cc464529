"""A flood of unsent messages to one addressee becomes one summary.

What may have arrived already is left out: it comes once more by itself, marked as a repeat. So are edits: they
change a card that somebody has before them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from core import outbox
from core.models import Importance, Message, MessageStatus
from telegram_bot.cards import MERGEABLE, SUMMARY

log = structlog.get_logger(__name__)

MERGED_OVER = 4
MERGED_OVER_IN_GROUP = 2
"""More unsent messages than this to one addressee become one: at one a second, the last of more would be late."""

KEPT_WAITING = timedelta(seconds=15)
"""Messages don't wait so long unless something was away. Then each person is told once what has come together."""

FLOODS = """
    SELECT person_id, group_id, importance, newest,
        waiting > CASE WHEN person_id IS NULL THEN %(over_in_group)s ELSE %(over)s END
            OR has_summary
            OR since < %(kept_waiting_since)s
    FROM (
        SELECT person_id, group_id,
            min(importance) FILTER (WHERE can_merge) AS importance,
            max(id) FILTER (WHERE can_merge) AS newest,
            count(*) FILTER (WHERE can_merge) AS waiting,
            min(not_before) FILTER (WHERE can_merge) AS since,
            bool_or(NOT can_merge) AS has_summary
        FROM (
            SELECT *, template = ANY(%(templates)s) AS can_merge
            FROM core_message
            WHERE status IN ('queued', 'failed') AND not_before <= %(now)s AND unknown_outcomes = 0 AND NOT edits
                AND (template = ANY(%(templates)s) OR template = %(summary)s)
        ) unsent
        GROUP BY person_id, group_id
    ) addressee
    WHERE waiting > 1 OR waiting > 0 AND has_summary
"""

MERGE = """
    UPDATE core_message m SET status = 'merged', merged_into_id = %(summary)s, ended_at = %(now)s
    FROM (
        SELECT id FROM core_message
        WHERE status IN ('queued', 'failed') AND not_before <= %(now)s AND id <= %(newest)s
            AND unknown_outcomes = 0 AND NOT edits AND template = ANY(%(templates)s)
            AND (person_id = %(person)s OR group_id = %(group)s)
        FOR UPDATE SKIP LOCKED
    ) flood
    WHERE m.id = flood.id
"""


Addressee = tuple[int | None, int | None]
"""A person, or a group."""


@dataclass(frozen=True, slots=True)
class Several:
    """More than one message waits for somebody. `newest` is the last one's id; `too_many`: they become one."""

    person_id: int | None
    group_id: int | None
    importance: int
    newest: int
    too_many: bool

    @property
    def addressee(self) -> Addressee:
        return (self.person_id, self.group_id)


def waiting_together(*, now: datetime) -> list[Several]:
    """For whom several messages wait that could be one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            FLOODS,
            {
                "now": now,
                "templates": list(MERGEABLE),
                "summary": SUMMARY,
                "over": MERGED_OVER,
                "over_in_group": MERGED_OVER_IN_GROUP,
                "kept_waiting_since": now - KEPT_WAITING,
            },
        )
        return [Several(*row) for row in cursor.fetchall()]


def merge_floods(
    *, now: datetime, together: Sequence[Several] | None = None, but: Collection[Addressee] = ()
) -> int:
    """Merge them all, but for those to whom more may come. Returns how many messages were merged."""
    floods = waiting_together(now=now) if together is None else together
    return sum(_merge(flood, now=now) for flood in floods if flood.too_many and flood.addressee not in but)


@transaction.atomic
def _merge(flood: Several, *, now: datetime) -> int:
    person_id, group_id = flood.addressee
    summary_id = _unsent_summary(person_id, group_id) or _new_summary(
        person_id, group_id, Importance(flood.importance), flood.newest, now
    )
    with connection.cursor() as cursor:
        cursor.execute(
            MERGE,
            {
                "summary": summary_id,
                "now": now,
                "newest": flood.newest,
                "templates": list(MERGEABLE),
                "person": person_id,
                "group": group_id,
            },
        )
        merged = int(cursor.rowcount)
    log.info("messages_merged", person=person_id, group=group_id, merged=merged, summary=summary_id)
    return merged


def _unsent_summary(person_id: int | None, group_id: int | None) -> int | None:
    """A summary that has not left yet takes the new ones too."""
    return (
        Message.objects.select_for_update(skip_locked=True)
        .filter(
            template=SUMMARY,
            status__in=[MessageStatus.QUEUED, MessageStatus.FAILED],
            unknown_outcomes=0,
            person_id=person_id,
            group_id=group_id,
        )
        .values_list("pk", flat=True)
        .first()
    )


def _new_summary(
    person_id: int | None, group_id: int | None, importance: Importance, newest: int, now: datetime
) -> int:
    key = f"summary:{newest}"
    outbox.post(
        [
            outbox.Outgoing(
                template=SUMMARY, importance=importance, dedup_key=key, person_id=person_id, group_id=group_id
            )
        ],
        now=now,
    )
    return Message.objects.values_list("pk", flat=True).get(dedup_key=key)
