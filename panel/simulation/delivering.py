"""The simulated Telegram: every message of a simulated moment arrives a second later, and none stays in the queue."""

import json
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from panel.simulation.behaviours import Delivered
from panel.simulation.world import World

TAKES = timedelta(seconds=1)

DELIVER = """
    UPDATE core_message m
       SET status = 'sent', sent_at = %(at)s, ended_at = %(at)s, attempts = 1,
           channel = CASE WHEN link.chat_id IS NULL THEN 'email' ELSE 'telegram' END, chat_id = link.chat_id
      FROM core_message queued
      LEFT JOIN LATERAL (
          SELECT l.chat_id FROM core_telegramlink l WHERE l.user_id = queued.person_id AND l.active
          UNION ALL
          SELECT g.chat_id FROM core_chatgroup g WHERE g.id = queued.group_id
      ) link ON true
     WHERE m.id = queued.id AND queued.status = 'queued' AND queued.id > %(after)s AND m.id > %(after)s
    RETURNING m.id, m.template, m.person_id, m.order_id, m.context, m.edits
"""


def deliver(world: World) -> tuple[int, list[Delivered]]:
    """End all that is queued. Returns how many messages, and those to people, in the order they were written."""
    with connection.cursor() as cursor:
        cursor.execute(DELIVER, {"at": world.now + TAKES, "after": world.last_message})
        rows = sorted(cursor.fetchall())
    world.last_message = max((row[0] for row in rows), default=world.last_message)
    return len(rows), list(_to_people(rows))


def _to_people(rows: list[tuple[int, str, int | None, int | None, str, bool]]) -> Iterator[Delivered]:
    """Nobody does anything about what only changes before their eyes."""
    for message_id, template, person_id, order_id, context, edits in rows:
        if person_id is not None and not edits:
            yield Delivered(message_id, template, person_id, order_id, json.loads(context))
