"""The inbox: what Telegram has handed over is applied, once, whatever happens to the bot."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.models import Heartbeat, Message
from telegram_bot import inbox
from telegram_bot.models import Update, UpdateState
from telegram_bot.sandbox.server import Sandbox
from tests.stories.company import moment
from tests.telegram_bot.bot import Office, is_polled, running_bot, wait_for

NOON = moment("12:00")


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


def written(update_id: int, chat: int, text: str = "hi") -> dict[str, Any]:
    return {"update_id": update_id, "message": {"message_id": 1, "chat": {"id": chat}, "text": text}}


def to_handle(**more: Any) -> list[int]:
    return [
        item.update_id for item in inbox.to_handle(**{"busy_chats": [], "limit": 10, "now": NOON, **more})
    ]


# ── the table ──


def test_an_update_is_stored_once(db: None) -> None:
    assert inbox.store([written(1, 5), written(2, 5)], bot_id=1, now=NOON) == 2
    assert inbox.store([written(2, 5), written(3, 5)], bot_id=1, now=NOON) == 1
    assert inbox.store([written(2, 5)], bot_id=2, now=NOON) == 1


def test_of_each_chat_the_oldest_comes_first(db: None) -> None:
    inbox.store([written(1, 5), written(2, 5), written(3, 6)], bot_id=1, now=NOON)
    assert to_handle() == [1, 3]
    assert to_handle(busy_chats=[5]) == [3]


def test_updates_that_come_in_another_order_are_handled_as_they_came(db: None) -> None:
    inbox.store([written(900, 5)], bot_id=1, now=NOON)
    inbox.store([written(7, 5)], bot_id=1, now=NOON)
    assert to_handle() == [900]


def test_a_chat_whose_oldest_update_has_to_wait_waits_and_others_do_not(db: None) -> None:
    inbox.store([written(1, 5), written(2, 5), written(3, 6)], bot_id=1, now=NOON)
    first = inbox.to_handle(busy_chats=[], limit=1, now=NOON)[0]
    inbox.failed(first, ValueError("x"), now=NOON)
    assert to_handle() == [3]
    assert to_handle(now=NOON + timedelta(seconds=2)) == [1, 3]


def test_after_five_failures_an_update_is_given_up_with_an_alarm(office: Office) -> None:
    inbox.store([written(1, 5), written(2, 5)], bot_id=1, now=NOON)
    item = inbox.to_handle(busy_chats=[], limit=1, now=NOON)[0]
    for _ in range(5):
        inbox.failed(item, ValueError("secret words of a person"), now=NOON)
    dead = Update.objects.get(update_id=1)
    assert (dead.state, dead.attempts, dead.error) == (UpdateState.DEAD, 5, "ValueError")
    assert to_handle() == [2]
    assert Message.objects.get(template="update_dead").person == office.lead


def test_what_failed_because_the_database_was_away_is_never_given_up(db: None) -> None:
    inbox.store([written(1, 5)], bot_id=1, now=NOON)
    item = inbox.to_handle(busy_chats=[], limit=1, now=NOON)[0]
    for _ in range(20):
        inbox.failed(item, OperationalError("lock timeout"), now=NOON)
    assert to_handle(now=NOON + timedelta(minutes=5)) == [1]


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d", "\udc00", "ok"])
def test_what_the_database_cannot_hold_is_left_out_and_the_rest_stored(db: None, text: str) -> None:
    assert inbox.store([written(1, 5, text), written(2, 5)], bot_id=1, now=NOON) == 2


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_can_be_made_storable(value: Any) -> None:
    stored = json.dumps(inbox.storable(value), ensure_ascii=False)
    assert "\\u0000" not in stored
    stored.encode("utf-8")


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        (written(1, -100), -100),
        ({"callback_query": {"from": {"id": 3}, "message": {"chat": {"id": 4}}}}, 4),
        ({"callback_query": {"from": {"id": 3}}}, 3),
        ({"my_chat_member": {"chat": {"id": 8}, "from": {"id": 3}}}, 8),
        ({"poll_from_the_future": {"x": 1}}, 0),
        ({"message": "garbage"}, 0),
        ({"message": {"chat": {"id": 2**70}}}, 0),
    ],
)
def test_the_chat_of_an_update(update: dict[str, Any], chat: int) -> None:
    assert inbox.chat_of(update) == chat


def test_applied_twice_it_acts_once(db: None) -> None:
    inbox.store([written(1, 5)], bot_id=1, now=NOON)
    item = Update.objects.get()
    acts: list[int] = []
    assert inbox.apply_once(item.pk, lambda: acts.append(1) or "done", now=NOON) == "done"
    assert inbox.apply_once(item.pk, lambda: acts.append(2) or "done", now=NOON) is None
    assert acts == [1]


def test_what_fails_is_undone_and_can_be_applied_again(db: None) -> None:
    inbox.store([written(1, 5)], bot_id=1, now=NOON)
    item = Update.objects.get()

    def fail() -> None:
        Heartbeat.objects.create(name="trace", at=NOON)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        inbox.apply_once(item.pk, fail, now=NOON)
    assert not Heartbeat.objects.exists()
    assert inbox.apply_once(item.pk, lambda: "done", now=NOON) == "done"


def test_handled_updates_are_forgotten_after_two_weeks(db: None) -> None:
    inbox.store([written(1, 5), written(2, 6)], bot_id=1, now=NOON)
    inbox.apply_once(Update.objects.get(update_id=1).pk, lambda: 1, now=NOON)
    assert inbox.forget_old(now=NOON + timedelta(days=13)) == 0
    assert inbox.forget_old(now=NOON + timedelta(days=15)) == 1
    assert Update.objects.get().update_id == 2


# ── the poller ──


def test_what_was_written_while_the_bot_was_away_is_answered_in_order(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    for words in ("/shift off", "/shift on", "/my"):
        sandbox.write(chat, words)
    with running_bot(sandbox):
        wait_for(lambda: len(sandbox.sent(chat)) == 3)
    told = [message.text[:12] for message in sandbox.sent(chat)]
    assert told == ["🟢 You are on", "🟢 You are on", "🌤 You have n"] or told[2] == "🌤 You have n"
    assert anna.shifts.filter(ends_at__gt=clock.now()).exists()


def test_telegram_is_told_to_forget_only_what_is_committed(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        wait_for(lambda: is_polled(sandbox))
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: sandbox.pending_updates == 0)
        assert Update.objects.count() == 1


def test_unknown_kinds_and_garbage_stop_nobody(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    for body in (
        {"quantum_message": {"x": 1}},
        {"message": {"from": "nobody"}},
        {
            "callback_query": {
                "id": "1",
                "from": {"id": 1, "is_bot": False, "first_name": "x"},
                "chat_instance": "1",
            }
        },
        {"message": {"message_id": 1, "date": 0, "chat": {"id": 4, "type": "channel"}}},
        {"message": None},
        {},
    ):
        sandbox.update(body)
    sandbox.write(chat_of(anna), "/my")
    with running_bot(sandbox):
        wait_for(lambda: sandbox.sent(chat_of(anna)))
        wait_for(lambda: sandbox.pending_updates == 0)
    assert Update.objects.count() == 7


def test_another_poller_is_survived(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("409", times=2)
    with running_bot(sandbox):
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: sandbox.sent(chat_of(anna)), seconds=15)


def test_a_wrong_token_is_complained_about_and_nobody_is_called_unreachable(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    sandbox.token = "123456:another-token-than-the-server-knows"
    with running_bot(sandbox):
        office.order_now()
        wait_for(
            lambda: Message.objects.filter(template="order_new", error__contains="Unauthorized").exists()
        )
    message = Message.objects.get(template="order_new")
    assert (message.status, message.attempts) == ("failed", 0)
    assert anna.user.telegram_links.get().unreachable_since is None


def test_the_heartbeats_say_that_it_works_and_who_it_is(office: Office, sandbox: Sandbox) -> None:
    with running_bot(sandbox):
        wait_for(lambda: Heartbeat.objects.filter(name__in=["bot", "sender"]).count() == 2)
        wait_for(lambda: Heartbeat.objects.get(name="bot").detail.get("username") == sandbox.username)
        first = Heartbeat.objects.get(name="sender").at
        wait_for(lambda: Heartbeat.objects.get(name="sender").at > first, seconds=8)
