"""When the parts that the worker stands on fail: the database, Telegram, and both at once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from core import clock, outbox
from core.models import Importance, Message
from telegram_bot.sandbox.limits import LimitSettings
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, is_polled, notice, running_bot, status, wait_for


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


def kill_sessions_of_the_bot() -> int:
    """All sessions of this database but the test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_when_its_sessions_are_killed_the_worker_goes_on_with_new_ones(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        first = notice("first", to=anna.user)
        wait_for(lambda: status(first) == "sent")
        assert kill_sessions_of_the_bot() > 0
        second = notice("second", to=anna.user)
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: status(second) == "sent", seconds=15)
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 3, seconds=15)


def test_while_telegram_is_down_what_matters_goes_by_letter_within_three_minutes(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        wait_for(lambda: is_polled(sandbox))
        sandbox.fail("down", lasting=300)
        order = office.order_now()
        message = Message.objects.get(template="order_new", order_id=order.pk)
        reminder = notice("remember", to=anna.user, importance=Importance.REMINDER)
        wait_for(lambda: status(message) == "failed")
        # Two minutes later.
        Message.objects.update(created_at=clock.now() - timedelta(minutes=2), not_before=clock.now())
        wait_for(lambda: status(message) == "sent", seconds=20)
        assert message.channel == "email"
        assert status(reminder) in ("queued", "failed")
    assert order.ref in mail.outbox[0].subject


def test_a_storm_of_refusals_is_waited_out_without_a_single_call_in_a_hold(
    office: Office, sandbox: Sandbox
) -> None:
    people = [office.hire(f"Manager{n}").user for n in range(6)]
    sandbox.fail("429", methods=["sendMessage"], probability=0.5, seed=1, retry_after=1, lasting=6)
    with running_bot(sandbox):
        messages = [notice(f"{n}", to=person, key=f"{n}:{person.pk}") for n in range(2) for person in people]
        wait_for(lambda: all(status(message) == "sent" for message in messages), seconds=40)
    assert sandbox.violations == 0
    assert all(len(sandbox.sent(7000 + person.pk)) == 2 for person in people)
    assert all(message.unknown_outcomes == 0 for message in messages)


@pytest.mark.parametrize("seed", [3, 7])
def test_half_of_the_answers_lost_no_message_disappears_and_none_comes_three_times(
    office: Office, sandbox: Sandbox, seed: int
) -> None:
    people = [office.hire(f"Manager{n}").user for n in range(10)]
    for person in people:
        person.email = ""
        person.save(update_fields=["email"])
    sandbox.fail("reset", methods=["sendMessage"], probability=0.5, seed=seed)
    outbox.post(
        [
            outbox.Outgoing(
                "notice", Importance.ASSIGNMENT, f"{person.pk}", person.pk, context={"text": "hello"}
            )
            for person in people
        ],
        now=clock.now(),
    )
    with running_bot(sandbox):
        wait_for(
            lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists(),
            seconds=40,
        )
    shown = [[m.text for m in sandbox.sent(7000 + person.pk)] for person in people]
    assert all(1 <= len(texts) <= 2 for texts in shown)
    assert all(texts[0] == "hello" for texts in shown)
    assert set(Message.objects.filter(template="notice").values_list("status", flat=True)) <= {"sent", "dead"}


def test_a_wave_drains_within_the_limits_the_important_first(office: Office, sandbox: Sandbox) -> None:
    sandbox.limit(LimitSettings(on=True))
    people = [office.hire(f"Manager{n}").user for n in range(40)]
    outbox.post(
        [
            outbox.Outgoing(
                "notice",
                importance,
                f"{importance}:{person.pk}",
                person.pk,
                context={"text": f"{importance}"},
            )
            for importance in (Importance.DIGEST, Importance.ASSIGNMENT)
            for person in people
        ],
        now=clock.now(),
    )
    with running_bot(sandbox, rate=29):
        wait_for(lambda: Message.objects.filter(status="sent").count() == 80, seconds=30)
    order = list(Message.objects.order_by("sent_at").values_list("importance", flat=True))
    assert order[:35] == [Importance.ASSIGNMENT] * 35
    assert (sandbox.refusals, sandbox.violations) == (0, 0)
