"""Edits, deletions and pins: what was said stays in the history, and refusals come in Telegram's words."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.types import Message

from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, GROUP, Client, keyboard

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def test_an_edit_keeps_what_was_said_before(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> Message | bool:
        sent = await bot.send_message(ANNA, "Новый заказ", reply_markup=keyboard([("Принять", "a")]))
        return await sent.edit_text("Заказ у Бориса")

    edited = client.aiogram(talk)

    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    assert edited.reply_markup is None
    [seen] = sandbox.sent(ANNA)
    assert (seen.text, seen.buttons) == ("Заказ у Бориса", [])
    assert [(version.text, version.buttons[0][0].text) for version in seen.versions] == [
        ("Новый заказ", "Принять")
    ]


def test_edits_are_refused_as_in_telegram(sandbox: Sandbox, client: Client) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    own = client.ok("sendMessage", chat_id=ANNA, text="a", reply_markup=markup)["message_id"]
    hers = sandbox.write(ANNA, "b")

    def edit(method: str = "editMessageText", **params: Any) -> tuple[int, str]:
        return client.refused(method, **{"chat_id": ANNA, "message_id": own} | params)

    assert edit(text="a", reply_markup=markup) == (400, NOT_MODIFIED)
    assert edit("editMessageReplyMarkup", reply_markup=markup) == (400, NOT_MODIFIED)
    assert edit(text="c", message_id=999) == (400, "Bad Request: message to edit not found")
    assert edit(text="c", message_id=0) == (400, "Bad Request: message to edit not found")
    assert edit(text="c", message_id=0, chat_id="") == (
        400,
        "Bad Request: message identifier is not specified",
    )
    assert edit(text="c", chat_id="") == (400, "Bad Request: chat_id is empty")
    assert edit("deleteMessage", message_id=0) == (400, "Bad Request: message identifier is not specified")
    assert edit(text="c", message_id=hers) == (400, "Bad Request: message can't be edited")
    assert edit(text="") == (400, "Bad Request: message text is empty")
    assert edit(text="c" * 4097) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert edit("editMessageCaption", caption="c") == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )
    assert sandbox.sent(ANNA)[0].text == "a"
    client.ok("editMessageReplyMarkup", chat_id=ANNA, message_id=own)
    assert sandbox.sent(ANNA)[0].buttons == []


def test_a_message_is_deleted_once_and_not_after_two_days(sandbox: Sandbox, client: Client) -> None:
    first = client.ok("sendMessage", chat_id=ANNA, text="a")["message_id"]
    second = client.ok("sendMessage", chat_id=ANNA, text="b")["message_id"]

    client.ok("deleteMessage", chat_id=ANNA, message_id=first)

    assert client.refused("deleteMessage", chat_id=ANNA, message_id=first) == (
        400,
        "Bad Request: message to delete not found",
    )
    sandbox.advance(48 * 3600 + 1)
    assert client.refused("deleteMessage", chat_id=ANNA, message_id=second) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )
    assert [(message.text, message.deleted) for message in sandbox.chat(ANNA)][1:] == [
        ("a", True),
        ("b", False),
    ]


def test_several_messages_are_deleted_at_once(sandbox: Sandbox, client: Client) -> None:
    sent = [client.ok("sendMessage", chat_id=ANNA, text=text)["message_id"] for text in "abc"]

    client.ok("deleteMessages", chat_id=ANNA, message_ids=[sent[0], sent[2], 999])

    assert [message.text for message in sandbox.sent(ANNA)] == ["b"]
    assert client.refused("deleteMessages", chat_id=ANNA, message_ids=["x"]) == (
        400,
        "Bad Request: invalid message identifier specified",
    )


def test_a_pin_shows_in_the_chat(sandbox: Sandbox, client: Client) -> None:
    sent = client.ok("sendMessage", chat_id=ANNA, text="закреп")["message_id"]

    client.ok("pinChatMessage", chat_id=ANNA, message_id=sent)

    assert client.ok("getChat", chat_id=ANNA)["pinned_message"]["text"] == "закреп"
    sandbox.group(GROUP, "Админы", [ANNA])
    in_group = client.ok("sendMessage", chat_id=GROUP, text="b")["message_id"]
    assert client.refused("pinChatMessage", chat_id=GROUP, message_id=in_group) == (
        400,
        "Bad Request: not enough rights to manage pinned messages in the chat",
    )
