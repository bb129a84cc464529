"""The bot worker does the loop's work while the loop is silent, and gives it back."""

from datetime import timedelta

from core import clock, heartbeats
from core.models import Heartbeat, Message
from orders.models import Order
from rop import loop
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.worker.takeover import SILENT_AFTER, TakeOver
from telegram_bot.worker.threads import Threads
from tests.telegram_bot.bot import Office, running_bot, wait_for


def test_while_the_loop_lives_the_bot_keeps_out(office: Office, sandbox: Sandbox) -> None:
    loop.sweep(clock.now())
    with running_bot(sandbox):
        wait_for(lambda: Heartbeat.objects.filter(name="sender").exists())
        assert "by" not in Heartbeat.objects.get(name="loop").detail


def test_a_silent_loop_is_stood_in_for_and_what_is_due_happens(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order = office.order_now()
    Order.objects.filter(pk=order.pk).update(wake_at=clock.now() - timedelta(seconds=1))
    heartbeats.beat("loop", now=clock.now() - SILENT_AFTER - timedelta(seconds=1))
    with running_bot(sandbox):
        wait_for(lambda: Heartbeat.objects.get(name="loop").detail.get("by") == "bot worker", seconds=5)
        assert Order.objects.get(pk=order.pk).wake_at > clock.now()
        first = Heartbeat.objects.get(name="loop").at
        wait_for(lambda: Heartbeat.objects.get(name="loop").at > first, seconds=4)

        loop.sweep(clock.now())  # a worker is back
        back = Heartbeat.objects.get(name="loop").at
        wait_for(lambda: clock.now() - back > timedelta(seconds=3), seconds=5)
        assert Heartbeat.objects.get(name="loop").at == back
    assert anna.user_id == order.assigned_manager_id


def test_a_loop_that_never_beat_is_waited_for_as_long(office: Office) -> None:
    take_over = TakeOver(Threads("test", size=1), may_sweep=lambda: True)
    assert take_over._silent_since() is None
    take_over.asked_since = clock.now() - SILENT_AFTER - timedelta(seconds=1)
    assert take_over._silent_since() is not None


def test_people_are_told_once_when_it_lasts_a_minute(office: Office, sandbox: Sandbox) -> None:
    since = clock.now() - timedelta(seconds=61)
    heartbeats.beat("loop", now=since)
    with running_bot(sandbox):
        wait_for(lambda: Message.objects.filter(template="part_silent", status="sent").exists())
        first = Heartbeat.objects.get(name="loop").at
        wait_for(lambda: Heartbeat.objects.get(name="loop").at > first, seconds=4)
    assert Message.objects.filter(template="part_silent").count() == 1
    assert "loop" in sandbox.sent(7000 + office.lead.pk)[0].text


def test_while_the_bot_leads_the_loop_serves_the_waiting_queue(office: Office, sandbox: Sandbox) -> None:
    """Each holds a lock of its own."""
    anna = office.hire("Anna", capacity=0)
    order = office.order_now()
    with running_bot(sandbox):
        office.capacity(anna, 10)
        loop.sweep(clock.now())
        order.refresh_from_db()
    assert order.assigned_manager == anna.user
