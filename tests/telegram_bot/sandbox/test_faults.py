"""Faults on order, as aiogram meets them: what is delivered in spite of the error, and what is not."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from telegram_bot.sandbox.errors import SandboxError
from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, Client


def send(client: Client, text: str = "a", chat_id: int = ANNA, timeout: float = 1) -> Any:
    return client.aiogram(lambda bot: bot.send_message(chat_id, text), timeout=timeout)


def delivered(sandbox: Sandbox, chat_id: int = ANNA) -> list[str]:
    return [message.text for message in sandbox.sent(chat_id)]


@pytest.mark.parametrize(
    ("kind", "order", "error", "arrives"),
    [
        ("429", {"retry_after": 7}, TelegramRetryAfter, False),
        ("403", {}, TelegramForbiddenError, False),
        ("500", {}, TelegramServerError, False),
        ("500", {"delivered": True}, TelegramServerError, True),
        ("502", {}, ClientDecodeError, False),
        ("502", {"delivered": True}, ClientDecodeError, True),
        ("hang", {}, TelegramNetworkError, True),
        ("hang", {"delivered": False}, TelegramNetworkError, False),
        ("reset", {}, TelegramNetworkError, True),
        ("reset", {"delivered": False}, TelegramNetworkError, False),
        ("truncated", {}, TelegramNetworkError, True),
        ("truncated", {"delivered": False}, TelegramNetworkError, False),
        ("slow", {"seconds": 5}, TelegramNetworkError, True),
        ("down", {}, TelegramNetworkError, False),
    ],
)
def test_each_fault_is_what_aiogram_would_meet(
    sandbox: Sandbox, client: Client, kind: str, order: dict[str, Any], error: type[Exception], arrives: bool
) -> None:
    sandbox.fail(kind, **order)

    with pytest.raises(error):
        send(client)

    assert delivered(sandbox) == (["a"] if arrives else [])
    sandbox.heal()
    send(client, "b", timeout=5)
    assert delivered(sandbox)[-1] == "b"


def test_a_conflict_meets_the_poller_only(sandbox: Sandbox, client: Client) -> None:
    sandbox.fail("409", times=1)

    send(client)
    with pytest.raises(TelegramConflictError):
        client.aiogram(lambda bot: bot.get_updates())
    assert client.ok("getUpdates") != []


def test_a_429_can_come_without_the_time_to_wait(sandbox: Sandbox, client: Client) -> None:
    sandbox.fail("429", times=1)

    assert client.raw("sendMessage", {"chat_id": ANNA, "text": "a"}) == (
        429,
        {"ok": False, "error_code": 429, "description": "Too Many Requests"},
    )
    send(client, "b")


def test_a_429_with_a_time_holds_the_chat_and_counts_who_does_not_wait(
    sandbox: Sandbox, client: Client
) -> None:
    sandbox.start(BORIS)
    sandbox.fail("429", times=1, retry_after=30)

    codes = [
        client.raw("sendMessage", {"chat_id": chat_id, "text": "a"})[0] for chat_id in (ANNA, ANNA, BORIS)
    ]

    assert codes == [429, 429, 200]
    assert sandbox.violations == 1
    sandbox.advance(30)
    send(client, "b")
    assert sandbox.violations == 1


def test_a_502_is_a_page_of_nginx(sandbox: Sandbox, client: Client) -> None:
    sandbox.fail("502", times=1)

    status, body = client.raw("sendMessage", {"chat_id": ANNA, "text": "a"})

    assert status == 502
    assert body.startswith(b"<html>\r\n<head><title>502 Bad Gateway</title>")


def test_a_fault_can_be_narrow(sandbox: Sandbox, client: Client) -> None:
    sandbox.start(BORIS)
    sandbox.fail("500", methods=["send*"], chat_id=ANNA)

    assert client.raw("sendMessage", {"chat_id": ANNA, "text": "a"})[0] == 500
    assert client.raw("sendMessage", {"chat_id": BORIS, "text": "a"})[0] == 200
    assert client.raw("getMe")[0] == 200


def test_a_fault_ends_after_its_times_or_its_time(sandbox: Sandbox, client: Client) -> None:
    sandbox.fail("500", times=2)
    assert [client.raw("getMe")[0] for _ in range(3)] == [500, 500, 200]

    sandbox.fail("500", lasting=60)
    assert client.raw("getMe")[0] == 500
    sandbox.advance(61)
    assert client.raw("getMe")[0] == 200
    assert sandbox.faults() == []


def test_the_same_seed_strikes_the_same_calls(sandbox: Sandbox, client: Client) -> None:
    def storm() -> list[int]:
        sandbox.heal()
        sandbox.fail("500", probability=0.5, seed=42)
        return [client.raw("getMe")[0] for _ in range(20)]

    first = storm()

    assert storm() == first
    assert set(first) == {200, 500}


def test_a_slow_answer_still_comes(sandbox: Sandbox, client: Client) -> None:
    sandbox.fail("slow", seconds=0.5, times=1)
    began = time.monotonic()

    assert send(client, timeout=5).text == "a"
    assert 0.5 <= time.monotonic() - began < 3


def test_healing_lets_go_of_what_hangs(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> float:
        began = time.monotonic()
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(ANNA, "a")
        return time.monotonic() - began

    sandbox.fail("hang")
    healing = threading.Timer(0.5, sandbox.heal)
    healing.start()
    assert client.aiogram(talk, timeout=20) < 5


def test_down_refuses_connections_and_comes_back_on_the_same_address(
    sandbox: Sandbox, client: Client
) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port)) as kept:
        sandbox.fail("down", lasting=1)
        time.sleep(0.3)

        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port))
        with pytest.raises(ConnectionResetError):
            kept.recv(1)

    sandbox.wait(lambda _: _answers(client))
    assert sandbox.faults() == []


def test_a_second_address_stays_while_the_first_is_down() -> None:
    with Sandbox(control_port=0) as sandbox:
        sandbox.fail("down")
        control = Client(sandbox.control_url, sandbox.token)
        headers = {"Content-Type": "application/json"}

        assert control.send("/sandbox/api/state")[1]["down"] is True
        control.send("/sandbox/api/heal", b"{}", headers)
        sandbox.wait(lambda _: _answers(Client(sandbox.url, sandbox.token)))


@pytest.mark.parametrize(
    "order", [{"kind": "421"}, {"kind": "500", "probability": 0}, {"kind": "500", "times": 0}]
)
def test_a_senseless_order_is_refused(sandbox: Sandbox, order: dict[str, Any]) -> None:
    with pytest.raises(SandboxError):
        sandbox.fail(**order)


def test_the_journal_tells_what_was_asked_and_what_came_of_it(sandbox: Sandbox, client: Client) -> None:
    client.raw("sendMessage", {"chat_id": ANNA, "text": ""})
    sandbox.fail("reset", times=1)
    with pytest.raises(TelegramNetworkError):
        send(client, "b")
    send(client, "c")

    lines = [
        (call.params["text"], call.outcome, call.code, call.delivered)
        for call in sandbox.calls("sendMessage")
    ]
    assert lines == [("", "refused", 400, False), ("b", "fault reset", None, True), ("c", "ok", None, True)]
    assert [call.number for call in sandbox.calls()] == [1, 2, 3]


def _answers(client: Client) -> bool:
    try:
        return client.raw("getMe")[0] == 200
    except OSError:
        return False
