"""A lead runs a shift in the panel, and a manager works through a day."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.models import Message
from orders.models import Order
from tests.factories import MessageFactory
from tests.panel.browser.conftest import log_in, on_shift
from tests.stories.company import Company, owner_of

pytestmark = pytest.mark.browser


def burning_order(company: Company) -> Order:
    """Offered two hours ago and not accepted: an hour and a half too late."""
    real, company.now = company.now, company.now - timedelta(hours=2)
    order = company.order("burning-1")
    company.now = real
    return order


def test_a_lead_sees_an_order_burn_reads_why_and_gives_it_to_another(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = burning_order(company)
    on_shift(company, "Boris")
    log_in(visit, company.lead)

    expect(visit.locator(".due-late").first).to_contain_text("1 h 30 min overdue")
    visit.get_by_role("link", name=order.ref).first.click()

    expect(visit.get_by_label("What is now and what next")).to_contain_text("Accept the order")
    expect(visit.get_by_label("Why this owner")).to_contain_text("nobody else could take it")
    expect(visit.get_by_label("What happened")).to_contain_text("Given to Anna")

    visit.get_by_role("button", name="Reassign").click()
    window = visit.get_by_role("dialog")
    window.get_by_role("radio", name="Boris").check()
    window.get_by_role("button", name="Give", exact=True).click()

    expect(visit.get_by_text(f"{order.ref} has its new owner.")).to_be_visible()
    expect(visit.get_by_label("Why this owner")).to_contain_text("Boris")
    assert owner_of(order) == "Boris"


def test_a_route_is_taken_with_a_reason_and_a_blocked_one_says_what_is_missing(
    company: Company, visit: Page
) -> None:
    on_shift(company, "Anna")
    order = company.accept(company.order())
    log_in(visit, company.lead)
    visit.goto(visit.url + f"orders/order/{order.pk}/change/")

    visit.get_by_role("button", name="Complete the inspection").click()
    window = visit.get_by_role("dialog")
    expect(window).to_contain_text("not possible yet")
    expect(window.get_by_role("listitem")).to_have_count(6)
    expect(window.get_by_role("link", name="To the inspection")).to_be_visible()
    window.get_by_role("button", name="Close", exact=True).click()
    expect(window).to_be_hidden()

    visit.get_by_role("button", name="Return to the queue").click()
    window = visit.get_by_role("dialog")
    window.get_by_role("button", name="Return to the queue").click()
    # The browser itself asks for the reason first.
    assert Order.objects.get(pk=order.pk).status == "under_inspection"
    window.get_by_label("Why").fill("The seller moved away")
    window.get_by_role("button", name="Return to the queue").click()

    expect(visit.get_by_label("What happened")).to_contain_text("The seller moved away")
    assert Order.objects.get(pk=order.pk).status == "pending_manager"


def test_a_note_and_a_task_are_written_on_the_page(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = company.order()
    log_in(visit, company.lead)
    visit.goto(visit.url + f"orders/order/{order.pk}/change/")

    notes = visit.get_by_label("Notes", exact=True)
    notes.get_by_placeholder("Write a note").fill("Ask for the box")
    notes.get_by_text("Tell somebody").click()
    notes.get_by_label("Anna").check()
    notes.get_by_role("button", name="Write it down").click()
    expect(visit.get_by_label("Notes", exact=True)).to_contain_text("told: Anna")
    assert Message.objects.filter(template="note_mention", person__first_name="Anna").count() == 1

    visit.get_by_role("button", name="Task").click()
    window = visit.get_by_role("dialog")
    window.get_by_label("What").fill("Call back")
    window.get_by_label("Whose").select_option("Anna")
    window.get_by_role("button", name="Give the task").click()
    tasks = visit.get_by_label("Tasks", exact=True)
    expect(tasks).to_contain_text("Call back")
    tasks.get_by_role("button", name="Done").click()
    expect(visit.get_by_label("Tasks", exact=True)).to_contain_text("done")


def test_several_orders_are_given_away_at_once(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    orders = company.receive("A-1", "A-2", "A-3")
    on_shift(company, "Boris")
    log_in(visit, company.lead)
    visit.locator("#nav-sidebar").get_by_role("link", name="Orders", exact=True).click()

    for number in range(2):
        visit.locator("input.action-select").nth(number).check()
    visit.locator("select[name=action]").select_option(label="Give to a manager…")
    visit.locator("button[name=index]").click()
    expect(visit.get_by_text("2 orders")).to_be_visible()
    visit.get_by_role("radio", name="Boris").check()
    visit.get_by_role("button", name="Give to a manager").click()

    expect(visit.get_by_text("Done: 2")).to_be_visible()
    assert sorted(owner_of(order) for order in orders) == ["Anna", "Boris", "Boris"]


def test_a_filter_is_applied_as_soon_as_it_is_chosen(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    company.order("calm")
    company.order("loud", severity="high")
    log_in(visit, company.lead)
    visit.locator("#nav-sidebar").get_by_role("link", name="Orders", exact=True).click()
    expect(visit.locator("#result_list tbody")).to_have_count(2)

    visit.get_by_label("severity").select_option("high")

    expect(visit.locator("#result_list tbody")).to_have_count(1)
    assert "severity=high" in visit.url


def test_the_inbox_is_worked_off(company: Company, visit: Page) -> None:
    company.order()
    for _number in range(2):
        MessageFactory(person=company.lead, status="dead", ended_at=company.now, error="Forbidden: blocked")
    log_in(visit, company.lead)

    expect(visit.locator(".top .count")).to_have_text("3")
    visit.get_by_title("Inbox").click()
    dead = visit.get_by_label("Not delivered")
    dead.get_by_role("button", name="Send again").first.click()
    visit.get_by_label("Not delivered").get_by_role("button", name="Not needed any more").click()

    expect(visit.get_by_label("Not delivered")).to_have_count(0)
    expect(visit.locator(".top .count")).to_have_text("1")
    visit.get_by_role("link", name="Open the queue").click()
    expect(visit.locator("#result_list tbody")).to_have_count(1)


def test_a_manager_is_sent_home_by_one_press(company: Company, visit: Page) -> None:
    anna = on_shift(company, "Anna")
    order = company.order()
    on_shift(company, "Boris")
    log_in(visit, company.lead)
    visit.goto(visit.url + f"assignment/manager/{anna.pk}/change/")

    visit.get_by_role("button", name="Absent now").click()

    expect(visit.get_by_text("Anna is absent.")).to_be_visible()
    assert owner_of(order) == "Boris"


def test_a_manager_accepts_what_the_day_brings_on_a_telephone(company: Company, visit: Page) -> None:
    visit.set_viewport_size({"width": 390, "height": 844})
    anna = on_shift(company, "Anna")
    order = company.order()
    log_in(visit, anna.user)

    visit.get_by_role("link", name=order.ref).click()
    visit.get_by_role("button", name="Accept", exact=True).click()
    visit.get_by_role("dialog").get_by_role("button", name="Accept", exact=True).click()

    expect(visit.get_by_label("What is now and what next")).to_contain_text("Contact the seller")
    assert visit.evaluate("document.documentElement.scrollWidth") <= 390
    assert Order.objects.get(pk=order.pk).status == "under_inspection"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_the_screen(company: Company, visit: Page, theme: str, width: int) -> None:
    anna = on_shift(company, "Anna")
    order = company.order()
    log_in(visit, company.lead)
    visit.set_viewport_size({"width": width, "height": 900})
    visit.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
    root = visit.url

    for address in (
        "",
        "inbox/",
        "orders/order/",
        f"orders/order/{order.pk}/change/",
        "assignment/manager/",
        f"assignment/manager/{anna.pk}/change/",
        "week/",
        "sla/matrix/",
        "core/entry/",
        "my-telegram/",
    ):
        visit.goto(root + address)
        assert visit.evaluate("document.documentElement.scrollWidth") <= width, address
        assert visit.evaluate("document.documentElement.classList.contains('dark')") is (theme == "dark")


def test_a_way_of_looking_is_kept_and_forgotten(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    company.order("calm")
    company.order("loud", severity="high")
    log_in(visit, company.lead)
    visit.locator("#nav-sidebar").get_by_role("link", name="Orders", exact=True).click()
    visit.get_by_label("severity").select_option("high")

    visit.get_by_role("button", name="Keep this view").click()
    window = visit.get_by_role("dialog")
    window.get_by_label("Name").fill("Loud ones")
    window.get_by_role("button", name="Keep", exact=True).click()
    expect(visit.get_by_text("The view “Loud ones” is kept.")).to_be_visible()

    visit.locator("#nav-sidebar").get_by_role("link", name="Orders", exact=True).click()
    expect(visit.locator("#result_list tbody")).to_have_count(2)
    visit.get_by_role("link", name="Loud ones").click()
    expect(visit.locator("#result_list tbody")).to_have_count(1)

    visit.get_by_role("button", name="Don't keep this view: Loud ones").click()
    expect(visit.get_by_role("link", name="Loud ones")).to_have_count(0)
