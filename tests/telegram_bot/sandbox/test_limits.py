"""Telegram's limits: 30 messages a second in all, one to a person after a small burst, 20 a minute to a group."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramRetryAfter

from telegram_bot.sandbox.errors import ApiError
from telegram_bot.sandbox.limits import Limits, LimitSettings
from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, GROUP, Client


def retry_after(limits: Limits, chat_id: int, now: float, *, kind: str = "send", cost: int = 1) -> int:
    """What a message costs: 0 when it passes."""
    try:
        limits.take((kind, chat_id), is_group=chat_id < 0, cost=cost, now=now)
    except ApiError as error:
        return error.parameters["retry_after"]
    return 0


def test_a_person_gets_a_small_burst_and_then_one_a_second() -> None:
    limits = Limits(LimitSettings(private_burst=3))

    assert [retry_after(limits, 1, 100.0) for _ in range(4)] == [0, 0, 0, 1]
    assert retry_after(limits, 1, 101.0) == 0
    assert retry_after(limits, 1, 101.1) == 1
    assert retry_after(limits, 1, 103.0) == 0


def test_another_person_is_not_held() -> None:
    limits = Limits(LimitSettings(private_burst=1))

    assert [retry_after(limits, chat_id, 100.0) for chat_id in (1, 1, 2)] == [0, 1, 0]


def test_thirty_a_second_in_all() -> None:
    limits = Limits(LimitSettings())

    assert [retry_after(limits, chat_id, 100 + chat_id / 100) for chat_id in range(1, 32)] == [0] * 30 + [1]
    assert retry_after(limits, 99, 100.5) == 1  # everybody is held
    assert limits.violations == 1
    assert retry_after(limits, 99, 101.4) == 0


def test_twenty_a_minute_to_a_group() -> None:
    limits = Limits(LimitSettings())

    assert [retry_after(limits, -5, 100.0 + second) for second in range(21)] == [0] * 20 + [40]
    assert retry_after(limits, -5, 159.9) == 1
    assert retry_after(limits, -5, 160.0) == 0


def test_an_album_counts_each_picture_and_edits_have_a_count_of_their_own() -> None:
    limits = Limits(LimitSettings(group_per_minute=10))

    assert retry_after(limits, -5, 100.0, cost=10) == 0
    assert retry_after(limits, -5, 100.0) == 60
    assert [retry_after(limits, -5, 100.0, kind="edit") for _ in range(11)] == [0] * 10 + [60]
    assert [retry_after(limits, 7, 100.0, kind="edit") for _ in range(50)] == [0] * 50


def test_every_call_in_a_hold_is_a_violation() -> None:
    limits = Limits(LimitSettings(private_burst=1))
    retry_after(limits, 1, 100.0)
    assert retry_after(limits, 1, 100.0) == 1
    assert (limits.refusals, limits.violations) == (1, 0)

    assert [retry_after(limits, 1, 100.5) for _ in range(3)] == [1, 1, 1]
    assert (limits.refusals, limits.violations) == (1, 3)
    assert retry_after(limits, 1, 101.0) == 0
    assert limits.violations == 3


def test_aiogram_is_told_how_long_to_wait() -> None:
    with Sandbox(limits=LimitSettings(private_burst=1)) as sandbox:
        sandbox.person(ANNA, "Анна")
        sandbox.start(ANNA)
        client = Client(sandbox.url, sandbox.token)
        client.ok("sendMessage", chat_id=ANNA, text="a")

        with pytest.raises(TelegramRetryAfter) as refused:
            client.aiogram(lambda bot: bot.send_message(ANNA, "b"))

        assert refused.value.retry_after == 1
        status, answer = client.raw("sendMessage", {"chat_id": ANNA, "text": "c"})
        assert status == 429
        assert answer == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        assert (sandbox.refusals, sandbox.violations) == (1, 1)
        assert len(sandbox.sent(ANNA)) == 1
        sandbox.advance(2)
        client.ok("sendMessage", chat_id=ANNA, text="d")


def test_what_is_refused_for_another_reason_costs_nothing() -> None:
    with Sandbox(limits=LimitSettings(group_per_minute=1)) as sandbox:
        sandbox.person(ANNA, "Анна")
        sandbox.group(GROUP, "Админы", [ANNA])
        client = Client(sandbox.url, sandbox.token)
        client.refused("sendMessage", chat_id=GROUP, text="<b>", parse_mode="HTML")

        client.ok("sendMessage", chat_id=GROUP, text="a")
        assert client.refused("sendMessage", chat_id=GROUP, text="b")[0] == 429


def test_limits_can_be_changed_while_it_runs(sandbox: Sandbox, client: Client) -> None:
    for _ in range(50):
        client.ok("sendMessage", chat_id=ANNA, text="a")
    sandbox.limit(LimitSettings(private_burst=2))

    assert [client.raw("sendMessage", {"chat_id": ANNA, "text": "b"})[0] for _ in range(3)] == [200, 200, 429]
