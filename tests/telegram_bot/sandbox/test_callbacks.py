"""Pressed buttons: the bot is asked once, and has a quarter of an hour to answer once."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InaccessibleMessage, Message

from telegram_bot.sandbox.errors import SandboxError
from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, GROUP, Client

BUTTONS = {
    "inline_keyboard": [
        [{"text": "Принять", "callback_data": "accept:17"}, {"text": "Сайт", "url": "example.com"}]
    ]
}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def message_id(client: Client) -> int:
    number: int = client.ok("sendMessage", chat_id=ANNA, text="Заказ", reply_markup=BUTTONS)["message_id"]
    return number


def test_a_press_reaches_the_bot_and_its_answer_the_person(
    sandbox: Sandbox, client: Client, message_id: int
) -> None:
    query_id = sandbox.press(ANNA, ANNA, message_id, "Принять")

    async def talk(bot: Bot) -> None:
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        assert (query.id, query.from_user.id, query.data) == (query_id, ANNA, "accept:17")
        assert isinstance(query.message, Message)
        assert query.message.message_id == message_id
        await bot.answer_callback_query(query.id, text="Заказ ваш", show_alert=True)

    client.aiogram(talk)

    [answer] = sandbox.callback_answers(ANNA)
    assert (answer.text, answer.show_alert, answer.data) == ("Заказ ваш", True, "accept:17")


def test_a_press_is_answered_once(sandbox: Sandbox, client: Client, message_id: int) -> None:
    query_id = sandbox.press(ANNA, ANNA, message_id, "accept:17")
    client.ok("answerCallbackQuery", callback_query_id=query_id)

    assert client.refused("answerCallbackQuery", callback_query_id=query_id) == (400, TOO_OLD)


def test_an_old_press_cannot_be_answered(sandbox: Sandbox, client: Client, message_id: int) -> None:
    query_id = sandbox.press(ANNA, ANNA, message_id, "accept:17")
    sandbox.advance(15 * 60 + 1)

    with pytest.raises(TelegramBadRequest, match="query is too old"):
        client.aiogram(lambda bot: bot.answer_callback_query(query_id))
    assert client.refused("answerCallbackQuery", callback_query_id="1") == (400, TOO_OLD)


def test_an_answer_has_at_most_200_characters(sandbox: Sandbox, client: Client, message_id: int) -> None:
    query_id = sandbox.press(ANNA, ANNA, message_id, "accept:17")

    refused = client.refused("answerCallbackQuery", callback_query_id=query_id, text="a" * 201)

    assert refused == (400, "Bad Request: MESSAGE_TOO_LONG")
    client.ok("answerCallbackQuery", callback_query_id=query_id, text="a" * 200)


def test_only_buttons_that_are_there_can_be_pressed(
    sandbox: Sandbox, client: Client, message_id: int
) -> None:
    with pytest.raises(SandboxError, match="opens an address"):
        sandbox.press(ANNA, ANNA, message_id, "Сайт")
    client.ok("editMessageText", chat_id=ANNA, message_id=message_id, text="Заказ у Бориса")
    with pytest.raises(SandboxError, match="no button"):
        sandbox.press(ANNA, ANNA, message_id, "Принять")


def test_a_forged_press_carries_any_data_from_anybody(
    sandbox: Sandbox, client: Client, message_id: int
) -> None:
    sandbox.press_raw(BORIS, ANNA, message_id, "accept:99999")

    query = client.ok("getUpdates")[-1]["callback_query"]
    assert (query["from"]["id"], query["data"], query["message"]["message_id"]) == (
        BORIS,
        "accept:99999",
        message_id,
    )


def test_a_press_on_a_deleted_message_is_inaccessible(
    sandbox: Sandbox, client: Client, message_id: int
) -> None:
    client.ok("deleteMessage", chat_id=ANNA, message_id=message_id)
    sandbox.press_raw(ANNA, ANNA, message_id, "accept:17")

    query = client.aiogram(lambda bot: bot.get_updates())[-1].callback_query
    assert query is not None
    assert isinstance(query.message, InaccessibleMessage)


def test_any_member_can_press_in_a_group(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA, BORIS])
    sent = client.ok("sendMessage", chat_id=GROUP, text="Кризис", reply_markup=BUTTONS)["message_id"]

    sandbox.press(BORIS, GROUP, sent, "Принять")

    query = client.ok("getUpdates")[-1]["callback_query"]
    assert (query["from"]["id"], query["message"]["chat"]["id"]) == (BORIS, GROUP)
