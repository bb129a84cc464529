"""One order from the intake to its end, by people only: clicks in the panel and presses in the chat, by turns.

The panel in Chromium, the bot's worker with its sandbox of Telegram, the loop and the database are the real ones.
Nineteen days pass on the database's clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from assignment.models import Manager
from config.evidence import evidence_storage
from core import clock
from core.models import Message, User
from orders.models import Blocker, Evidence, Order, Payment, StatusEvent
from rop.replaying import decisions, replay
from telegram_bot.models import IncomingFile, Update
from telegram_bot.sandbox.server import Sandbox
from tests.panel.browser.conftest import log_in
from tests.panel.browser.test_deal import go
from tests.panel.browser.test_inspection import drop, photos, point
from tests.stories.company import moment
from tests.stories.dealing import finance
from tests.stories.moved_clock import MovedClock, moved_clock
from tests.stories.whole_path import AT, PATH, passed
from tests.telegram_bot.bot import Office, running_bot, wait_for
from tests.telegram_bot.phone import Phone
from tests.telegram_bot.test_deal import DealPhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


class Days(Office):
    """An office whose days pass on the database's clock; the bot and Telegram live through every moment of them."""

    def __init__(self, sandbox: Sandbox, moved: MovedClock) -> None:
        self.moved = moved
        self.put(AT["intake"], sandbox)
        super().__init__(sandbox)

    def put(self, at: datetime, sandbox: Sandbox) -> None:
        self.moved.stand(at)
        sandbox.advance(at.timestamp() - sandbox.clock.now())

    def sweep(self) -> None:
        # What the bot has in hand it may hold for a minute: not for days.
        wait_for(bot_is_idle, what="an idle bot")
        # Where the clock has run, it does not go back.
        self.now = max(self.now, clock.now())
        # The loop first: a bot that finds it silent for days does its work and raises an alarm.
        super().sweep()
        self.put(self.now, self.sandbox)
        wait_for(bot_is_idle, what="an idle bot")

    def hire_for_the_week(self, name: str) -> Manager:
        shifts = [(moment("09:00", day=day), moment("21:00", day=day)) for day in range(6)]
        manager = self.manager(name, *shifts, linked=False)
        manager.user.language = "en"
        manager.user.save(update_fields=["language"])
        self.account(manager.user)
        return manager


def bot_is_idle() -> bool:
    now = clock.now()
    return not (
        Message.objects.filter(status="sending").exists()
        or Message.objects.filter(status__in=["queued", "failed"], not_before__lte=now).exists()
        or Update.objects.filter(state="new").exists()
        or IncomingFile.objects.filter(state__in=["new", "fetching"]).exists()
    )


@pytest.fixture
def office(transactional_db: None, tmp_path: Path) -> Iterator[Days]:
    stored = {
        "evidence": evidence_storage("", folder=tmp_path / "evidence"),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=stored), Sandbox() as sandbox, moved_clock() as moved:
        yield Days(sandbox, moved)


@dataclass(frozen=True, slots=True)
class Desk:
    """One browser, at which people sit down by turns; each stays logged in."""

    page: Page
    cookies: dict[int, list[Any]] = field(default_factory=dict)

    def sit_down(self, user: User, address: str) -> Page:
        self.page.context.clear_cookies()
        if user.pk in self.cookies:
            self.page.context.add_cookies(self.cookies[user.pk])
        else:
            go(self.page, "login/")
            log_in(self.page, user)
            self.cookies[user.pk] = list(self.page.context.cookies())
        go(self.page, address)
        return self.page


def test_an_order_goes_its_whole_path_by_the_chat_and_the_panel(office: Days, visit: Page) -> None:
    anna = office.hire_for_the_week("Anna")
    money = finance(office)
    office.account(money)
    desk = Desk(visit)
    with running_bot(office.sandbox):
        order = _intake(desk.sit_down(office.lead, "orders/order/add/"))
        page_of_order = f"orders/order/{order.pk}/change/"
        chat, deal = Phone(office.sandbox, anna, order), DealPhone(office.sandbox, anna, order)

        office.go_to(AT["accept"])
        chat.press_at(chat.says(f"Accept {order.ref} by"), "Accept")
        office.go_to(AT["answers"])
        # Photos are told of when nothing more of their album has come for a while.
        office.moved.run()
        _inspect_in_the_chat(chat)
        office.go_to(moment("13:30"))
        _inspect_in_the_panel(desk.sit_down(anna.user, f"orders/order/{order.pk}/inspection/"))
        office.go_to(AT["complete_inspection"])
        visit.locator("#verdict").get_by_role("button", name="Complete the inspection").click()
        expect(visit.get_by_label("What is now and what next")).to_contain_text(
            "Awaits the client's decision"
        )

        office.go_to(AT["thinks"])
        deal.sees("Follow up with the client", "[🤔 Thinks until…]")
        deal.press("🤔 Thinks until", "Until when does the client think?")
        deal.write("послезавтра 15:00", "✅ The client thinks until 4 mar 15:00")
        _is_left_alone_until(office, AT["thinks_until"])
        deal.sees("Follow up with the client by 19:00")
        office.go_to(AT["confirmed"])
        deal.press("✅ Confirmed", "Which day is agreed with the seller?", "finance records it")

        office.go_to(AT["payment"])
        _record_the_payment(desk.sit_down(money, "money/"), order)
        office.go_to(AT["seller_date"])
        _agree_on_the_date(desk.sit_down(anna.user, page_of_order))
        office.go_to(AT["release_to_ship"])
        deal.press("📦 Release", "Which carrier?")

        office.go_to(AT["blocker"])
        _report_a_blocker(deal)
        _fix_the_carrier(deal)
        _is_not_shipped(visit, order)
        office.go_to(AT["resolved"])
        _remove_the_blocker(desk.sit_down(office.lead, page_of_order))
        office.go_to(AT["ship"])
        deal.press("🚚 Ship", "Where is the parcel?")

        office.go_to(AT["tracking"])
        deal.sees("Where is the parcel?")
        _look_where_it_is(desk.sit_down(anna.user, page_of_order))
        office.go_to(moment("14:50", day=5))
        office.moved.run()
        _prove_the_delivery(deal)
        office.go_to(AT["deliver"])
        deal.press("🏁 Record the delivery", "Delivered. Nothing to do: AI-ROP closes the order")

        office.go_to(AT["closed"])
    visit.reload()
    expect(visit.get_by_label("What is now and what next")).to_contain_text("The order is closed.")
    _all_of_it_is_told(office, order)


def _intake(page: Page) -> Order:
    page.get_by_label("Item", exact=True).fill("Camera")
    page.get_by_label("Client", exact=True).fill("Ivan")
    page.get_by_label("Price", exact=True).fill("125 000")
    page.get_by_role("button", name="Take the order").click()
    order = Order.objects.get()
    expect(page.get_by_text(f"{order.ref} came in.")).to_be_visible()
    return order


def _inspect_in_the_chat(chat: Phone) -> None:
    """The papers."""
    chat.open()
    chat.press("☎️", "Contact with the seller")
    chat.press("Agreed", "Документы и подлинность")
    chat.press("✅ The norm for the whole group", "1. Вещь та же", "Send 2 photos")
    chat.photos(2, "2. Какой серийный номер")
    chat.write("SN-0042", "Send 1 photo", "SN-0042")
    chat.photos(1, "3. Какие документы")
    chat.photos(1, "Корпус и конструкция", "[✅ The norm for the whole group]")


def _inspect_in_the_panel(page: Page) -> None:
    """The other six groups, with an exception, and the verdict."""
    expect(page.locator("[data-answered]")).to_have_text("5")
    for group in ("body", "works", "wear", "set", "seller", "price"):
        page.locator(f"#group-{group}").get_by_role("button", name="The norm for the whole group").click()
        expect(page.locator(f"#group-{group}").get_by_role("button", name="The norm for")).to_have_count(0)
    point(page, 7).get_by_role("button", name="No", exact=True).click()
    expect(point(page, 7).get_by_role("button", name="No", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    for number, value in {18: "12 500", 22: "Nothing", 27: "98 500"}.items():
        field = point(page, number).locator("[name=value]")
        field.fill(value)
        field.blur()
        expect(point(page, number).locator(".state-open")).to_have_count(0)
    expect(page.locator("[data-answered]")).to_have_text("28")
    for number, count in {6: 2, 7: 1, 9: 1, 12: 1, 17: 1, 21: 1, 27: 1}.items():
        drop(page, f"#point-{number}", *photos(*range(number * 10, number * 10 + count)))
        expect(point(page, number).locator(".file")).to_have_count(count)
    verdict = page.locator("#verdict")
    verdict.get_by_role("radio", name="Fit, with remarks").check()
    verdict.get_by_role("textbox", name="Remarks").fill("The hood is bent")
    verdict.get_by_role("button", name="Write the verdict down").click()
    expect(verdict.get_by_role("button", name="Complete the inspection")).to_be_enabled()


def _is_left_alone_until(office: Days, until: datetime) -> None:
    asked = Message.objects.filter(template="follow_up", edits=False)
    assert asked.count() == 1
    office.go_to(until)
    assert [message.created_at for message in asked.order_by("pk")[1:]] == [until]


def _record_the_payment(page: Page, order: Order) -> None:
    row = page.locator(f"#due-{order.pk}")
    expect(row.get_by_label("Amount")).to_have_value("125000")
    row.get_by_label("Document").fill("118")
    row.get_by_role("button", name="Record the payment").click()
    expect(page.get_by_text(f"{order.ref}: the payment is recorded.")).to_be_visible()


def _agree_on_the_date(page: Page) -> None:
    page.get_by_label("The seller gives it to the carrier on").fill("2026-03-05")
    page.locator("#deal-shipment form.row-form").get_by_role("button", name="Write it down").click()
    expect(page.get_by_label("What is now and what next")).to_contain_text("Release")


def _report_a_blocker(deal: Phone) -> None:
    deal.press("⛔ Blocker")
    deal.press("Papers")
    deal.write("The receipt is missing")
    deal.press("3 hours", "The receipt is missing · yours, by 13:00")


def _fix_the_carrier(deal: Phone) -> None:
    deal.press("СДЭК", "Tracking number?")
    deal.write("10 2345 678", "Which day does the carrier promise?")
    deal.write("9.03", "promised 9 mar")


def _is_not_shipped(page: Page, order: Order) -> None:
    page.reload()
    page.get_by_role("button", name="Ship", exact=True).click()
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("not possible yet")
    expect(window).to_contain_text("The receipt is missing")
    assert Order.objects.get(pk=order.pk).status == "ready_for_shipment"


def _remove_the_blocker(page: Page) -> None:
    way = page.locator("#deal-blockers")
    way.get_by_text("It is out of the way").click()
    way.get_by_label("How it was removed").fill("It came by e-mail")
    way.get_by_role("button", name="Write it down").click()
    expect(page.locator("#deal-blockers")).to_have_count(0)


def _look_where_it_is(page: Page) -> None:
    way = page.locator("#deal-way")
    way.get_by_text("Waits for the client").click()
    way.get_by_label("In words").fill("At the counter")
    way.get_by_role("button", name="Looked it up").click()
    expect(page.locator("#deal-way")).to_contain_text("At the counter")


def _prove_the_delivery(deal: Phone) -> None:
    deal.press("📬 Delivered", "When was it delivered?")
    deal.press("Today", "Send a photo or a file that proves the delivery")
    deal.photos(1, "📎 1 photo", "[🏁 Record the delivery]")


def _all_of_it_is_told(office: Days, order: Order) -> None:
    order.refresh_from_db()
    assert order.closed_at == AT["closed"]
    assert passed(order) == PATH
    doors = list(StatusEvent.objects.order_by("sequence").values_list("door", flat=True))
    assert doors == ["admin", "bot", "admin", "bot", "bot", "bot"]
    assert (Payment.objects.get().at, Payment.objects.get().door) == (AT["payment"], "admin")
    blocker = Blocker.objects.get()
    assert (blocker.opened_at, blocker.resolved_at) == (AT["blocker"], AT["resolved"])
    assert set(Evidence.objects.values_list("door", flat=True)) == {"admin", "bot"}
    assert not Message.objects.filter(status="dead").exists()
    assert not Update.objects.filter(state="dead").exists()
    assert office.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []
