"""A manager inspects by 28 points in the panel; a lead decides; the bot works at the same inspection meanwhile."""

import base64
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from core import clock
from orders.models import Evidence, InspectionAnswer, InspectionMeasure, Order
from orders.services import GivenAnswer, inspection_answer, inspection_verdict
from tests.evidence.files import jpeg
from tests.panel.browser.conftest import log_in, on_shift
from tests.stories.company import Company
from tests.stories.inspecting import PHOTOS, answer, answers, attach_all

pytestmark = pytest.mark.browser

GROUPS = ("papers", "body", "works", "wear", "set", "seller", "price")
WRITTEN = {2: "SN 104-7731", 18: "12 500", 22: "Nothing", 27: "98 500"}

DROP = """([target, files]) => {
    const data = new DataTransfer();
    for (const [name, type, content] of files) {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
    }
    for (const kind of ["dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
    }
}"""


def drop(page: Page, onto: str, *files: tuple[str, bytes]) -> None:
    """These files, let go over this place."""
    packed = [[name, "image/jpeg", base64.b64encode(content).decode()] for name, content in files]
    page.evaluate(DROP, [page.locator(onto).element_handle(), packed])


def photos(*seeds: int) -> list[tuple[str, bytes]]:
    return [(f"photo-{seed}.jpg", jpeg(320, 240, seed=seed)) for seed in seeds]


def point(page: Page, number: int) -> Locator:
    return page.locator(f"#point-{number}")


def order_of(company: Company, name: str = "A-1") -> Order:
    return company.accept(company.order(name))


def open_inspection(page: Page, order: Order) -> None:
    page.goto(page.url.split("/admin/")[0] + f"/admin/orders/order/{order.pk}/inspection/")


def current(order: Order, number: int) -> str:
    return InspectionAnswer.objects.get(
        inspection__order=order, item__number=number, replaced_at__isnull=True
    ).value


def test_a_manager_does_a_whole_inspection(company: Company, visit: Page) -> None:
    anna = on_shift(company, "Anna")
    order = order_of(company)
    log_in(visit, anna.user)
    visit.get_by_role("link", name=order.ref).first.click()
    visit.get_by_label("Inspection", exact=True).get_by_role("link", name="To the inspection").click()
    expect(visit.locator("[data-answered]")).to_have_text("0")

    # The norm for each group at a press, then what is different and what is written.
    for number, group in enumerate(GROUPS):
        visit.locator(f"#group-{group}").get_by_role("button", name="The norm for the whole group").click()
        expect(visit.locator(f"#group-{group}").get_by_role("button", name="The norm for")).to_have_count(0)
        assert number < len(GROUPS)
    expect(visit.locator("[data-answered]")).to_have_text(str(28 - len(WRITTEN)))
    point(visit, 3).get_by_role("button", name="ничего нет").click()
    expect(point(visit, 3).get_by_role("button", name="ничего нет")).to_have_attribute("aria-pressed", "true")
    for number, value in WRITTEN.items():
        field = point(visit, number).locator("[name=value]")
        field.fill(value)
        field.blur()
        expect(point(visit, number).locator(".state-open")).to_have_count(0)
    expect(visit.locator("[data-answered]")).to_have_text("28")
    assert current(order, 18) == "12500"
    point(visit, 3).locator(".remark summary").click()
    point(visit, 3).get_by_label("Remark").fill("The box is lost too")
    point(visit, 3).get_by_label("Remark").blur()
    expect(point(visit, 3)).to_have_class("point shell")

    # Several files at once: onto their points, and others onto the page, one of them no photo at all.
    verdict = visit.locator("#verdict")
    expect(verdict).to_contain_text("Before the verdict: 8")
    drop(visit, "#point-1", *photos(1, 2))
    drop(visit, "#point-6", *photos(3, 4))
    expect(point(visit, 1).locator(".file")).to_have_count(2)
    expect(point(visit, 6).locator(".file")).to_have_count(2)
    drop(visit, "#tray", *photos(5, 6, 7, 8, 9, 10), ("page.jpg", b"<html>"))
    tray = visit.locator("#tray")
    expect(tray.locator(".unplaced > li")).to_have_count(6)
    expect(tray.locator(".uploads .refused")).to_have_count(1)
    expect(tray.locator(".uploads")).to_contain_text("Only photos (JPEG, PNG, WebP), PDF and MP4 are taken.")
    tray.get_by_role("button", name="Dismiss").click()
    for left, number in enumerate([n for n, count in PHOTOS.items() if count == 1]):
        if number == 2:
            tray.locator(".file").first.drag_to(point(visit, 2))
        else:
            tray.locator(".unplaced > li > .lines select").first.select_option(str(number))
        expect(point(visit, number).locator(".file")).to_have_count(1)
        expect(tray.locator(".unplaced > li")).to_have_count(5 - left)
    preview = point(visit, 9).locator(".file summary img")
    preview.scroll_into_view_if_needed()
    expect(preview).to_have_js_property("complete", True)
    assert preview.evaluate("image => image.naturalWidth") > 0

    # "Fit" is not to be had with an exception; with remarks it is.
    expect(verdict.get_by_role("radio", name="Fit not possible")).to_be_disabled()
    verdict.get_by_role("radio", name="Fit, with remarks").check()
    verdict.get_by_role("button", name="Write the verdict down").click()
    expect(verdict).to_contain_text("remarks are required")
    verdict.get_by_role("textbox", name="Remarks").fill("No papers and no box")
    verdict.get_by_role("button", name="Write the verdict down").click()
    expect(verdict).to_contain_text("No papers and no box")
    verdict.get_by_role("button", name="Complete the inspection").click()

    expect(visit.get_by_label("What is now and what next")).to_contain_text("Awaits the client's decision")
    assert Order.objects.get(pk=order.pk).status == "awaiting_payment"
    measure = InspectionMeasure.objects.get()
    assert (measure.files, measure.exceptions, measure.remarks) == (10, 1, 1)
    given = InspectionAnswer.objects.filter(inspection__order=order, replaced_at__isnull=True)
    assert given.filter(in_bulk=True).count() == 28 - len(WRITTEN) - 1


def test_what_the_bot_does_meanwhile_is_seen_and_not_overwritten(company: Company, visit: Page) -> None:
    anna = on_shift(company, "Anna")
    order = order_of(company)
    log_in(visit, anna.user)
    open_inspection(visit, order)
    field = point(visit, 22).locator("[name=value]")
    field.fill("The strap")

    # Another window of hers: a choice, and the very words that she is writing here.
    answer(company, order, [GivenAnswer(7, "no", "bent"), GivenAnswer(22, "The lens cap")])
    visit.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(point(visit, 7).get_by_role("button", name="No", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(visit.locator("[data-answered]")).to_have_text("2")
    # What is being written stays; what is there already is said before it is overwritten.
    expect(field).to_have_value("The strap")
    field.blur()
    expect(point(visit, 22)).to_contain_text("was answered meanwhile by Anna: “The lens cap”")
    assert current(order, 22) == "The lens cap"
    expect(field).to_have_value("The strap")
    point(visit, 22).get_by_role("button", name="Write it down").click()
    expect(point(visit, 22).locator("[data-errors]")).to_be_empty()
    assert current(order, 22) == "The strap"


def test_a_lead_decides_about_goods_that_are_not_fit(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = order_of(company)
    answer(company, order, answers())
    attach_all(company, order)
    order.refresh_from_db()
    assert order.assigned_manager is not None
    inspection_verdict(
        order_id=order.pk,
        verdict="fail",
        remarks="The frame is bent",
        actor=company.actor(order.assigned_manager),
        now=clock.now(),
    )
    log_in(visit, company.lead)

    visit.get_by_title("Inbox").click()
    row = visit.get_by_label("Not fit: decide").locator(".inbox-row")
    expect(row).to_contain_text("The frame is bent")
    row.get_by_role("link", name="Decide").click()
    verdict = visit.locator("#verdict")
    verdict.get_by_label("Why").fill("The client knows and takes it")
    verdict.get_by_role("button", name="Go on all the same").click()
    expect(verdict).to_contain_text("The client knows and takes it")
    verdict.get_by_role("button", name="Complete the inspection").click()

    expect(visit.get_by_label("What is now and what next")).to_contain_text("Awaits the client's decision")


def test_the_whole_page_is_worked_by_keyboard(company: Company, visit: Page) -> None:
    anna = on_shift(company, "Anna")
    order = order_of(company)
    log_in(visit, anna.user)
    open_inspection(visit, order)

    yes = point(visit, 1).get_by_role("button", name="Yes", exact=True)
    yes.focus()
    visit.keyboard.press("Enter")
    expect(yes).to_have_attribute("aria-pressed", "true")
    # The focus stays where it was, though the part around it is new.
    expect(yes).to_be_focused()
    visit.keyboard.press("Tab")
    visit.keyboard.press("Space")
    expect(point(visit, 1).get_by_role("button", name="No", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    number = point(visit, 18).locator("[name=value]")
    number.focus()
    visit.keyboard.type("250,5")
    visit.keyboard.press("Enter")
    expect(point(visit, 18).locator(".state-done")).to_have_count(1)
    assert (current(order, 1), current(order, 18)) == ("no", "250.5")


def test_a_press_without_a_connection_is_said_and_made_again(
    company: Company, page: Page, live_server: Any
) -> None:
    anna = on_shift(company, "Anna")
    order = order_of(company)
    page.goto(f"{live_server.url}/admin/login/")
    log_in(page, anna.user)
    open_inspection(page, order)

    page.context.set_offline(True)
    point(page, 7).get_by_role("button", name="No", exact=True).click()
    expect(point(page, 7)).to_contain_text("No connection: not written down.")
    assert not InspectionAnswer.objects.exists()
    page.context.set_offline(False)

    expect(point(page, 7).locator("[data-errors]")).to_be_empty()
    expect(point(page, 7).get_by_role("button", name="No", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert current(order, 7) == "no"


def test_without_its_script_the_page_works_by_its_forms(
    company: Company, page: Page, live_server: Any
) -> None:
    anna = on_shift(company, "Anna")
    order = order_of(company)
    page.route("**/inspection.js", lambda route: route.abort())
    page.goto(f"{live_server.url}/admin/login/")
    log_in(page, anna.user)
    open_inspection(page, order)

    point(page, 7).get_by_role("button", name="No", exact=True).click()
    page.wait_for_url("**/inspection/#point-7")
    point(page, 18).locator("[name=value]").fill("12,5")
    point(page, 18).get_by_role("button", name="Write it down").click()
    page.wait_for_url("**/inspection/#point-18")
    files = [FilePayload(name=name, mimeType="image/jpeg", buffer=content) for name, content in photos(1, 2)]
    point(page, 9).locator("input[type=file]").first.set_input_files(files)
    point(page, 9).get_by_role("button", name="Send").click()

    expect(point(page, 9).locator(".file")).to_have_count(2)
    assert (current(order, 7), current(order, 18)) == ("no", "12.5")
    assert Evidence.objects.filter(item__number=9).count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1600, 1280, 390])
def test_no_page_is_wider_than_the_screen(company: Company, visit: Page, theme: str, width: int) -> None:
    on_shift(company, "Anna")
    order = order_of(company)
    answer(company, order, [GivenAnswer(3, "none", "x" * 300), GivenAnswer(2, "y" * 300)])
    attach_all(company, order)
    log_in(visit, company.lead)
    visit.set_viewport_size({"width": width, "height": 900})
    visit.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
    root = visit.url

    for address in (
        f"orders/order/{order.pk}/inspection/",
        f"orders/order/{order.pk}/change/",
        "orders/inspectiontemplate/",
        "orders/inspectiontemplate/1/change/",
        "quality/",
    ):
        visit.goto(root + address)
        assert visit.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_answer_of_a_lead_and_of_the_owner_are_one_inspection(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = order_of(company)
    log_in(visit, company.lead)
    open_inspection(visit, order)

    point(visit, 1).get_by_role("button", name="Yes", exact=True).click()
    expect(visit.locator("[data-answered]")).to_have_text("1")
    order.refresh_from_db()
    inspection_answer(
        order_id=order.pk,
        answers=[GivenAnswer(4, "no")],
        actor=company.actor(order.assigned_manager),  # type: ignore[arg-type]
        now=clock.now(),
    )
    visit.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(visit.locator("[data-answered]")).to_have_text("2")
    expect(point(visit, 1)).to_contain_text("Olga")
    expect(point(visit, 4)).to_contain_text("Anna")
