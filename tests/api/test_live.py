"""Over real HTTP: several callers at once, bodies without a length, and a database that is not there."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.parts.ports import free_ports
from core import clock
from core.models import Entry
from core.roles import LEAD
from orders.models import Approval, Order, Payment, StatusEvent
from rop.audit import audit
from tests.api.client import NEW_ORDER, agent, person
from tests.stories.company import HOUR, Company, loads
from tests.stories.dealing import ask, awaiting, finance

PROJECT = Path(__file__).resolve().parent.parent.parent

SERVER = """
import sys
from wsgiref.simple_server import make_server
from config.wsgi import application
make_server("127.0.0.1", int(sys.argv[1]), application).serve_forever()
"""


def call(
    port: int, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        sent = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {key}"} if key else {}),
            **headers,
        }
        connection.request(method, f"/api/v1/{path}", body, headers=sent)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())
    finally:
        connection.close()


@contextmanager
def served(**environment: str) -> Iterator[int]:
    """A web process of its own; stopped at the end."""
    (port,) = free_ports(1)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _turn in range(300):
        assert server.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


def test_without_a_database_nothing_is_acknowledged() -> None:
    (nobody,) = free_ports(1)
    with served(DATABASE_URL=f"postgres://rop_app@127.0.0.1:{nobody}/rop", ROP_PROCESS="web") as port:
        key = "rop_abcdefghij_" + "x" * 43
        answers = [
            call(port, "GET", "orders/", key=key),
            call(port, "POST", "orders/", json.dumps(NEW_ORDER), key=key),
            call(
                port,
                "POST",
                "orders/batch/",
                json.dumps({"orders": [NEW_ORDER]}),
                key=key,
                **{"Idempotency-Key": "a"},
            ),
        ]
        unknown, _headers, not_there = call(port, "GET", "nothing/")

    for status, headers, body in answers:
        assert (status, body["code"], headers["Content-Type"]) == (
            503,
            "unavailable",
            "application/problem+json",
        )
        assert int(headers["Retry-After"]) > 0
    assert (unknown, not_there["code"]) == (404, "no_such_address")


@pytest.fixture
def company(transactional_db: None) -> Company:
    """The real clock rules here: three managers are on shift now."""
    company = Company(now=clock.now())
    for name in ("Anna", "Boris", "Vera"):
        company.manager(name, (company.now - HOUR, company.now + 8 * HOUR), capacity=1000)
    return company


def port_of(live_server: Any) -> int:
    return int(live_server.url.rpartition(":")[2])


def test_eight_callers_at_once_leave_every_order_owned_and_the_load_even(
    company: Company, live_server: Any
) -> None:
    key, port = agent(company).key, port_of(live_server)

    def bring(number: int) -> int:
        return call(
            port, "POST", "orders/", json.dumps({**NEW_ORDER, "external_id": f"W-{number}"}), key=key
        )[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(bring, range(60)))

    assert statuses == [201] * 60
    assert Order.objects.filter(assigned_manager__isnull=True).count() == 0
    assert {load for load, _offers, _open in loads().values()} == {20}
    assert {name: count for name, count in audit(now=clock.now()).counts.items() if count} == {}


def test_a_body_without_a_length_is_asked_for_one(company: Company, live_server: Any) -> None:
    key = agent(company).key
    pieces = iter([json.dumps(NEW_ORDER).encode()])

    status, _headers, body = call(port_of(live_server), "POST", "orders/", pieces, key=key)

    assert (status, body["code"]) == (411, "length_required")


def test_a_body_that_is_too_large_is_refused_before_it_was_sent(company: Company, live_server: Any) -> None:
    with socket.create_connection(("127.0.0.1", port_of(live_server)), timeout=10) as line:
        line.sendall(
            b"POST /api/v1/orders/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + agent(company).key.encode() + b"\r\nContent-Length: 10485760\r\n\r\n{"
        )
        answer = line.recv(4096).decode()

    assert answer.startswith("HTTP/1.1 413")


def test_the_document_and_its_page_are_served_without_a_key(company: Company, live_server: Any) -> None:
    port = port_of(live_server)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/api/v1/docs/")
        page = connection.getresponse()

        assert (page.status, b"swagger" in page.read().lower()) == (200, True)
    status, _headers, document = call(port, "GET", "schema/?format=json")
    assert (status, document["openapi"][:2]) == (200, "3.")


def test_twenty_answers_at_once_carry_out_what_was_asked_for_once(company: Company, live_server: Any) -> None:
    """Two leads press at the same time, each ten times."""
    order = awaiting(company)
    asked = ask(company, order, "reinspect")
    leads = [company.lead, company.person("Pavel", LEAD)]
    keys, port = [person(company, lead).key for lead in leads], port_of(live_server)
    body = json.dumps({"answer": "approve", "hash": asked.shown_hash})

    def answer(number: int) -> tuple[int, str]:
        status, _headers, said = call(
            port, "POST", f"approvals/{asked.pk}/decide/", body, key=keys[number % 2]
        )
        return status, said.get("code") or said["decided_by"]["name"]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(answer, range(20)))

    decided = Approval.objects.select_related("decided_by").get()
    assert decided.decided_by is not None
    # Whoever waited too long for the order was told so, and nothing was done.
    assert set(answers) - {(503, "unavailable")} <= {
        (200, decided.decided_by.first_name),
        (409, "decided_already"),
    }
    assert (200, decided.decided_by.first_name) in answers
    assert StatusEvent.objects.filter(order=order, route="reinspect").count() == 1
    assert Entry.objects.filter(kind="command.approval_decide", output__result__isnull=True).count() == 1
    assert {name: count for name, count in audit(now=clock.now()).counts.items() if count} == {}


def test_twenty_payments_of_one_document_at_once_are_one(company: Company, live_server: Any) -> None:
    order = awaiting(company)
    key, port = person(company, finance(company)).key, port_of(live_server)
    paid = {
        "amount": "125000.00",
        "currency": "RUB",
        "paid_at": company.now.isoformat(),
        "document": "118",
    }

    def record(_number: int) -> tuple[int, Any]:
        status, _headers, said = call(
            port, "POST", f"orders/{order.ref}/payments/", json.dumps(paid), key=key
        )
        return status, said.get("id") or said.get("payment")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(record, range(20)))

    payment = Payment.objects.get()
    assert answers.count((201, payment.pk)) == 1
    # The others are told which payment is there already, but for those that could not wait for the row.
    assert set(answers) - {(503, None)} == {(201, payment.pk), (409, payment.pk)}
