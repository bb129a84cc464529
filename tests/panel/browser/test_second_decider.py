"""A set-up with a single decider in the hands of whoever completes it."""

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from core.roles import DECIDER
from tests.panel.browser.conftest import log_in, on_shift
from tests.panel.visitor import with_a_single_decider
from tests.stories.company import Company

pytestmark = pytest.mark.browser


def test_after_the_log_in_a_second_decider_is_put_off_and_then_named(company: Company, visit: Page) -> None:
    with_a_single_decider()
    anna = on_shift(company, "Anna")
    root = User.objects.create(username="root", first_name="Root", is_staff=True, is_superuser=True)

    log_in(visit, root)
    expect(visit.get_by_label("Why")).to_contain_text("Only one person decides about money and risk, Olga")
    expect(visit.get_by_label("Who could decide")).to_contain_text("operations lead")
    visit.set_viewport_size({"width": 390, "height": 800})
    assert visit.evaluate("document.documentElement.scrollWidth") == 390
    visit.set_viewport_size({"width": 1280, "height": 800})

    # Put off: the overview opens, and both the banner and the inbox still ask for it.
    visit.get_by_role("button", name="Not now").click()
    expect(visit.get_by_role("alert").first).to_contain_text("Only one person decides")
    visit.get_by_title("Inbox").click()
    section = visit.get_by_label("The set-up is not complete")
    expect(section).to_contain_text("Name a second decider")

    section.get_by_role("link", name="Name them").click()
    visit.get_by_role("button", name="Name: Anna").click()
    expect(visit.get_by_text("Named to decide about money and risk: Anna.")).to_be_visible()
    assert anna.user.groups.filter(name=DECIDER).exists()
    visit.get_by_title("Inbox").click()
    expect(visit.get_by_text("Nothing waits for you.")).to_be_visible()
