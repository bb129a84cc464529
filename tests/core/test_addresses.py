"""Whom a request is counted for."""

import pytest
from django.test import RequestFactory, override_settings

from core.addresses import client_address


@pytest.mark.parametrize(
    ("is_behind", "forwarded", "address"),
    [
        (False, "203.0.113.9", "127.0.0.1"),
        (True, None, "127.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "203.0.113.9, <script>", "127.0.0.1"),
        (True, "", "127.0.0.1"),
    ],
)
def test_only_what_our_proxy_saw_is_believed(is_behind: bool, forwarded: str | None, address: str) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers)

    with override_settings(BEHIND_PROXY=is_behind):
        assert client_address(request) == address
