"""Sending and editing: aiogram reads the answers, and Telegram's refusals come in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import LinkPreviewOptions, Message

from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, GROUP, Client, keyboard


def test_a_message_arrives_as_it_was_formatted(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> Message:
        return await bot.send_message(
            ANNA,
            "<b>Заказ 17</b> 🏟 <a href='https://example.com'>открыть</a>",
            parse_mode="HTML",
            reply_markup=keyboard([("Принять", "accept:17"), ("Почему?", "why:17")]),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    sent = client.aiogram(talk)

    assert sent.text == "Заказ 17 🏟 открыть"
    assert sent.html_text == '<b>Заказ 17</b> 🏟 <a href="https://example.com/">открыть</a>'
    assert sent.from_user is not None
    assert (sent.from_user.id, sent.from_user.is_bot) == (sandbox.bot_id, True)
    [seen] = sandbox.sent(ANNA)
    assert seen.id == sent.message_id
    assert [[button.text for button in row] for row in seen.buttons] == [["Принять", "Почему?"]]
    assert seen.html.startswith("<b>Заказ 17</b> 🏟 <a href=")


def test_an_answer_shows_what_it_answers(sandbox: Sandbox, client: Client) -> None:
    asked = sandbox.write(ANNA, "вопрос")

    sent = client.ok("sendMessage", chat_id=ANNA, text="ответ", reply_parameters={"message_id": asked})

    assert sent["reply_to_message"]["text"] == "вопрос"
    assert sandbox.sent(ANNA)[0].reply_to == asked


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "   \n"}, "message text is empty"),
        ({"text": "<b>  </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "🏟" * 2049}, "message is too long"),
        ({"text": "a" * 40000}, "text is too long"),
        ({"text": "a", "parse_mode": "XML"}, "unsupported parse_mode"),
        (
            {"text": "<b>a", "parse_mode": "html"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "a.", "parse_mode": "MarkdownV2"},
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        (
            {"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2",
        ),
        (
            {"text": "a", "entities": [{"type": "fat", "offset": 0, "length": 1}]},
            "can't parse MessageEntity: Unsupported type specified",
        ),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "a", "chat_id": 404}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
    ],
)
def test_what_telegram_refuses_to_send_is_refused(
    sandbox: Sandbox, client: Client, params: dict[str, Any], reason: str
) -> None:
    assert client.refused("sendMessage", **{"chat_id": ANNA} | params) == (400, f"Bad Request: {reason}")
    assert sandbox.sent(ANNA) == []


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "a", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        (
            {"text": "a", "url": "http://localhost/"},
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "a", "url": "javascript:alert(1)"},
            "inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "a"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"callback_data": "a"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ("a", "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
    ],
)
def test_bad_buttons_are_refused(client: Client, button: Any, reason: str) -> None:
    answer = client.refused(
        "sendMessage", chat_id=ANNA, text="a", reply_markup={"inline_keyboard": [[button]]}
    )

    assert answer == (400, f"Bad Request: {reason}")


def test_sizes_at_the_limit_pass(sandbox: Sandbox, client: Client) -> None:
    data = "я" * 32  # 64 bytes
    rows = [[{"text": "a", "callback_data": data}] for _ in range(100)]

    client.ok("sendMessage", chat_id=ANNA, text="🏟" * 2048 + "  ", reply_markup={"inline_keyboard": rows})

    assert len(sandbox.sent(ANNA)[0].buttons) == 100
    too_many = {"inline_keyboard": [*rows, rows[0]]}
    assert client.refused("sendMessage", chat_id=ANNA, text="a", reply_markup=too_many) == (
        400,
        "Bad Request: reply markup is too long",
    )


def test_markup_does_not_count_in_the_length(sandbox: Sandbox, client: Client) -> None:
    client.ok("sendMessage", chat_id=ANNA, text="<b>" + "a" * 4096 + "</b>", parse_mode="HTML")

    assert len(sandbox.sent(ANNA)[0].text) == 4096


def test_a_bot_cannot_write_to_those_who_do_not_want_it(sandbox: Sandbox, client: Client) -> None:
    answers = {}
    answers["stranger"] = client.refused("sendMessage", chat_id=BORIS, text="a")
    sandbox.block(ANNA)
    answers["blocked"] = client.refused("sendMessage", chat_id=ANNA, text="a")
    sandbox.unblock(ANNA)
    client.ok("sendMessage", chat_id=ANNA, text="a")
    sandbox.deactivate(ANNA)
    answers["deleted"] = client.refused("sendMessage", chat_id=ANNA, text="a")

    assert answers == {
        "stranger": (403, "Forbidden: bot can't initiate conversation with a user"),
        "blocked": (403, "Forbidden: bot was blocked by the user"),
        "deleted": (403, "Forbidden: user is deactivated"),
    }


def test_aiogram_names_the_refusals(sandbox: Sandbox, client: Client) -> None:
    sandbox.block(ANNA)

    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        client.aiogram(lambda bot: bot.send_message(ANNA, "a"))
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        client.aiogram(lambda bot: bot.send_message(404, "a"))


def test_a_group_that_moved_says_where(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA])
    moved = sandbox.migrate(GROUP)

    with pytest.raises(TelegramMigrateToChat) as refused:
        client.aiogram(lambda bot: bot.send_message(GROUP, "a"))

    assert refused.value.migrate_to_chat_id == moved
    assert "group chat was upgraded to a supergroup chat" in str(refused.value)
    client.ok("sendMessage", chat_id=moved, text="a")


def test_a_bot_that_was_thrown_out_cannot_write(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA])
    sandbox.group(-1000000000077, "Большая", [ANNA])
    for chat_id in (GROUP, -1000000000077):
        sandbox.kick(chat_id)

    assert client.refused("sendMessage", chat_id=GROUP, text="a") == (
        403,
        "Forbidden: bot was kicked from the group chat",
    )
    assert client.refused("sendMessage", chat_id=-1000000000077, text="a") == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    sandbox.invite(GROUP)
    client.ok("sendMessage", chat_id=GROUP, text="a")
    client.ok("leaveChat", chat_id=GROUP)
    assert client.refused("sendMessage", chat_id=GROUP, text="a") == (
        403,
        "Forbidden: bot is not a member of the group chat",
    )


def test_a_copy_is_a_message_of_the_bot(sandbox: Sandbox, client: Client) -> None:
    original = sandbox.write(ANNA, "смотри https://example.com")
    sandbox.start(BORIS)

    copy = client.ok("copyMessage", chat_id=BORIS, from_chat_id=ANNA, message_id=original)

    [seen] = sandbox.sent(BORIS)
    assert (seen.id, seen.text, seen.entities[0]["type"]) == (
        copy["message_id"],
        "смотри https://example.com",
        "url",
    )
