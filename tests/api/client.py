"""A caller of the API, as it is from outside: a key, JSON, and the moment of the virtual clock."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from core import clock
from core.models import User
from core.scopes import PERSONAL
from core.services.keys import key_issue
from tests.stories.company import Company

ROOT = "/api/v1"
INTAKE = ("orders:read", "orders:write")

NEW_ORDER = {"external_id": "A-1", "client_name": "Ivan Ivanov", "item": "Camera"}


@dataclass
class Caller:
    company: Company
    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, query: Any = None, **headers: str) -> HttpResponse:
        return self._call("get", path, query, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """`body` is sent as it is when it is bytes, as JSON otherwise."""
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self._call("post", path, raw, headers)

    def _call(self, method: str, path: str, data: Any, headers: dict[str, str]) -> HttpResponse:
        sent = {**({"Authorization": f"Bearer {self.key}"} if self.key else {}), **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/json")
        with clock.fixed(self.company.now):
            call = getattr(self.client, method)
            path = path.removeprefix("http://testserver")
            address = path if path.startswith("/") else f"{ROOT}/{path}"
            response: HttpResponse = (
                call(address, data, content_type=kind, headers=sent)
                if method == "post"
                else call(address, data, headers=sent)
            )
        return response


def problem(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and the (field, code) of each error; checks that it is a problem at all."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:ai-rop:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    return body["status"], body["code"], [(error["field"], error["code"]) for error in body["errors"]]


def agent(company: Company, name: str = "intake", *scopes: str) -> Caller:
    """The caller with an agent's key."""
    _key, plain = key_issue(name=name, source=name, scopes=scopes or INTAKE, now=company.now)
    return Caller(company, plain)


def person(company: Company, user: User, *scopes: str) -> Caller:
    """The caller with a person's token."""
    _key, plain = key_issue(
        name=f"token-{user.username}", user=user, scopes=scopes or PERSONAL, now=company.now
    )
    return Caller(company, plain)
