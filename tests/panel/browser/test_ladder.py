"""A lead's hour: an order burns, is read and given away; another is put off; the inbox is cleared."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core import clock
from orders.models import Order
from rop import loop
from rop.models import Escalation, EscalationState, Snooze
from tests.panel.browser.conftest import log_in, on_shift
from tests.stories.company import Company, owner_of

pytestmark = pytest.mark.browser


def late_orders(company: Company, *names: str) -> list[Order]:
    """In work, each critical and thirty hours old: the stage was due long ago. Looked at just now."""
    real, company.now = company.now, company.now - timedelta(hours=30)
    orders = [company.accept(order) for order in company.receive(*names, severity="critical")]
    company.now = real
    company.go_to(real)
    return orders


def test_a_lead_works_off_what_climbed_the_ladder(company: Company, visit: Page) -> None:
    on_shift(company, "Anna", hours_ago=40)
    first, second, third = late_orders(company, "A-1", "A-2", "A-3")
    on_shift(company, "Boris")
    assert set(Escalation.objects.values_list("order", flat=True)) == {first.pk, second.pk, third.pk}
    log_in(visit, company.lead)

    # It burns, and the page says why and who was told.
    expect(visit.locator(".due-late").first).to_be_visible()
    visit.get_by_role("link", name=first.ref, exact=True).first.click()
    escalations = visit.get_by_label("Escalations")
    expect(escalations).to_contain_text("The stage takes longer than allowed")
    expect(escalations).to_contain_text("The lead of the team")
    expect(visit.get_by_label("Why this owner")).to_contain_text("Anna")

    # It goes to another manager, and what climbed is closed with a reason.
    visit.get_by_role("button", name="Reassign").click()
    window = visit.get_by_role("dialog")
    window.get_by_role("radio", name="Boris").check()
    window.get_by_role("button", name="Give", exact=True).click()
    expect(visit.get_by_text(f"{first.ref} has its new owner.")).to_be_visible()
    visit.get_by_label("Escalations").get_by_role("button", name="Resolve").click()
    window = visit.get_by_role("dialog")
    window.get_by_label("agreed with the manager").check()
    window.get_by_role("button", name="Resolve").click()
    expect(visit.get_by_label("Escalations")).to_have_count(0)
    assert owner_of(first) == "Boris"

    # Another one is put off until a moment, from the inbox, in words of one's own.
    visit.get_by_title("Inbox").click()
    rows = visit.get_by_label("Escalated to you").locator(".inbox-row")
    expect(rows).to_have_count(2)
    rows.filter(has_text=second.ref).get_by_role("button", name="Snooze").click()
    window = visit.get_by_role("dialog")
    expect(window).to_contain_text(f"Snooze: {second.ref}")
    window.get_by_label("for three hours").check()
    expect(window.get_by_placeholder("In words")).to_be_hidden()
    window.get_by_label("another reason").check()
    window.get_by_placeholder("In words").fill("The seller calls back at noon")
    window.get_by_role("button", name="Snooze").click()
    expect(visit.get_by_text(f"{second.ref} is silent for a while.")).to_be_visible()

    # The last one is taken in hand: nothing waits any more.
    visit.get_by_label("Escalated to you").get_by_role("button", name="I am at it").click()
    expect(visit.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(visit.locator(".top .count")).to_have_count(0)

    assert Snooze.objects.get().why == "The seller calls back at noon"
    states = dict(Escalation.objects.filter(trigger="stage").values_list("order", "state"))
    assert states[first.pk] == EscalationState.RESOLVED
    assert states[third.pk] == EscalationState.ACKNOWLEDGED
    loop.look([first.pk, second.pk, third.pk], clock.now())


def test_a_turn_on_duty_is_written_by_pressing_a_day(company: Company, visit: Page) -> None:
    log_in(visit, company.lead)
    visit.locator("#nav-sidebar").get_by_role("link", name="On duty").click()
    expect(visit.get_by_text("Nobody is on duty now")).to_be_visible()

    visit.get_by_label("The week after").click()
    visit.locator(".week .add").nth(2).click()
    window = visit.get_by_role("dialog")
    expect(window.get_by_label("Lead")).to_have_value(str(company.lead.pk))
    window.get_by_role("button", name="Write it down").click()

    expect(visit.get_by_text("The turn on duty is written down.")).to_be_visible()
    expect(visit.locator(".week .shift")).to_have_count(1)
    visit.get_by_role("button", name="Remove").click()
    expect(visit.locator(".week .shift")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_the_ladder_is_wider_than_the_screen(
    company: Company, visit: Page, theme: str, width: int
) -> None:
    on_shift(company, "Anna", hours_ago=40)
    (order,) = late_orders(company, "A-1")
    log_in(visit, company.lead)
    visit.set_viewport_size({"width": width, "height": 900})
    visit.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
    root = visit.url

    for address in ("inbox/", f"orders/order/{order.pk}/change/", "duty/", "sla/matrix/1/change/"):
        visit.goto(root + address)
        assert visit.evaluate("document.documentElement.scrollWidth") <= width, address
