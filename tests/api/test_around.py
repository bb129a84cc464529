"""What fails around the views of REST is a problem too; people get a page."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings

from tests.api.client import problem

FAILED: list[Exception] = []
"""What the middleware below raises next."""


def failing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        raise FAILED[0]

    return middleware


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (SuspiciousOperation("the cookie"), 400, "invalid"),
        (PermissionDenied("not you"), 403, "no_permission"),
        (Http404("nowhere"), 404, "not_found"),
        (OperationalError("no database"), 503, "unavailable"),
        (KeyError("secret"), 500, "internal"),
    ],
)
def test_what_middleware_raises_is_a_problem_below_api_and_a_page_elsewhere(
    failure: Exception, status: int, code: str
) -> None:
    FAILED[:] = [failure]
    client = Client(raise_request_exception=False)
    with override_settings(MIDDLEWARE=["tests.api.test_around.failing"]):
        api, page = client.get("/api/v1/orders/"), client.get("/admin/")

    assert problem(api) == (status, code, [])
    assert "secret" not in api.content.decode()
    assert page.status_code == min(status, 500)
    assert page["Content-Type"].startswith("text/html")


def test_a_host_that_is_not_ours_is_a_problem() -> None:
    answer = Client(SERVER_NAME="elsewhere.example").get("/api/v1/orders/")

    assert problem(answer)[:2] == (400, "invalid")
