"""The control API and the pages: everything a person or a trial programme does over HTTP, closed to other sites."""

from __future__ import annotations

import ast
import json
import re
import sys
import urllib.request
from pathlib import Path
from string import Template
from typing import Any

import pytest

import telegram_bot.sandbox
from telegram_bot.sandbox.pages import READS, STATIC, UPLOADS
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.words import LANGUAGES

from .conftest import ANNA, BORIS, GROUP, Client, png

JSON = {"Content-Type": "application/json"}
PAGES = ["/", "/sandbox/", "/sandbox/faults", "/sandbox/calls", "/ai_rop_bot?start=abc"]


def order(client: Client, act: str, **values: Any) -> tuple[int, Any]:
    return client.send(f"/sandbox/api/{act}", json.dumps(values).encode(), JSON)


def read(client: Client, what: str) -> Any:
    status, answer = client.send(f"/sandbox/api/{what}")
    assert status == 200, answer
    return answer


def test_a_person_can_be_played_over_http(sandbox: Sandbox, client: Client) -> None:
    order(client, "person", user_id=7003, first_name="Вика")
    order(client, "start", user_id=7003, payload="abc")
    client.ok(
        "sendMessage",
        chat_id=7003,
        text="<b>Заказ</b>",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [[{"text": "Принять", "callback_data": "a"}]]},
    )
    chat = read(client, "chat?id=7003")
    last = chat["messages"][-1]
    status, press = order(
        client,
        "press",
        user_id=7003,
        chat_id=7003,
        message_id=last["id"],
        button=last["buttons"][0][0]["data"],
    )
    client.ok("answerCallbackQuery", callback_query_id=press["id"], text="Готово")

    assert status == 200
    assert (chat["title"], chat["unread"], last["html"]) == ("Вика", 1, "<b>Заказ</b>")
    assert [answer["text"] for answer in read(client, "answers")] == ["Готово"]
    order(client, "read", chat_id=7003, message_id=last["id"])
    assert read(client, "chat?id=7003")["unread"] == 0


def test_the_list_of_chats_has_the_newest_first(sandbox: Sandbox, client: Client) -> None:
    sandbox.group(GROUP, "Админы", [ANNA])
    sandbox.advance(5)
    sandbox.start(BORIS)
    sandbox.advance(5)
    sandbox.write(ANNA, "/привет, это длинная строка", GROUP)

    chats = read(client, "chats")

    assert [chat["title"] for chat in chats] == ["Админы", "Борис Петров", "Анна"]
    assert (chats[0]["kind"], chats[0]["last"], chats[0]["members"]) == (
        "group",
        "/привет, это длинная строка",
        [{"id": ANNA, "name": "Анна"}],
    )


def test_a_long_chat_is_read_page_by_page(sandbox: Sandbox, client: Client) -> None:
    for number in range(70):
        sandbox.write(ANNA, str(number))

    newest = read(client, f"chat?id={ANNA}")
    earlier = read(client, f"chat?id={ANNA}&before={newest['messages'][0]['id']}")

    assert [message["text"] for message in newest["messages"]] == [str(number) for number in range(20, 70)]
    assert [message["text"] for message in earlier["messages"]] == ["/start", *map(str, range(20))]
    assert (newest["more"], earlier["more"]) == (True, False)


def test_photos_are_sent_as_an_album_over_http(sandbox: Sandbox, client: Client) -> None:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="user_id"\r\n\r\n{ANNA}\r\n'.encode(),
        '--x\r\nContent-Disposition: form-data; name="caption"\r\n\r\nосмотр\r\n'.encode(),
    ]
    for number in range(2):
        head = f'--x\r\nContent-Disposition: form-data; name="f{number}"; filename="{number}.png"\r\n\r\n'
        parts.append(head.encode() + png() + b"\r\n")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    status, answer = client.send("/sandbox/api/photo", b"".join([*parts, b"--x--\r\n"]), headers)

    assert status == 200
    first, second = sandbox.chat(ANNA)[-2:]
    assert [first.id, second.id] == answer["message_ids"]
    assert first.album == second.album is not None
    assert (first.text, second.text) == ("осмотр", "")


def test_faults_and_limits_are_ordered_over_http(client: Client) -> None:
    status, fault = order(client, "fail", kind="500", methods=["getMe"], times=1, lasting=60)
    order(client, "limits", private_burst=7)

    state = read(client, "state")
    assert (status, fault["kind"], state["limits"]["private_burst"]) == (200, "500", 7)
    assert [standing["id"] for standing in state["faults"]] == [fault["id"]]
    order(client, "heal", fault_id=fault["id"])
    assert client.raw("getMe")[0] == 200


def test_the_journal_can_be_narrowed(client: Client) -> None:
    client.ok("getMe")
    client.raw("sendMessage", {"chat_id": ANNA, "text": ""})
    client.ok("sendMessage", chat_id=ANNA, text="a")

    def numbers(query: str) -> list[int]:
        return [call["number"] for call in read(client, f"calls?{query}")["calls"]]

    assert numbers("") == [3, 2, 1]
    assert numbers("method=sendmessage") == [3, 2]
    assert numbers("outcome=refused") == [2]
    assert numbers(f"chat_id={ANNA}&limit=1") == [3]


@pytest.mark.parametrize(
    ("act", "values", "status"),
    [
        ("write", {"user_id": 404, "text": "a"}, 422),
        ("write", {"user_id": ANNA}, 422),
        ("write", {"user_id": ANNA, "text": "a", "colour": "red"}, 422),
        ("start", {"user_id": ANNA, "payload": "a b"}, 422),
        ("press", {"user_id": ANNA, "chat_id": ANNA, "message_id": 1, "button": "a"}, 422),
        ("fail", {"kind": "500", "probability": 2}, 422),
        ("fail", {"kind": "500", "wrong": 2}, 422),
        ("limits", {"wrong": 2}, 422),
        ("person", {"user_id": "a", "first_name": "b"}, 400),
        ("unheard", {}, 404),
    ],
)
def test_what_cannot_be_done_is_refused(
    client: Client, act: str, values: dict[str, Any], status: int
) -> None:
    assert order(client, act, **values)[0] == status


def test_other_sites_cannot_order_anything(sandbox: Sandbox, client: Client) -> None:
    body = json.dumps({"user_id": ANNA, "text": "forged"}).encode()
    foreign = [
        JSON | {"Origin": "https://evil.example"},
        JSON | {"Sec-Fetch-Site": "cross-site"},
        JSON | {"Host": "evil.example"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ]

    answers = [client.send("/sandbox/api/write", body, headers)[0] for headers in foreign]

    assert answers == [403, 403, 403, 415, 415]
    assert all(message.text != "forged" for message in sandbox.chat(ANNA))
    own = JSON | {"Origin": client.base, "Sec-Fetch-Site": "same-origin"}
    assert client.send("/sandbox/api/write", body, own)[0] == 200


@pytest.mark.parametrize("path", [*PAGES, "/sandbox/api/chats", "/sandbox/static/base.js"])
def test_a_foreign_host_name_sees_nothing(client: Client, path: str) -> None:
    assert client.send(path, headers={"Host": "rebound.example"})[0] == 403
    assert client.send(path, headers={"Host": "localhost:1"})[0] == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_comes_in_both_languages_and_loads_nothing_from_outside(
    client: Client, path: str, language: str
) -> None:
    separator = "&" if "?" in path else "?"
    with urllib.request.urlopen(f"{client.base}{path}{separator}lang={language}", timeout=10) as response:
        page = response.read().decode()
        policy = response.headers["Content-Security-Policy"]

    assert f'<html lang="{language}">' in page
    assert f"<b>{LANGUAGES[language]['app']}</b>" in page
    assert "default-src 'none'" in policy
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_a_deep_link_asks_who_opens_it_and_leads_to_the_chat(sandbox: Sandbox, client: Client) -> None:
    assert b'id="payload">abc_1<' in client.send("/AI_ROP_BOT?start=abc_1")[1]
    assert b"&lt;script&gt;" in client.send("/ai_rop_bot?start=<script>")[1]
    assert client.send("/other_bot?start=a")[0] == 404
    request = urllib.request.Request(f"{client.base}/start?bot=ai_rop_bot&user={ANNA}&payload=abc")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.url == f"{client.base}/?chat={ANNA}&start=abc"


def test_files_of_people_never_run_on_the_page(sandbox: Sandbox, client: Client) -> None:
    sandbox.document(ANNA, b"<script>alert(1)</script>", name="a.html", mime_type="text/html")
    file = sandbox.chat(ANNA)[-1].file
    assert file is not None

    with urllib.request.urlopen(client.base + file.url, timeout=10) as response:
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../pages.py", "%2e%2e%2fpages.py", "page.html", "nothing.js"])
def test_only_styles_and_scripts_are_static(client: Client, name: str) -> None:
    assert client.send(f"/sandbox/static/{name}")[0] == 404


def test_both_languages_say_the_same_things() -> None:
    russian, english = LANGUAGES["ru"], LANGUAGES["en"]

    assert russian.keys() == english.keys()
    assert all(word.strip() for words in (russian, english) for word in words.values())
    same = {key for key in russian if russian[key] == english[key]}
    assert same <= {"retry_after", "language"}


def test_every_word_is_used_and_every_used_word_is_there(client: Client) -> None:
    scripts = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    shells = [Template(path.read_text("utf-8")) for path in STATIC.glob("*.html")]
    filled = {
        "body",
        "page",
        "page_title",
        "lang",
        "other",
        "switch",
        "bot_name",
        "bot_username",
        "bot_id",
        "words",
    }
    filled |= {"kinds", "reads_rows", "acts_rows", "files_rows", "addresses"}
    acts = set(re.findall(r'Act\("(\w+)"', (STATIC.parent / "acts.py").read_text("utf-8")))
    kinds = set(
        re.findall(r'^    [A-Z_]+ = "(\w+)"$', (STATIC.parent / "faults.py").read_text("utf-8"), re.MULTILINE)
    )
    used = set(re.findall(r"\bwords\.(\w+)", scripts))
    used |= {name for shell in shells for name in shell.get_identifiers()} - filled
    used |= {f"act_{name}" for name in acts | set(UPLOADS)} | {f"read_{name}" for name in READS}
    used |= {f"fault_{kind}" for kind in kinds} | {"page_at", "bot_api_at", "deep_link_at"}
    used |= {f"bot_status_{status}" for status in ("member", "administrator", "left", "kicked")}
    used |= {"reply", "edit", "forward", "delete"}

    assert used == set(LANGUAGES["ru"])


def test_the_sandbox_knows_nothing_of_the_product() -> None:
    root = Path(telegram_bot.sandbox.__file__).parent
    allowed = {"aiohttp", "telegram_bot"}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in allowed or top in sys.stdlib_module_names, f"{path.name}: {name}"
                assert not name.startswith("telegram_bot") or name.startswith("telegram_bot.sandbox")
