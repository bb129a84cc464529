"""What the bot hears: updates are kept until confirmed, one poller at a time; groups have privacy mode."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update

from telegram_bot.sandbox.errors import SandboxError
from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, GROUP, Client


def texts(client: Client) -> list[str]:
    return [u["message"]["text"] for u in client.ok("getUpdates") if "message" in u]


def test_updates_stay_until_a_higher_offset_confirms_them(sandbox: Sandbox, client: Client) -> None:
    sandbox.write(ANNA, "раз")
    sandbox.write(ANNA, "два")

    updates = client.ok("getUpdates")

    assert [u["message"]["text"] for u in updates] == ["/start", "раз", "два"]
    assert client.ok("getUpdates") == updates
    rest = client.ok("getUpdates", offset=updates[1]["update_id"] + 1, limit=1)
    assert rest == updates[2:]
    assert client.ok("getUpdates", offset=updates[2]["update_id"] + 1) == []
    assert client.ok("getWebhookInfo")["pending_update_count"] == 0


def test_a_negative_offset_takes_from_the_end_and_forgets_the_rest(sandbox: Sandbox, client: Client) -> None:
    for number in range(5):
        sandbox.write(ANNA, str(number))

    assert [u["message"]["text"] for u in client.ok("getUpdates", offset=-2)] == ["3", "4"]
    assert texts(client) == ["3", "4"]


def test_at_most_a_hundred_come_at_once(sandbox: Sandbox, client: Client) -> None:
    for number in range(120):
        sandbox.write(ANNA, str(number))

    assert len(client.ok("getUpdates", limit=500)) == 100


def test_updates_are_forgotten_after_a_day(sandbox: Sandbox, client: Client) -> None:
    sandbox.write(ANNA, "старое")
    sandbox.advance(24 * 3600 + 1)
    sandbox.write(ANNA, "новое")

    assert texts(client) == ["новое"]


def test_a_waiting_poll_ends_with_the_message(sandbox: Sandbox, client: Client) -> None:
    client.ok("getUpdates", offset=-1)
    last = client.ok("getUpdates")[-1]["update_id"]

    async def talk(bot: Bot) -> tuple[list[Update], float]:
        began = time.monotonic()
        polling = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=10))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(sandbox.write, ANNA, "сейчас")
        return await polling, time.monotonic() - began

    updates, seconds = client.aiogram(talk)

    assert updates[0].message is not None
    assert updates[0].message.text == "сейчас"
    assert 0.3 <= seconds < 3


def test_a_poll_without_news_ends_in_its_time(client: Client) -> None:
    last = client.ok("getUpdates")[-1]["update_id"]
    began = time.monotonic()

    assert client.ok("getUpdates", offset=last + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - began < 3


def test_a_second_poller_ends_the_first_with_409(client: Client) -> None:
    last = client.ok("getUpdates")[-1]["update_id"]

    async def talk(bot: Bot) -> None:
        first = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=10))
        await asyncio.sleep(0.3)
        second = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=1))
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
            await first
        assert await second == []

    client.aiogram(talk)


def test_only_allowed_kinds_come(sandbox: Sandbox, client: Client) -> None:
    client.ok("getUpdates", offset=-1, allowed_updates=["callback_query"])
    sandbox.write(ANNA, "не нужно")
    assert "не нужно" not in texts(client)

    client.ok("getUpdates", allowed_updates=[])
    sandbox.write(ANNA, "нужно")
    assert "нужно" in texts(client)


def test_a_webhook_is_refused_and_deleting_it_can_drop_updates(client: Client) -> None:
    status, _ = client.refused("setWebhook", url="https://example.com/hook")
    assert status == 400
    client.ok("deleteWebhook", drop_pending_updates=True)
    assert client.ok("getUpdates") == []


def test_blocking_and_unblocking_are_told(sandbox: Sandbox, client: Client) -> None:
    sandbox.block(ANNA)
    sandbox.unblock(ANNA)

    changes = [
        update.my_chat_member
        for update in client.aiogram(lambda bot: bot.get_updates())
        if update.my_chat_member is not None
    ]

    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


def test_a_bot_hears_in_a_group_only_what_is_for_it(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA, BORIS])
    asked = client.ok("sendMessage", chat_id=GROUP, text="кто возьмёт?")["message_id"]
    client.ok("getUpdates", offset=-1)
    for text in ("болтовня", "/order 17", "/order@ai_rop_bot", "/order@other_bot", "эй, @ai_rop_bot"):
        sandbox.write(ANNA, text, GROUP)
    sandbox.write(BORIS, "я", GROUP, reply_to=asked)

    assert texts(client) == ["/order 17", "/order@ai_rop_bot", "эй, @ai_rop_bot", "я"]


def test_an_administrator_bot_hears_everything(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA], bot_status="administrator")
    sandbox.write(ANNA, "болтовня", GROUP)
    sandbox.write(ANNA, "тайно", GROUP, anonymous=True)

    *_, spoken, anonymous = client.aiogram(lambda bot: bot.get_updates())

    assert spoken.message is not None
    assert spoken.message.from_user is not None
    assert (spoken.message.from_user.id, spoken.message.chat.type) == (ANNA, "group")
    assert anonymous.message is not None
    assert anonymous.message.sender_chat is not None
    assert anonymous.message.sender_chat.id == GROUP


def test_migration_is_told_on_both_sides(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA])
    moved = sandbox.migrate(GROUP)

    messages = [u["message"] for u in client.ok("getUpdates") if "message" in u]

    assert (messages[-2]["chat"]["id"], messages[-2]["migrate_to_chat_id"]) == (GROUP, moved)
    assert (messages[-1]["chat"]["id"], messages[-1]["migrate_from_chat_id"]) == (moved, GROUP)


def test_a_start_carries_its_payload(sandbox: Sandbox, client: Client) -> None:
    sandbox.start(BORIS, "abc-DEF_123")

    assert texts(client)[-1] == "/start abc-DEF_123"
    with pytest.raises(SandboxError, match="64 characters"):
        sandbox.start(BORIS, "a" * 65)
    with pytest.raises(SandboxError, match="64 characters"):
        sandbox.start(BORIS, "a b")


def test_an_edit_by_a_person_is_told(sandbox: Sandbox, client: Client) -> None:
    written = sandbox.write(ANNA, "а")
    sandbox.edit(ANNA, ANNA, written, "б")

    last = client.ok("getUpdates")[-1]["edited_message"]
    assert (last["message_id"], last["text"], "edit_date" in last) == (written, "б", True)


def test_any_update_can_be_forged(sandbox: Sandbox, client: Client) -> None:
    sandbox.update({"some_new_kind": {"id": 1}})

    assert client.ok("getUpdates")[-1]["some_new_kind"] == {"id": 1}


@pytest.mark.parametrize("text", ["", "   ", "a" * 4097])
def test_a_person_cannot_write_what_telegram_would_not_take(sandbox: Sandbox, text: str) -> None:
    with pytest.raises(SandboxError):
        sandbox.write(ANNA, text)
