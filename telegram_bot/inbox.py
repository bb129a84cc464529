"""The inbox: updates are stored before Telegram is told so, and each is applied exactly once."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.db import DataError, InterfaceError, OperationalError, connection, transaction
from psycopg.types.json import Jsonb

from core import journal
from core.actors import rop
from core.work import unit_of_work
from telegram_bot.models import Update, UpdateState
from telegram_bot.policies.outcomes import backoff
from telegram_bot.sending import alarms

log = structlog.get_logger(__name__)

T = TypeVar("T")
Json = dict[str, Any]

ATTEMPTS_AT_MOST = 5
AWAY = (OperationalError, InterfaceError)
KEPT = timedelta(days=14)
ERROR_LIMIT = 300

FIRST_OF_EACH_CHAT = """
    SELECT id, bot_id, update_id, chat_id, payload, received_at
    FROM (
        SELECT DISTINCT ON (chat_id) id, bot_id, update_id, chat_id, payload, received_at, not_before
        FROM telegram_bot_update
        WHERE state = 'new' AND NOT chat_id = ANY(%s)
        ORDER BY chat_id, id
    ) first
    WHERE not_before <= %s
    ORDER BY id
    LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Item:
    """An update that waits to be handled; `id` is the row's."""

    id: int
    bot_id: int
    update_id: int
    chat_id: int
    payload: Json
    received_at: datetime


def store(updates: Sequence[Json], *, bot_id: int, now: datetime) -> int:
    """Keep those that are new, in the order given. Returns how many. Committed when it returns."""
    rows = [(bot_id, update["update_id"], chat_of(update), storable(update), now, now) for update in updates]
    try:
        with transaction.atomic():
            return _insert(rows)
    except DataError:
        # One that can't be stored must not hold up the others: its number is kept, so that it is not asked again.
        log.exception("updates_not_storable", first=updates[0]["update_id"], count=len(updates))
        return sum(_insert_alone(row) for row in rows)


def _insert(rows: Sequence[tuple[Any, ...]]) -> int:
    names = ["bot_id", "update_id", "chat_id", "payload", "received_at", "not_before"]
    with connection.cursor() as cursor:
        columns = list(zip(*rows, strict=True))
        columns[3] = tuple(map(Jsonb, columns[3]))
        cursor.execute(
            f"""
            INSERT INTO telegram_bot_update ({", ".join(names)}, state, attempts, error)
            SELECT v.*, 'new', 0, ''
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::jsonb[], %s::timestamptz[], %s::timestamptz[])
                AS v ({", ".join(names)})
            ON CONFLICT (bot_id, update_id) DO NOTHING
            """,  # noqa: S608 - the names are ours
            [list(column) for column in columns],
        )
        return int(cursor.rowcount)


def _insert_alone(row: tuple[Any, ...]) -> int:
    bot_id, update_id, _chat_id, _payload, now, not_before = row
    try:
        with transaction.atomic():
            return _insert([row])
    except DataError:
        return _insert([(bot_id, update_id, 0, {"update_id": update_id}, now, not_before)])


def chat_of(update: Json) -> int:
    """The chat whose updates are handled one after another; 0 for what belongs to no chat."""
    for body in update.values():
        if not isinstance(body, dict):
            continue
        for holder in (body, body.get("message")):
            if isinstance(holder, dict) and isinstance(chat := holder.get("chat"), dict):
                return _integer(chat.get("id"))
        if isinstance(sender := body.get("from"), dict):
            return _integer(sender.get("id"))
    return 0


def _integer(value: object) -> int:
    return value if isinstance(value, int) and abs(value) < 2**63 else 0


def storable(value: Any) -> Any:
    """Without what PostgreSQL's JSON can't hold: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value


def to_handle(*, busy_chats: Collection[int], limit: int, now: datetime) -> list[Item]:
    """The oldest unhandled update of each chat; none of a chat that is busy or whose oldest has to wait."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF_EACH_CHAT, [list(busy_chats), now, limit])
        rows = cursor.fetchall()
    return [
        Item(item_id, bot_id, update_id, chat_id, json.loads(payload), received_at)
        for item_id, bot_id, update_id, chat_id, payload, received_at in rows
    ]


def apply_once(item_id: int, act: Callable[[], T], *, now: datetime) -> T | None:
    """Run `act` and mark the update as done, in one transaction. None: it was done, or somebody else is at it.

    What `act` raises undoes both.
    """
    with unit_of_work(now):
        free = Update.objects.select_for_update(skip_locked=True).filter(pk=item_id, state=UpdateState.NEW)
        if free.first() is None:
            return None
        result = act()
        Update.objects.filter(pk=item_id).update(state=UpdateState.DONE, done_at=now)
        return result


def failed(item: Item, error: Exception, *, now: datetime) -> None:
    """The handler failed: later again, after five times never, with an alarm. Other chats go on meanwhile.

    What failed because the database was away, or busy, is never given up.
    """
    with transaction.atomic():
        row = Update.objects.select_for_update().filter(pk=item.id, state=UpdateState.NEW).first()
        if row is None:
            return
        row.attempts += 1
        row.error = type(error).__name__[:ERROR_LIMIT]
        row.not_before = now + backoff(row.attempts - 1)
        if row.attempts >= ATTEMPTS_AT_MOST and not isinstance(error, AWAY):
            row.state, row.done_at = UpdateState.DEAD, now
            _tell_of_dead(row, now=now)
        row.save(update_fields=["attempts", "error", "not_before", "state", "done_at"])


def _tell_of_dead(row: Update, *, now: datetime) -> None:
    log.error("update_dead", update=row.update_id, error=row.error)
    entry = journal.Record("bot.update_dead", inputs={"update": row.pk}, output={"error": row.error})
    journal.write([entry], actor=rop(), now=now)
    alarms.update_died(row.pk, because=row.error, now=now)


def forget_old(*, now: datetime) -> int:
    """Updates hold people's names and words: they are kept only as long as they help to find a fault."""
    gone, _by_model = Update.objects.filter(done_at__lt=now - KEPT).delete()
    return gone
