"""A person at the pages: reads, writes, presses, answers links and orders faults, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from telegram_bot.sandbox.server import Sandbox
from tests.evidence.files import video

from .conftest import ANNA, BORIS, GROUP, Client, png

pytestmark = pytest.mark.browser

BUTTONS = {"inline_keyboard": [[{"text": "Принять", "callback_data": "accept:17"}]]}


@pytest.fixture
def site(sandbox: Sandbox, page: Page) -> Iterator[Page]:
    """The page, which must not have met an error in a script at the end."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
    page.set_default_timeout(10_000)
    page.goto(sandbox.url)
    yield page
    assert errors == []


def answer_presses(client: Client, *answers: tuple[str, bool]) -> threading.Thread:
    """A bot that answers presses in turn, each with a text and whether it is an alert."""

    def run() -> None:
        waiting, offset = list(answers), 0
        while waiting:
            for update in client.ok("getUpdates", offset=offset, timeout=5):
                offset = update["update_id"] + 1
                if query := update.get("callback_query"):
                    text, show_alert = waiting.pop(0)
                    client.ok(
                        "answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=show_alert
                    )

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_message_appears_at_once_with_its_formatting(sandbox: Sandbox, client: Client, site: Page) -> None:
    site.get_by_role("listitem").filter(has_text="Анна").click()

    client.ok("sendMessage", chat_id=ANNA, text="<b>Заказ</b> <i>17</i> &lt;img&gt;", parse_mode="HTML")

    bubble = site.locator(".bubble", has_text="Заказ 17 <img>")
    expect(bubble.locator("b")).to_have_text("Заказ")
    expect(bubble.locator("i")).to_have_text("17")


def test_a_person_writes_and_answers(sandbox: Sandbox, client: Client, site: Page) -> None:
    asked = client.ok("sendMessage", chat_id=ANNA, text="Взяли?")["message_id"]
    site.get_by_role("listitem").filter(has_text="Анна").click()
    site.locator(f"#m{asked}").hover()
    site.locator(f"#m{asked}").get_by_role("button", name="Ответить").click()

    site.get_by_label("Сообщение").fill("да, /next")
    site.get_by_label("Сообщение").press("Enter")

    expect(site.locator(".message.mine .quote").last).to_have_text("AI-РОП: Взяли?")
    written = sandbox.chat(ANNA)[-1]
    assert (written.text, written.reply_to, written.sender_id) == ("да, /next", asked, ANNA)


def test_a_press_shows_the_bots_answer(sandbox: Sandbox, client: Client, site: Page) -> None:
    client.ok("sendMessage", chat_id=ANNA, text="Заказ 17", reply_markup=BUTTONS)
    site.get_by_role("listitem").filter(has_text="Анна").click()

    bot = answer_presses(client, ("Заказ ваш", False), ("Нельзя: заказ у Бориса", True))
    site.get_by_role("button", name="Принять").click()
    expect(site.locator(".toast")).to_have_text("Заказ ваш")

    site.get_by_role("button", name="Принять").click()
    expect(site.locator("dialog[open] p")).to_have_text("Нельзя: заказ у Бориса")
    bot.join(timeout=10)


def test_an_edit_is_marked_and_shows_what_was(sandbox: Sandbox, client: Client, site: Page) -> None:
    sent = client.ok("sendMessage", chat_id=ANNA, text="Новый заказ", reply_markup=BUTTONS)["message_id"]
    site.get_by_role("listitem").filter(has_text="Анна").click()
    client.ok("editMessageText", chat_id=ANNA, message_id=sent, text="Заказ у Бориса")

    bubble = site.locator(f"#m{sent}")
    expect(bubble.locator(".words").first).to_have_text("Заказ у Бориса")
    expect(site.get_by_role("button", name="Принять")).to_have_count(0)
    bubble.get_by_role("button", name="изменено").click()
    expect(bubble.locator(".versions")).to_contain_text("Новый заказ")


def test_many_photos_go_as_one_album(sandbox: Sandbox, site: Page, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(png(60, 40))
    site.get_by_role("listitem").filter(has_text="Анна").click()

    site.locator("#files").set_input_files(paths)
    site.get_by_label("Подпись").fill("Осмотр")
    site.locator("dialog").get_by_role("button", name="Отправить").click()

    expect(site.locator(".album img")).to_have_count(3)
    sent = sandbox.chat(ANNA)[-3:]
    assert len({message.album for message in sent}) == 1
    assert [message.text for message in sent] == ["Осмотр", "", ""]


def test_what_is_typed_while_a_file_is_on_its_way_stays(sandbox: Sandbox, site: Page, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(png(60, 40))
    held: list[Route] = []
    site.route("**/sandbox/api/photo", lambda route: held.append(route))  # noqa: PLW0108
    site.get_by_role("listitem").filter(has_text="Анна").click()
    writing = site.get_by_label("Сообщение", exact=True)

    writing.fill("Вид спереди")
    with site.expect_request("**/sandbox/api/photo"):
        site.locator("#files").set_input_files(path)
        site.locator("dialog").get_by_role("button", name="Отправить").click()
    expect(writing).to_have_value("")
    writing.fill("Погнут козырёк")
    held[0].continue_()

    expect(site.locator(".picture img")).to_have_count(1)
    expect(site.locator(".message.mine").last).to_contain_text("Вид спереди")
    expect(writing).to_have_value("Погнут козырёк")


def test_a_chat_full_of_pictures_is_opened_at_its_end(sandbox: Sandbox, client: Client, site: Page) -> None:
    for _number in range(6):
        sandbox.photo(ANNA, png(600, 400))
    client.ok("sendMessage", chat_id=ANNA, text="Что на фото?", reply_markup=BUTTONS)

    site.get_by_role("listitem").filter(has_text="Анна").click()

    expect(site.locator(".picture img")).to_have_count(6)
    # Not wait_for_function: whenever it has to ask twice it evaluates a string, which the page's policy forbids.
    for image in site.locator(".picture img").all():
        expect(image).to_have_js_property("complete", value=True)
    expect(site.get_by_role("button", name="Принять")).to_be_in_viewport()


def test_a_chat_offers_the_commands_that_are_meant_for_it(
    sandbox: Sandbox, client: Client, site: Page
) -> None:
    mine, everybodys = {"command": "my", "description": "Мои"}, {"command": "help", "description": "Помощь"}
    burning = {"command": "burning", "description": "Горит"}
    client.ok("setMyCommands", commands=[everybodys])
    client.ok("setMyCommands", commands=[mine], scope={"type": "all_private_chats"}, language_code="ru")
    sandbox.group(GROUP, "Админы", [ANNA, BORIS])

    def offered(chat: str) -> Locator:
        site.get_by_role("listitem").filter(has_text=chat).click()
        site.get_by_label("Сообщение", exact=True).fill("/")
        return site.locator("#suggest b")

    expect(offered("Анна")).to_have_text(["/my"])
    expect(offered("Админы")).to_have_text(["/help"])
    client.ok("setMyCommands", commands=[burning, mine], scope={"type": "chat", "chat_id": ANNA})
    expect(offered("Анна")).to_have_text(["/burning", "/my"])


def test_what_was_deleted_is_out_of_the_way_and_can_be_read(
    sandbox: Sandbox, client: Client, site: Page
) -> None:
    sent = client.ok("sendMessage", chat_id=ANNA, text="Старая карточка", reply_markup=BUTTONS)["message_id"]
    site.get_by_role("listitem").filter(has_text="Анна").click()
    client.ok("deleteMessage", chat_id=ANNA, message_id=sent)

    words = site.locator(f"#m{sent} .words")
    expect(words).to_be_hidden()
    site.locator(f"#m{sent}").get_by_role("button", name="удалено").click()
    expect(words).to_be_visible()


def test_videos_are_shown_and_files_are_forwarded(sandbox: Sandbox, site: Page, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(video())
    site.get_by_role("listitem").filter(has_text="Анна").click()

    site.locator("#files").set_input_files(path)
    site.locator("dialog").get_by_role("button", name="Отправить").click()
    expect(site.locator("video")).to_have_count(1)
    assert sandbox.chat(ANNA)[-1].file.kind == "video"  # type: ignore[union-attr]

    site.locator(".message", has=site.locator("video")).hover()
    site.get_by_role("button", name="Переслать").click()
    expect(site.locator("video")).to_have_count(2)


def test_a_deep_link_is_opened_by_whom_one_chooses(sandbox: Sandbox, client: Client, site: Page) -> None:
    site.goto(f"{sandbox.url}/ai_rop_bot?start=link_17")
    site.get_by_role("button", name="Борис Петров").click()
    site.get_by_role("button", name=re.compile("Запустить")).click()

    expect(site.locator(".message.mine")).to_contain_text("/start link_17")
    assert client.ok("getUpdates")[-1]["message"]["from"]["id"] == BORIS


def test_in_a_group_one_chooses_who_writes(sandbox: Sandbox, site: Page) -> None:
    sandbox.group(GROUP, "Админы", [ANNA, BORIS])
    site.get_by_role("listitem").filter(has_text="Админы").click()
    site.get_by_label("От имени").select_option("Борис Петров")
    site.get_by_label("Сообщение").fill("я")
    site.get_by_label("Сообщение").press("Enter")

    expect(site.locator(".message.mine")).to_contain_text("я")
    assert sandbox.chat(GROUP)[-1].sender_id == BORIS


def test_a_person_and_a_group_are_created(sandbox: Sandbox, site: Page) -> None:
    site.get_by_role("button", name="Новый человек").click()
    site.get_by_label("Имя", exact=True).fill("Вика")
    site.get_by_role("button", name="Создать").click()
    site.get_by_role("button", name="Запустить").click()
    expect(site.locator(".message.mine")).to_contain_text("/start")

    site.get_by_role("button", name="Новая группа").click()
    site.get_by_label("Название").fill("Кризис")
    site.get_by_label("Участники").select_option(["Вика"])
    site.get_by_role("button", name="Создать").click()
    expect(site.locator("#talk-title")).to_have_text("Кризис")


def test_unread_messages_are_counted_until_seen(sandbox: Sandbox, client: Client, site: Page) -> None:
    for number in range(3):
        client.ok("sendMessage", chat_id=ANNA, text=str(number))

    row = site.get_by_role("listitem").filter(has_text="Анна")
    expect(row.locator(".count")).to_have_text("3")
    row.click()
    expect(row.locator(".count")).to_have_count(0)


def test_the_bot_is_blocked_from_the_menu(sandbox: Sandbox, client: Client, site: Page) -> None:
    site.get_by_role("listitem").filter(has_text="Анна").click()
    site.get_by_role("button", name="Действия").click()
    site.get_by_role("menuitem", name="Заблокировать бота").click()

    expect(site.locator("#talk-status")).to_contain_text("заблокировал бота")
    assert client.refused("sendMessage", chat_id=ANNA, text="a")[0] == 403
    site.get_by_role("button", name="Разблокировать и запустить").click()
    expect(site.locator("#composer")).to_be_visible()
    client.ok("sendMessage", chat_id=ANNA, text="a")


def test_faults_are_ordered_and_ended_on_their_page(sandbox: Sandbox, client: Client, site: Page) -> None:
    site.goto(f"{sandbox.url}/sandbox/faults")
    site.get_by_label("Что случится").select_option("500")
    site.get_by_label("Сколько раз").fill("5")
    site.get_by_role("button", name="Устроить сбой").click()
    expect(site.locator(".standing")).to_contain_text("500")
    assert client.raw("getMe")[0] == 500
    expect(site.locator(".standing")).to_contain_text("сработал 1")

    site.get_by_role("button", name="Отменить", exact=True).click()
    expect(site.locator("#standing")).to_contain_text("Сбоев нет")
    assert client.raw("getMe")[0] == 200


def test_calls_appear_as_they_come(sandbox: Sandbox, client: Client, site: Page) -> None:
    site.goto(f"{sandbox.url}/sandbox/calls")
    client.raw("sendMessage", {"chat_id": 404, "text": "кому?"})

    expect(site.locator(".call").first).to_contain_text("Bad Request: chat not found")
    site.locator(".call summary").first.click()
    expect(site.locator(".call pre").first).to_contain_text("кому?")


@pytest.mark.parametrize("path", ["/?chat=7001", "/", "/sandbox/", "/sandbox/faults", "/sandbox/calls"])
def test_a_phone_needs_no_sideways_scrolling(sandbox: Sandbox, client: Client, site: Page, path: str) -> None:
    client.ok(
        "sendMessage",
        chat_id=ANNA,
        text="слово" * 60 + " " + "https://example.com/" + "a" * 200,
        reply_markup=BUTTONS,
    )
    site.set_viewport_size({"width": 390, "height": 844})
    site.goto(sandbox.url + path)
    expect(site.locator("nav a[aria-current]")).to_be_visible()
    site.wait_for_timeout(300)

    assert site.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_pages_switch_to_english_and_stay_so(sandbox: Sandbox, site: Page) -> None:
    site.get_by_role("link", name="EN").click()
    expect(site.get_by_placeholder("Search")).to_be_visible()
    site.goto(f"{sandbox.url}/sandbox/faults")
    expect(site.locator("h1")).to_have_text("Faults")
