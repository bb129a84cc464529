"""The documentation is read in a browser, under our content security policy."""

from typing import Any

import pytest


@pytest.mark.browser
def test_the_page_lists_the_doors_without_breaking_a_rule(live_server: Any, page: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    page.goto(f"{live_server.url}/api/v1/docs/")
    page.get_by_text("/orders/batch/", exact=False).first.wait_for()

    assert page.locator(".opblock").count() >= 11
    assert complaints == []
