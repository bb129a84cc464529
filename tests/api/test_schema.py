"""The OpenAPI document is valid, complete, and says what is really sent."""

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework.views import APIView

from core.api.views import ApiView, NoSuchAddress
from core.scopes import SCOPES
from tests.api.client import NEW_ORDER, Caller, agent, person
from tests.api.doors import ROWS, world
from tests.stories.company import Company
from tests.stories.inspecting import answer, answers, attach, attach_all, conclude, under_inspection


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def views() -> dict[str, type[ApiView]]:
    """Our doors by path."""
    found = {}
    (api,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]
    for entry in api.url_patterns:
        view = getattr(entry.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, ApiView) and view is not NoSuchAddress:
            found[str(entry.pattern)] = view
    return found


def test_it_is_valid_and_nothing_in_it_had_to_be_guessed(tmp_path: Any) -> None:
    call_command(
        "spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"), skip_checks=True
    )


def test_every_door_is_described_with_its_key_and_its_problems(document: dict[str, Any]) -> None:
    described = {path: set(item) for path, item in document["paths"].items()}
    assert len(described) >= len(views())
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path in ("/api/v1/schema/", "/api/v1/docs/"):
                continue
            assert operation["summary"], path
            assert operation["security"] == [{"key": []}], path
            assert {"401", "403", "429", "503"} <= set(operation["responses"]), path
            problem = operation["responses"]["401"]["content"]["application/problem+json"]["schema"]
            assert problem["$ref"].endswith("/Problem")
            if method == "post":
                assert {"400", "409", "413", "415", "422"} <= set(operation["responses"]), path
                assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]], path


def test_every_door_names_a_known_scope_for_each_of_its_methods() -> None:
    for path, view in views().items():
        methods = {method.upper() for method in ("get", "post") if hasattr(view, method)}
        assert set(view.scopes) == methods, path
        assert set(view.scopes.values()) <= set(SCOPES), path


def test_every_post_takes_an_idempotency_key() -> None:
    for path, view in views().items():
        post = getattr(view, "post", None)
        assert post is None or hasattr(post, "__wrapped__"), path


def test_all_doors_are_ours() -> None:
    assert all(issubclass(view, APIView) for view in views().values())
    assert len(views()) >= 11


def fields(document: dict[str, Any], name: str) -> set[str]:
    return set(document["components"]["schemas"][name]["properties"])


def test_what_is_described_is_what_is_sent(company: Company, document: dict[str, Any]) -> None:
    anna = company.manager("Anna")
    intake: Caller = agent(company)
    lead = person(company, company.lead)
    order = intake.post("orders/", NEW_ORDER).json()
    page = lead.get("orders/").json()
    seen = lead.get(f"orders/{order['ref']}/explain/").json()
    task = {"title": "Call", "owner": anna.user_id, "due_at": "2026-03-02T18:00:00Z"}

    assert set(order) == fields(document, "OrderDetail")
    assert set(order["next_action"]) == fields(document, "NextAction")
    assert set(page) == fields(document, "OrdersPage")
    assert set(page["results"][0]) == fields(document, "Order")
    assert set(seen["assignment"]) == fields(document, "Assignment")
    assert set(seen["clocks"][0]) == fields(document, "Clock")
    assert set(seen["clocks"][0]["segments"][0]) == fields(document, "Segment")
    assert set(seen["next"][0]) == fields(document, "Next")
    assert set(lead.post(f"orders/{order['ref']}/notes/", {"text": "a"}).json()) == fields(document, "Note")
    assert set(lead.post(f"orders/{order['ref']}/tasks/", task).json()) == fields(document, "Task")
    assert set(lead.get("orders/R-99/").json()) <= fields(document, "Problem")


def test_what_is_described_of_an_inspection_is_what_is_sent(
    company: Company, document: dict[str, Any]
) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    attach(company, order, 1, seed=1)
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order)
    lead = person(company, company.lead)
    contact = {"whom": "seller", "channel": "phone", "outcome": "reached"}

    inspection = lead.get(f"orders/{order.ref}/inspection/").json()
    group = inspection["groups"][0]
    point = group["points"][0]
    assert set(inspection) == fields(document, "Inspection")
    assert set(inspection["verdict"]) == fields(document, "Verdict")
    assert set(group) == fields(document, "Group")
    assert set(point) == fields(document, "Point")
    assert set(point["answer"]) == fields(document, "Answer")
    assert set(point["files"][0]) == fields(document, "Evidence")
    assert set(lead.post(f"orders/{order.ref}/contacts/", contact).json()) == fields(document, "Contact")
    form = document["components"]["schemas"]["EvidenceFormRequest"]["properties"]
    assert set(form) == {"file", "point", "purpose"}


def test_what_is_described_of_a_deal_is_what_is_sent(company: Company, document: dict[str, Any]) -> None:
    everything = world(company)
    sent = {
        "Deal": ("GET", "", "deal"),
        "Approval": ("GET", "approvals/", 0),
        "Blocker": ("GET", "blockers/", 0),
        "Payment": ("GET", "payments/", 0),
        "PaymentList": ("GET", "payments/", None),
        "ClientDecision": ("POST", "client-decision/", None),
        "Price": ("POST", "price/", None),
        "Payout": ("POST", "payouts/", None),
        "Logistics": ("POST", "logistics/", None),
        "Opinion": ("POST", "opinions/", None),
    }
    ref = everything.orders["awaiting"].ref
    bodies = {row.pattern: row.body for row in ROWS if row.method == "POST"}
    caller = {"price/": "lead", "payouts/": "finance", "opinions/": "ai_grc", "payments/": "finance"}

    for name, (method, path, part) in sent.items():
        who = everything.callers[caller.get(path, "owner")]
        address = f"orders/{ref}/{path}"
        body = bodies.get("orders/<ref:ref>/" + path)
        response = who.get(address) if method == "GET" else who.post(address, body)
        answer = response.json()
        if part is not None:
            answer = answer["results"][part] if isinstance(part, int) else answer[part]
        assert set(answer) == fields(document, name), name
    elsewhere = {"Tracking": ("moving", "tracking/"), "Claim": ("arrived", "claims/")}
    for name, (order, path) in elsewhere.items():
        address = f"orders/{everything.orders[order].ref}/{path}"
        answer = everything.callers["owner"].post(address, bodies["orders/<ref:ref>/" + path]).json()
        assert set(answer) == fields(document, name), name


def test_the_bodies_that_are_described_are_those_that_are_read(document: dict[str, Any]) -> None:
    from_policy = set(document["components"]["schemas"]["NewOrderRequest"]["properties"])

    assert from_policy == {
        "external_id", "client_name", "client_contact", "item", "price", "currency", "severity",
        "seller_name", "seller_contact", "comment", "ordered_at",
    }  # fmt: skip
