"""What can be written to the bot."""

import json
from datetime import timedelta

import pytest

from core import clock
from core.models import Message
from orders.models import Order
from telegram_bot.models import Update
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, running_bot, wait_for


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


def ask(sandbox: Sandbox, chat: int, words: str) -> str:
    """What the bot answers to these words: its newest message."""
    before = len(sandbox.sent(chat))
    sandbox.write(chat, words)
    return wait_for(lambda: sandbox.sent(chat)[before:], what=f"an answer to {words}")[-1].text


def test_my_lists_own_open_orders_the_most_urgent_first(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    normal = office.order_now("A-1")
    critical = office.order_now("A-2", severity="critical")
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        told = ask(sandbox, chat_of(anna), "/my")
    assert told.splitlines()[0].startswith("📋 You have 2 open orders, the first due")
    assert told.index(critical.ref) < told.index(normal.ref)


def test_what_is_nobodys_to_do_comes_last_however_severe_it_is(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    normal = office.order_now("A-1")
    critical = office.order_now("A-2", severity="critical")
    Message.objects.update(status="superseded", ended_at=clock.now())
    Order.objects.filter(pk=critical.pk).update(
        next_action="close", next_action_whose="rop", next_action_user=None
    )
    with running_bot(sandbox):
        told = ask(sandbox, chat_of(anna), "/my")
    assert told.index(normal.ref) < told.index(critical.ref)
    assert f"{critical.ref} · Nothing to do: AI-ROP closes the order" in told


def test_my_without_orders_says_so(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        assert ask(sandbox, chat_of(anna), "/my") == "🌤 You have no open orders. New ones will come here."
        assert ask(sandbox, chat_of(anna), "/next") == "🌤 Nothing waits for you now."


def test_next_tells_the_one_thing_that_is_due_first(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    office.order_now("A-1")
    critical = office.order_now("A-2", severity="critical")  # ten minutes to accept, not thirty
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        told = ask(sandbox, chat_of(anna), "/next")
    assert told.splitlines()[0].startswith(f"👉 {critical.ref}: Accept the order by")
    assert "After it: 1 more" in told


@pytest.mark.parametrize(
    "written", ["/order R-1", "/order r1", "/order 1", "/ORDER R-1", "/order A-1", "/order №1"]
)
def test_an_order_is_found_by_what_people_call_it(office: Office, sandbox: Sandbox, written: str) -> None:
    anna = office.hire("Anna")
    office.order_now("A-1")
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        assert "R-1: Accept the order by" in ask(sandbox, chat_of(anna), written)


@pytest.mark.parametrize(
    "written", ["/order R-1", "/why R-1", "/order 999", "/order <b>x</b>", "/order 99999999999999999999"]
)
def test_an_order_of_somebody_else_does_not_exist(office: Office, sandbox: Sandbox, written: str) -> None:
    anna = office.hire("Anna")
    boris = office.hire("Boris", capacity=0)
    office.order_now("A-1")
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        assert ask(sandbox, chat_of(boris), written).startswith("I find no order")
        assert Order.objects.get().assigned_manager_id == anna.user_id


def test_a_lead_sees_every_order(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    office.order_now("A-1")
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        assert "Manager: Anna" in ask(sandbox, 7000 + office.lead.pk, "/order R-1")
        assert ask(sandbox, 7000 + office.lead.pk, "/shift") == "You have no shifts: you are not a manager."


@pytest.mark.parametrize("words", ["/start", "/help", "hello", "/nonsense", "/start\u200b", "💥" * 2000])
def test_other_words_are_answered_with_what_the_bot_can_do(
    office: Office, sandbox: Sandbox, words: str
) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        assert ask(sandbox, chat_of(anna), words).startswith("What I can do")


def test_a_shift_begins_and_ends_by_words(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        assert "You are not on shift" in ask(sandbox, chat_of(anna), "/shift off")
        assert "You are on shift until" in ask(sandbox, chat_of(anna), "/shift on")
        assert "You are on shift until" in ask(sandbox, chat_of(anna), "/shift")


def test_a_stranger_is_told_once_how_to_be_linked_and_a_flood_is_not_answered_each_time(
    office: Office, sandbox: Sandbox
) -> None:
    sandbox.person(99, "Stranger")
    with running_bot(sandbox):
        assert ask(sandbox, 99, "/my").startswith("👋")
        for _ in range(10):
            sandbox.write(99, "hi")
        wait_for(lambda: Update.objects.filter(chat_id=99, state="done").count() == 11, seconds=30)
    assert len(sandbox.sent(99)) <= 11
    assert Message.objects.count() == 0


def test_in_a_group_only_the_chats_id_is_told(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.group(-555, "Admins", [chat_of(anna)])
    with running_bot(sandbox):
        sandbox.write(chat_of(anna), "/my", -555)
        sandbox.write(chat_of(anna), "/chatid", -555)
        wait_for(lambda: sandbox.sent(-555))
        wait_for(lambda: Update.objects.filter(state="done").count() >= 2)
    assert [message.text for message in sandbox.sent(-555)] == ["-555"]
    assert sandbox.sent(chat_of(anna)) == []


def test_an_anonymous_admin_of_a_group_is_nobody(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.group(-555, "Admins", [chat_of(anna)], bot_status="administrator")
    with running_bot(sandbox):
        sandbox.write(chat_of(anna), "/shift off", -555, anonymous=True)
        wait_for(lambda: Update.objects.filter(state="done").exists())
    assert sandbox.sent(-555) == []


def test_words_that_come_a_day_late_are_not_acted_upon(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    yesterday = int((clock.now() - timedelta(hours=25)).timestamp())
    sandbox.update(
        {
            "message": {
                "message_id": 77,
                "date": yesterday,
                "from": {"id": chat, "is_bot": False, "first_name": "Anna"},
                "chat": {"id": chat, "type": "private", "first_name": "Anna"},
                "text": "/shift off",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
        }
    )
    with running_bot(sandbox):
        told = wait_for(lambda: sandbox.sent(chat))[0].text
    assert told == "What you wrote reached me more than a day late. Please repeat it if it still matters."
    assert anna.shifts.filter(ends_at__gt=clock.now()).exists()


def test_commands_are_offered_in_both_languages_and_leads_get_one_more(
    office: Office, sandbox: Sandbox
) -> None:
    with running_bot(sandbox):
        wait_for(lambda: len(sandbox.calls("setMyCommands")) == 4)
    calls = sandbox.calls("setMyCommands")
    offered = [[command["command"] for command in json.loads(call.params["commands"])] for call in calls]
    assert offered[:3] == [["next", "my", "inspect", "order", "why", "shift", "cancel", "help"]] * 3
    assert offered[3] == ["burning", *offered[0]]
    assert json.loads(calls[3].params["scope"])["chat_id"] == 7000 + office.lead.pk
