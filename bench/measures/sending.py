"""How fast the bot worker sends to many chats, against a Telegram that allows 30 messages a second, without one 429."""

from typing import Any

import psycopg

from bench.figures import Figure, Runs
from bench.lab import Lab
from bench.progress import Progress
from bench.rest import Refused
from bench.sandbox import Sandbox
from bench.sizes import Sizes
from bench.waiting import wait_for_heartbeat, wait_until

FIRST_ID = 8_000_000_001

PEOPLE = """
    WITH people AS (
        INSERT INTO core_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
                               date_joined, language)
        SELECT '!', false, 'bench' || number, 'Bench', number::text, '', false, true, clock_timestamp(), 'ru'
          FROM generate_series(0, %(count)s - 1) AS number
        RETURNING id, last_name::bigint AS number
    )
    INSERT INTO core_telegramlink (user_id, telegram_id, chat_id, telegram_name, active, linked_at, unreachable_because)
    SELECT id, %(first)s + number, %(first)s + number, 'Bench', true, clock_timestamp(), '' FROM people
"""

POST = """
    INSERT INTO core_message (
        created_at, template, importance, person_id, context, dedup_key, thread, edits, not_before,
        status, channel, attempts, unknown_outcomes, error, provider_id
    )
    SELECT clock_timestamp(), 'notice', 20, l.user_id, jsonb_build_object('text', 'Проверка скорости'),
           'bench:' || l.user_id, '', false, clock_timestamp(), 'queued', '', 0, 0, '', ''
      FROM core_telegramlink l WHERE l.telegram_id >= %(first)s
"""

UNSENT = "SELECT count(*) FROM core_message WHERE ended_at IS NULL"


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    database, sandbox = lab.copy("sending"), Sandbox(lab.sandbox_url)
    with lab.connect(database) as owner, lab.sandbox():
        people = {"first": FIRST_ID, "count": sizes.messages}
        owner.execute(PEOPLE, people)
        sandbox.start(range(FIRST_ID, FIRST_ID + sizes.messages))
        with lab.roles(database, "bot"):
            wait_for_heartbeat(owner, "sender")
            progress.say("everybody is greeted")
            _wait_sent(owner, sandbox, sizes.messages)
            before = sandbox.refused()
            owner.execute(POST, people)
            owner.execute("SELECT pg_notify('outbox', '')")
            progress.say(f"{sizes.messages} messages")
            _wait_sent(owner, sandbox, sizes.messages)
        sent_at, refused = sandbox.sent_at(sizes.messages), sandbox.refused() - before
    lab.drop(database)
    a_second = (len(sent_at) - 1) / (sent_at[-1] - sent_at[0])
    return [
        Figure(
            what=f"sending {sizes.messages} messages to as many chats",
            ours=Runs.of([a_second], "messages/s"),
            figure=a_second,
            bound=28.0,
            unit="/s",
            at_most=False,
        ),
        Figure(
            what="answers 429 meanwhile",
            ours=Runs.of([float(refused)], "answers"),
            figure=float(refused),
            bound=0.0,
            unit="",
        ),
    ]


def _wait_sent(owner: "psycopg.Connection[Any]", sandbox: Sandbox, messages: int) -> None:
    def nothing_waits() -> bool:
        return sandbox.heard_everything() and owner.execute(UNSENT).fetchone() == (0,)

    # Twice in a row: an update that was just taken may not have its answer in the outbox yet.
    patience = 30 + messages / 10
    if not (wait_until(nothing_waits, seconds=patience) and not wait_until(lambda: False, seconds=1.0)):
        raise Refused(f"messages were not sent within {patience:g} s")
    if not wait_until(nothing_waits, seconds=patience):
        raise Refused(f"messages were not sent within {patience:g} s")
