"""Chats survive a restart, and the program runs as `make up` starts it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from telegram_bot.sandbox.server import Sandbox

from .conftest import ANNA, BORIS, GROUP, Client, png


def test_chats_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "run" / "sandbox.sqlite3"
    with Sandbox(db=path) as sandbox:
        client = Client(sandbox.url, sandbox.token)
        sandbox.person(ANNA, "Анна", "anna", "Смирнова")
        sandbox.person(BORIS, "Борис")
        sandbox.group(GROUP, "Админы", [ANNA, BORIS])
        sandbox.start(ANNA)
        sent = client.ok("sendMessage", chat_id=ANNA, text="<b>a</b>", parse_mode="HTML")["message_id"]
        client.ok(
            "editMessageText",
            chat_id=ANNA,
            message_id=sent,
            text="b",
            reply_markup={"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]},
        )
        client.ok("pinChatMessage", chat_id=ANNA, message_id=sent)
        client.ok("setMyCommands", commands=[{"command": "my", "description": "Мои"}])
        sandbox.photo(ANNA, png(), caption="осмотр")
        query = sandbox.press(ANNA, ANNA, sent, "Да")
        sandbox.block(BORIS)
        before = (sandbox.chat(ANNA), client.ok("getUpdates"))

    with Sandbox(db=path) as sandbox:
        client = Client(sandbox.url, sandbox.token)
        assert (sandbox.chat(ANNA), client.ok("getUpdates")) == before
        assert client.ok("getChat", chat_id=ANNA)["pinned_message"]["text"] == "b"
        assert client.ok("getMyCommands") == [{"command": "my", "description": "Мои"}]
        assert client.ok("getChatMemberCount", chat_id=GROUP) == 3
        assert client.refused("sendMessage", chat_id=BORIS, text="a")[0] == 403
        client.ok("answerCallbackQuery", callback_query_id=query)
        photo = sandbox.chat(ANNA)[-1].file
        assert photo is not None
        assert client.send(photo.url)[1] == png()
        newest = before[0][-1].id
        assert client.ok("sendMessage", chat_id=ANNA, text="c")["message_id"] == newest + 1
        assert sandbox.write(ANNA, "d") == newest + 2
        last = before[1][-1]["update_id"]
        assert client.ok("getUpdates", offset=last + 1)[0]["update_id"] == last + 1


def test_confirmed_updates_do_not_come_back_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    with Sandbox(db=path) as sandbox:
        sandbox.person(ANNA, "Анна")
        sandbox.start(ANNA)
        client = Client(sandbox.url, sandbox.token)
        last = client.ok("getUpdates")[-1]["update_id"]
        time.sleep(0.5)  # written to the disk by now
        assert client.ok("getUpdates", offset=last + 1) == []

    with Sandbox(db=path) as sandbox:
        assert Client(sandbox.url, sandbox.token).ok("getUpdates") == []


def test_clearing_forgets_everything_for_good(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    with Sandbox(db=path) as sandbox:
        sandbox.person(ANNA, "Анна")
        sandbox.start(ANNA)
        time.sleep(0.5)  # written to the disk by now
        sandbox.clear()
        assert sandbox.pending_updates == 0

    with Sandbox(db=path) as sandbox:
        assert Client(sandbox.url, sandbox.token).refused("getChat", chat_id=ANNA)[0] == 400


def test_a_call_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """At least 300 messages a second with the store on: the bot's sender is never held by its test double."""
    with Sandbox(db=tmp_path / "sandbox.sqlite3") as sandbox:
        sandbox.person(ANNA, "Анна")
        sandbox.start(ANNA)
        rate = _rate(Client(sandbox.url, sandbox.token), calls=600)

    assert rate >= 300


def _rate(client: Client, *, calls: int) -> float:
    """Messages a second that one connection gets through."""
    connection = http.client.HTTPConnection(client.base.removeprefix("http://"), timeout=20)
    body = {"chat_id": ANNA, "text": "<b>Новый заказ</b>, ответить до 14:30", "parse_mode": "HTML"}
    began = time.monotonic()
    for number in range(calls):
        payload = json.dumps(body | {"text": f"{body['text']} {number}"})
        connection.request(
            "POST", f"/bot{client.token}/sendMessage", payload, {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    seconds = time.monotonic() - began
    connection.close()
    return calls / seconds


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_starts_says_where_it_is_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [
        sys.executable,
        "-m",
        "telegram_bot.sandbox",
        "--port",
        "0",
        "--db",
        str(tmp_path / "s.sqlite3"),
    ]
    environment = os.environ | {"TELEGRAM_BOT_TOKEN": "77:abc"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        client = Client(line.rpartition(" ")[2].strip().rstrip("/"), "77:abc")
        assert client.ok("getMe")["id"] == 77
        program.send_signal(number)
        assert program.wait(timeout=10) == 0


def test_the_program_wants_a_token(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "telegram_bot.sandbox", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "TELEGRAM_BOT_TOKEN"}

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 2
    assert "token" in ended.stderr
