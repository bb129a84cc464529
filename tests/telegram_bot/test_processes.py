"""The real command as processes of its own: killed, stopped, started twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from core import clock
from core.models import Heartbeat, Importance, Message
from orders.models import StatusEvent
from telegram_bot.models import Update
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, notice, running_bot, status, wait_for

PROJECT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 4


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


@contextmanager
def bot_process(sandbox: Sandbox, *, leads: bool = True) -> Iterator["subprocess.Popen[bytes]"]:
    """The command; once it polls, unless another one leads."""
    called_before = len(sandbox.calls("setMyCommands"))
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "ROP_PROCESS": "bot",
        "TELEGRAM_BOT_TOKEN": sandbox.token,
        "TELEGRAM_API_URL": sandbox.url,
        "TELEGRAM_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    with subprocess.Popen([sys.executable, "manage.py", "run_bot"], cwd=PROJECT, env=environment) as process:
        try:
            if leads:
                wait_for(lambda: len(sandbox.calls("setMyCommands")) > called_before, seconds=60)
            yield process
        finally:
            process.kill()
            process.send_signal(signal.SIGCONT)


def waits(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it asks for the lock by now: the one that has it asks no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rop-bot' AND query LIKE %s",
            ["%advisory_lock%"],
        )
        return process.poll() is None and cursor.fetchone()[0] > 0


def test_killed_between_send_and_result_it_is_repeated_once_and_marked(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    sandbox.fail("hang", methods=["sendMessage"], seconds=60)
    with bot_process(sandbox) as first:
        order = office.order_now()
        reminder = notice("remember", to=office.lead, importance=Importance.REMINDER)
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == len(sandbox.sent(7000 + office.lead.pk)) == 1)
        first.kill()
    sandbox.heal()
    card = Message.objects.get(template="order_new", order_id=order.pk)
    assert status(card) == status(reminder) == "sending"

    with running_bot(sandbox):
        wait_for(lambda: status(card) == "sent", seconds=LEASE_SECONDS + 10)
    shown = [message.text for message in sandbox.sent(chat_of(anna))]
    assert len(shown) == 2
    assert shown[1].startswith("🔁 Repeat")
    assert (status(reminder), len(sandbox.sent(7000 + office.lead.pk))) == ("dead", 1)


def test_killed_while_a_press_is_handled_it_is_applied_exactly_once(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = wait_for(lambda: sandbox.sent(chat))[0]
    sandbox.fail("hang", methods=["answerCallbackQuery"], seconds=60)
    with bot_process(sandbox) as first:
        sandbox.press(chat, chat, card.id, "Accept")
        wait_for(lambda: sandbox.calls("answerCallbackQuery"))
        first.kill()
    sandbox.heal()
    with running_bot(sandbox):
        wait_for(lambda: "Contact the seller by" in sandbox.sent(chat)[0].text)
    assert StatusEvent.objects.filter(order=order, route="accept").count() == 1
    assert not Update.objects.exclude(state="done").exists()


def test_killed_before_a_press_is_handled_it_is_applied_by_the_next(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = wait_for(lambda: sandbox.sent(chat))[0]
    with connection.cursor() as cursor, bot_process(sandbox) as first:
        # Nobody can take the order while this transaction has it: the press stays in hand.
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [order.pk])
        sandbox.press(chat, chat, card.id, "Accept")
        time.sleep(0.7)
        first.kill()
        first.wait()
        cursor.execute("ROLLBACK")
    assert StatusEvent.objects.filter(order=order, route="accept").count() == 0
    with running_bot(sandbox):
        wait_for(lambda: StatusEvent.objects.filter(order=order, route="accept").count() == 1)
        wait_for(lambda: "Contact the seller by" in sandbox.sent(chat)[0].text)


def test_asked_to_end_it_finishes_what_is_in_hand(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("slow", methods=["sendMessage"], seconds=2)
    with bot_process(sandbox) as process:
        message = notice("hello", to=anna.user)
        wait_for(lambda: sandbox.calls("sendMessage"))
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
    assert time.monotonic() - began < 7
    assert (status(message), message.unknown_outcomes) == ("sent", 0)


def test_of_two_workers_one_leads_and_the_other_takes_over(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    with bot_process(sandbox) as first, bot_process(sandbox, leads=False) as second:
        wait_for(lambda: Heartbeat.objects.filter(name="sender", detail__pid=first.pid).exists(), seconds=30)
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 1)
        wait_for(lambda: waits(second), seconds=60)
        first.kill()
        killed_at = time.monotonic()
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 2, seconds=15)
        assert time.monotonic() - killed_at < 15
        wait_for(lambda: Heartbeat.objects.filter(name="sender", detail__pid=second.pid).exists(), seconds=15)
    assert not [call for call in sandbox.calls("getUpdates") if call.code == 409]


def test_a_worker_that_is_stopped_loses_its_lead_and_writes_nothing_newer_when_it_goes_on(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    with bot_process(sandbox) as first:
        sandbox.fail("slow", methods=["sendMessage"], seconds=2, times=1)
        message = notice("hello", to=anna.user)
        wait_for(lambda: sandbox.calls("sendMessage"))
        first.send_signal(signal.SIGSTOP)
        with bot_process(sandbox, leads=False) as second:
            wait_for(
                lambda: Heartbeat.objects.filter(name="sender", detail__pid=second.pid).exists(), seconds=40
            )
            wait_for(lambda: status(message) == "sent", seconds=20)
            repeated = message.provider_id
            first.send_signal(signal.SIGCONT)
            after = clock.now()
            notice("next", to=anna.user)
            wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 3)
            wait_for(lambda: Heartbeat.objects.get(name="sender").at > after, seconds=10)
            assert status(message) == "sent"
            assert message.provider_id == repeated
            assert Heartbeat.objects.get(name="sender").detail["pid"] == second.pid
    assert [m.text for m in sandbox.sent(chat_of(anna))] == ["hello", "hello", "next"]
