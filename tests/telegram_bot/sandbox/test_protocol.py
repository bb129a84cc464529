"""The HTTP side of the Bot API: tokens, ways to pass parameters, methods about the bot and its chats."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatMemberAdministrator,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberOwner,
    MenuButtonCommands,
)

from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, GROUP, Client


def test_a_wrong_token_is_unauthorized(client: Client) -> None:
    assert client.send("/bot1:wrong/getMe") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )


def test_an_unknown_method_is_not_found(client: Client) -> None:
    assert client.refused("sendTelepathy") == (404, "Not Found")


def test_method_names_ignore_case(client: Client) -> None:
    assert client.ok("GETME")["username"] == "ai_rop_bot"


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json"])
def test_parameters_come_in_four_ways(sandbox: Sandbox, client: Client, way: str) -> None:
    text, markup = "Привет & 1+1", json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    form = f"chat_id={ANNA}&text={quote(text)}&reply_markup={quote(markup)}"
    path = f"/bot{client.token}/sendMessage"
    if way == "query":
        status, _ = client.send(f"{path}?{form}")
    elif way == "form":
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = client.send(path, form.encode(), headers)
    elif way == "json":
        body = json.dumps({"chat_id": ANNA, "text": text, "reply_markup": json.loads(markup)})
        status, _ = client.send(path, body.encode(), {"Content-Type": "application/json"})
    else:
        fields = {"chat_id": str(ANNA), "text": text, "reply_markup": markup}
        parts = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        status, _ = client.send(path, f"{parts}--x--\r\n".encode(), headers)

    assert status == 200
    [seen] = sandbox.sent(ANNA)
    assert (seen.text, seen.buttons[0][0].data) == (text, "b")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"a"', b"[" * 100_000])
def test_broken_json_is_refused(client: Client, body: bytes) -> None:
    status, answer = client.send(f"/bot{client.token}/getMe", body, {"Content-Type": "application/json"})

    assert (status, answer["ok"]) == (400, False)


def test_the_bot_keeps_its_commands_by_scope(client: Client) -> None:
    async def talk(bot: Bot) -> None:
        commands = [BotCommand(command="my", description="Мои заказы")]
        assert await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
        assert await bot.get_my_commands() == []
        [kept] = await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats())
        assert (kept.command, kept.description) == ("my", "Мои заказы")
        assert await bot.delete_my_commands(scope=BotCommandScopeAllPrivateChats())
        assert await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats()) == []
        assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        assert isinstance(await bot.get_chat_menu_button(chat_id=ANNA), MenuButtonCommands)

    client.aiogram(talk)


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "Мой", "description": "a"}], "BOT_COMMAND_INVALID"),
        ([{"command": "my", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "my", "description": "a"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
def test_bad_commands_are_refused(client: Client, commands: Any, reason: str) -> None:
    assert client.refused("setMyCommands", commands=commands) == (400, f"Bad Request: {reason}")


def test_chats_and_members_are_described(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA], bot_status="administrator")

    async def talk(bot: Bot) -> None:
        person = await bot.get_chat(ANNA)
        assert (person.type, person.first_name, person.username) == ("private", "Анна", "anna")
        group = await bot.get_chat(GROUP)
        assert (group.type, group.title) == ("group", "Админы")
        assert isinstance(await bot.get_chat_member(GROUP, ANNA), ChatMemberOwner)
        assert isinstance(await bot.get_chat_member(GROUP, BORIS), ChatMemberLeft)
        assert isinstance(await bot.get_chat_member(GROUP, bot.id), ChatMemberAdministrator)
        assert await bot.get_chat_member_count(GROUP) == 2
        assert [admin.user.id for admin in await bot.get_chat_administrators(GROUP)] == [ANNA, bot.id]

    client.aiogram(talk)
    sandbox.write(BORIS, "/hi", GROUP)
    member = client.aiogram(lambda bot: bot.get_chat_member(GROUP, BORIS))
    assert isinstance(member, ChatMemberMember)


def test_a_foreign_member_is_refused(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA])

    assert client.refused("getChatMember", chat_id=GROUP, user_id=404) == (
        400,
        "Bad Request: PARTICIPANT_ID_INVALID",
    )
    assert client.refused("getChat", chat_id=404) == (400, "Bad Request: chat not found")


def test_typing_and_reactions(sandbox: Sandbox, client: Client) -> None:
    written = sandbox.write(ANNA, "готово")

    client.ok("sendChatAction", chat_id=ANNA, action="typing")
    client.ok(
        "setMessageReaction", chat_id=ANNA, message_id=written, reaction=[{"type": "emoji", "emoji": "👍"}]
    )

    assert sandbox.chat(ANNA)[-1].reaction == "👍"
    assert client.refused("sendChatAction", chat_id=ANNA, action="dancing") == (
        400,
        "Bad Request: wrong parameter action in request",
    )
