"""The panel in a real browser: nothing is asked of the outside, no script complains."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, Request, expect

from assignment.models import Manager
from core import clock
from core.models import User
from core.roles import DECIDER
from tests.stories.company import Company

PASSWORD = "correct horse battery staple"


@pytest.fixture
def company(transactional_db: None) -> Company:
    """A company of this very moment: the server in the other thread has no virtual clock."""
    cache.clear()
    company = Company(now=clock.now())
    company.person("Zoya", DECIDER)
    return company


def on_shift(company: Company, name: str, *, hours_ago: int = 4) -> Manager:
    """A manager who has been on shift for some hours and stays for eight more."""
    now = clock.now()
    return company.manager(name, (now - timedelta(hours=hours_ago), now + timedelta(hours=8)))


@pytest.fixture
def visit(live_server: Any, page: Page) -> Iterator[Page]:
    """A page of the panel which at the end must have kept to this machine and met no error."""
    outside: list[str] = []
    complaints: list[str] = []
    asked: set[Request] = set()

    def note(request: Request) -> None:
        asked.add(request)
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            outside.append(request.url)

    def answered(request: Request) -> None:
        asked.discard(request)

    page.on("request", note)
    page.on("requestfinished", answered)
    page.on("requestfailed", answered)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None
    )
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    page.goto(f"{live_server.url}/admin/login/")
    yield page
    # Pages that look for news by themselves: the tables are emptied only when nobody reads them any more.
    while asked:
        page.wait_for_timeout(20)
    assert outside == []
    assert complaints == []


def log_in(page: Page, user: User) -> None:
    user.set_password(PASSWORD)
    user.language = "en"
    user.save()
    page.locator("input[name=username]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.locator("#nav-sidebar").wait_for(state="attached")
