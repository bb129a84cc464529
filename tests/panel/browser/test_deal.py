"""Finance records a payment, a manager asks for what is at risk, a lead decides: in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from orders.models import Payment
from tests.panel.browser.conftest import log_in, on_shift
from tests.stories.company import HOUR, Company
from tests.stories.dealing import ask, awaiting, block, decide, finance, in_transit, pay

pytestmark = pytest.mark.browser


def go(page: Page, address: str) -> None:
    page.goto(page.url.split("/admin/")[0] + f"/admin/{address}")


def test_finance_records_a_payment_where_it_is_due(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = awaiting(company)
    decide(company, order, "confirmed")
    log_in(visit, finance(company))

    visit.locator("#nav-sidebar").get_by_role("link", name="Money").click()
    row = visit.locator(f"#due-{order.pk}")
    expect(row).to_contain_text("125,000")
    row.get_by_label("Amount").fill("60 000")
    row.get_by_label("Document").fill("Bill 7")
    row.get_by_role("button", name="Record the payment").click()
    expect(visit.get_by_text(f"{order.ref}: the payment is recorded.")).to_be_visible()

    # The rest is due, and is filled in.
    row = visit.locator(f"#due-{order.pk}")
    expect(row).to_contain_text("left of")
    expect(row.get_by_label("Amount")).to_have_value("65000")
    row.get_by_label("Document").fill("Bill 8")
    row.get_by_role("button", name="Record the payment").click()
    expect(visit.get_by_text("Everything that was confirmed is paid.")).to_be_visible()

    # The second one was somebody else's.
    newest = visit.get_by_label("The newest payments").locator("li").first
    newest.get_by_text("Correct").click()
    newest.get_by_label("What is wrong with it").fill("Another client's")
    newest.get_by_role("button", name="Take it back").click()
    expect(visit.locator(f"#due-{order.pk}").get_by_label("Amount")).to_have_value("65000")
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [-65_000, 60_000, 65_000]


def test_a_lead_sees_what_exactly_happens_and_decides(company: Company, visit: Page) -> None:
    on_shift(company, "Anna")
    order = awaiting(company)
    log_in(visit, User.objects.get(username="anna"))
    go(visit, f"orders/order/{order.pk}/change/")

    # The client thinks: until when is asked for only then.
    client = visit.locator("#deal-client")
    expect(client.get_by_label("Thinks until")).to_be_hidden()
    client.get_by_text("Thinks", exact=True).click()
    expect(client.get_by_label("Thinks until")).to_be_visible()
    client.get_by_text("Declined", exact=True).click()
    expect(client.get_by_label("Thinks until")).to_be_hidden()
    expect(client.get_by_label("Why declined")).to_be_visible()

    visit.get_by_role("button", name="Inspect again").click()
    window = visit.get_by_role("dialog")
    expect(window).to_contain_text("Another person has to approve it.")
    window.get_by_label("Why").fill("Another lens")
    window.get_by_role("button", name="Ask for approval").click()
    expect(visit.get_by_label("What is asked for")).to_contain_text("The inspection begins anew")
    visit.context.clear_cookies()

    go(visit, "login/")
    log_in(visit, company.lead)
    visit.get_by_title("Inbox").click()
    visit.get_by_label("Asked for: decide").get_by_role("link", name="Look and decide").click()
    expect(visit.get_by_label("What exactly will happen")).to_contain_text(
        "Inspect again: from “Awaits the client's decision and payment” to “Under inspection”"
    )
    visit.get_by_role("button", name="Approve").click()
    expect(visit.get_by_text("approved — Inspect again")).to_be_visible()
    order.refresh_from_db()
    assert order.status == "under_inspection"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_of_a_deal_is_wider_than_the_screen(
    company: Company, visit: Page, theme: str, width: int
) -> None:
    on_shift(company, "Anna", hours_ago=40)
    order = awaiting(company, "A-1")
    pay(company, order)
    block(company, order, company.lead, company.now + HOUR)
    approval = ask(company, order, "reinspect")
    way = in_transit(company, "A-2")
    decide(company, awaiting(company, "A-3"), "confirmed")
    log_in(visit, company.lead)
    visit.set_viewport_size({"width": width, "height": 900})
    visit.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)

    for address in (
        f"orders/order/{order.pk}/change/",
        f"orders/order/{way.pk}/change/",
        f"approvals/{approval.pk}/",
        "money/",
        "inbox/",
        "orders/terms/1/change/",
    ):
        go(visit, address)
        assert visit.evaluate("document.documentElement.scrollWidth") <= width, address
