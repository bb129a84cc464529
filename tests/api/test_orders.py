"""Orders through the API: they come in once, are found, and are shown to whom they may be shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Entry
from orders.models import Order, StatusEvent
from tests.api.client import NEW_ORDER, Caller, agent, person, problem
from tests.stories.company import HOUR, Company, loads, moment, owner_of
from tests.stories.inspecting import UNTOUCHED


def test_a_new_order_is_answered_with_its_owner_deadline_and_next_step(
    company: Company, intake: Caller
) -> None:
    anna = company.manager("Anna").user

    response = intake.post("orders/", {**NEW_ORDER, "price": "125000.00", "severity": "high"})

    assert response.status_code == 201
    body = response.json()
    order = Order.objects.get()
    assert body["ref"] == f"R-{order.pk}"
    assert body["external_id"] == "A-1"
    assert (body["status"], body["severity"]) == ("pending_manager", "high")
    assert body["owner"] == {"id": anna.pk, "name": "Anna"}
    # 20 minutes of her shift for a high one, from noon in Moscow.
    assert body["due_at"] == "2026-03-02T09:20:00Z"
    step = body["next_action"]
    assert (step["code"], step["whose"], step["due_at"], step["missing"]) == (
        "accept_order",
        "person",
        "2026-03-02T09:20:00Z",
        [],
    )
    assert step["who"] == body["owner"]
    assert step["title"]
    assert body["status_since"] == body["moved_at"] == "2026-03-02T09:00:00Z"
    assert (body["price"], body["currency"]) == ("125000.00", "RUB")
    assert body["version"] == order.version


def test_its_event_and_entry_say_who_brought_it_and_through_which_door(
    company: Company, intake: Caller
) -> None:
    intake.post("orders/", NEW_ORDER)

    event = StatusEvent.objects.get()
    assert (event.route, event.actor_kind, event.door) == ("intake", "agent", "api")
    assert event.actor_id is not None
    assert Entry.objects.get(kind="command.intake").actor_id == event.actor_id


def test_with_nobody_at_work_it_says_so_loudly(company: Company, intake: Caller) -> None:
    body = intake.post("orders/", NEW_ORDER).json()

    assert body["owner"] is None
    assert (body["next_action"]["code"], body["next_action"]["whose"]) == ("assign_manager", "rop")
    assert [missing["code"] for missing in body["next_action"]["missing"]] == ["owner"]
    # Ten minutes to find somebody.
    assert body["next_action"]["due_at"] == "2026-03-02T09:10:00Z"


def test_the_same_order_again_is_the_same_order(company: Company, intake: Caller) -> None:
    company.manager("Anna")
    first = intake.post("orders/", {**NEW_ORDER, "price": 100, "ordered_at": "2026-03-01T12:00:00+03:00"})

    # Other spellings of the same values.
    again = intake.post(
        "orders/",
        {
            **NEW_ORDER,
            "client_name": " Ivan Ivanov ",
            "price": "100.00",
            "ordered_at": "2026-03-01T09:00:00Z",
        },
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Order.objects.count() == 1
    assert loads() == {"Anna": (1, 1, 1)}


def test_the_same_external_id_with_other_data_is_a_conflict_that_names_it(
    company: Company, intake: Caller
) -> None:
    intake.post("orders/", NEW_ORDER)

    response = intake.post("orders/", {**NEW_ORDER, "item": "Lens"})

    assert problem(response) == (409, "external_id_conflict", [("external_id", "external_id_conflict")])
    assert response.json()["external_ids"] == ["A-1"]
    assert Order.objects.get().item == "Camera"


# ── many at once ──


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{**NEW_ORDER, "external_id": f"B-{number}", **more} for number in range(count)]


def test_a_batch_is_answered_in_the_order_given_and_every_order_has_an_owner(
    company: Company, intake: Caller
) -> None:
    for name in ("Anna", "Boris", "Vera"):
        company.manager(name)
    given = rows(30)[::-1]

    response = intake.post("orders/batch/", {"orders": given})

    assert response.status_code == 201
    answered = response.json()["orders"]
    assert [row["external_id"] for row in answered] == [row["external_id"] for row in given]
    assert {row["ref"]: row["external_id"] for row in answered} == {
        order.ref: order.external_id for order in Order.objects.all()
    }
    assert loads() == {"Anna": (10, 10, 10), "Boris": (10, 10, 10), "Vera": (10, 10, 10)}
    assert company.audit() == {}


def test_the_same_batch_again_makes_no_second_order(company: Company, intake: Caller) -> None:
    company.manager("Anna")
    first = intake.post("orders/batch/", {"orders": rows(5)}).json()["orders"]

    again = intake.post("orders/batch/", {"orders": rows(6)})

    assert again.status_code == 201
    received = again.json()["orders"]
    assert [row["ref"] for row in received[:5]] == [row["ref"] for row in first]
    assert [row["created"] for row in received] == [False] * 5 + [True]
    assert Order.objects.count() == 6


def test_one_bad_row_among_a_thousand_is_named_and_nothing_is_written(
    company: Company, intake: Caller
) -> None:
    given = rows(1000)
    given[617] = {**given[617], "price": "-5", "item": ""}

    response = intake.post("orders/batch/", {"orders": given})

    assert problem(response) == (
        400,
        "invalid",
        [("orders[617].price", "min_value"), ("orders[617].item", "blank")],
    )
    assert [(error["index"], error["external_id"]) for error in response.json()["errors"]] == [
        (617, "B-617")
    ] * 2
    assert not Order.objects.exists()


def test_every_bad_row_is_named(company: Company, intake: Caller) -> None:
    given = [rows(1)[0], 5, {**NEW_ORDER, "status": "delivered"}, {"external_id": "B-0"}, None]

    status, code, errors = problem(intake.post("orders/batch/", {"orders": given}))

    assert (status, code) == (400, "invalid")
    assert errors == [
        ("orders[1]", "not_an_object"),
        ("orders[2].status", "unknown"),
        ("orders[3].client_name", "required"),
        ("orders[3].item", "required"),
        ("orders[3].external_id", "duplicate"),
        ("orders[4]", "not_an_object"),
    ]
    assert not Order.objects.exists()


def test_1001_orders_are_too_many(company: Company, intake: Caller) -> None:
    response = intake.post("orders/batch/", {"orders": rows(1001)})

    assert problem(response) == (400, "invalid", [("orders", "max_items")])


def test_a_conflict_in_a_batch_names_the_orders_and_writes_none(company: Company, intake: Caller) -> None:
    intake.post("orders/batch/", {"orders": rows(3)})

    response = intake.post("orders/batch/", {"orders": [*rows(2, item="Lens"), *rows(9)[3:]]})

    assert problem(response)[:2] == (409, "external_id_conflict")
    assert response.json()["external_ids"] == ["B-0", "B-1"]
    assert Order.objects.count() == 3


# ── finding ──


@pytest.fixture
def lead(company: Company) -> Caller:
    return person(company, company.lead)


def refs(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["external_id"] for row in response.json()["results"]]


def test_a_list_is_newest_first_and_goes_on_by_its_links(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    company.receive(*[f"A-{number}" for number in range(7)])

    first = lead.get("orders/", {"page_size": "3"})
    second = lead.get(first.json()["next"])
    third = lead.get(second.json()["next"])
    back = lead.get(third.json()["previous"])

    assert (refs(first), refs(second), refs(third)) == (["A-6", "A-5", "A-4"], ["A-3", "A-2", "A-1"], ["A-0"])
    assert refs(back) == refs(second)
    assert (first.json()["count"], first.json()["count_is_exact"]) == (7, True)
    assert (first.json()["previous"], third.json()["next"]) == (None, None)
    assert refs(lead.get("orders/", {"page": "2", "page_size": "3"})) == refs(second)
    assert refs(lead.get("orders/", {"page": "4", "page_size": "3"})) == []


def test_a_page_that_is_followed_does_not_move_when_new_orders_come(company: Company, lead: Caller) -> None:
    company.receive("A-0", "A-1", "A-2")
    following = lead.get("orders/", {"page_size": "2"}).json()["next"]

    company.receive("A-3")

    assert refs(lead.get(following)) == ["A-0"]


def test_orders_are_found_by_what_people_know_of_them(company: Company, lead: Caller) -> None:
    company.receive("SITE-42")
    order = Order.objects.get()
    Order.objects.filter(pk=order.pk).update(
        client_name="Анна Петрова", client_contact="+7 916 123-45-67", item="Leica M6 серебро"
    )
    company.receive("OTHER-1")

    for term in ("петров", "123-45", "LEICA сереб", "site-4", order.ref, f"r{order.pk}", str(order.pk)):
        assert refs(lead.get("orders/", {"q": term})) == ["SITE-42"], term
    assert refs(lead.get("orders/", {"q": "петров нет такого"})) == []
    assert refs(lead.get("orders/", {"q": "100%"})) == []


def test_filters_narrow_the_list(company: Company, lead: Caller) -> None:
    anna = company.manager("Anna")
    accepted, offered = company.receive("A-1"), company.receive("A-2")
    company.accept(accepted[0], anna)

    assert refs(lead.get("orders/", {"status": "under_inspection"})) == ["A-1"]
    assert refs(lead.get("orders/", {"status": "pending_manager,under_inspection"})) == ["A-2", "A-1"]
    assert refs(lead.get("orders/", {"owner": str(anna.user_id)})) == ["A-2", "A-1"]
    assert refs(lead.get("orders/", {"owner": "none"})) == []
    assert refs(lead.get("orders/", {"severity": "critical"})) == []
    assert owner_of(offered[0]) == "Anna"


def test_stuck_orders_are_those_without_a_movement_for_longer(company: Company, lead: Caller) -> None:
    company.receive("A-1")
    company.now = moment("12:00", day=1)
    assert refs(lead.get("orders/", {"stuck": "24"})) == []

    company.now += HOUR

    assert refs(lead.get("orders/", {"stuck": "24"})) == ["A-1"]
    assert refs(lead.get("orders/", {"stuck": "72"})) == []


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"status": "lost"}, ("status", "unknown_choice")),
        ({"stuck": "25"}, ("stuck", "unknown_choice")),
        ({"owner": "99999999999999999999"}, ("owner", "not_an_integer")),
        ({"owner": "Anna"}, ("owner", "not_an_integer")),
        ({"page": "0"}, ("page", "out_of_range")),
        ({"page": "-1"}, ("page", "not_an_integer")),
        ({"page": "²"}, ("page", "not_an_integer")),
        ({"page": "9999"}, ("page", "too_far")),
        ({"page_size": "201"}, ("page_size", "out_of_range")),
        ({"q": "ab"}, ("q", "min_length")),
        ({"q": "a\x00b"}, ("q", "nul_character")),
        ({"q": "я" * 201}, ("q", "max_length")),
        ({"before": "12x"}, ("before", "not_a_ref")),
        ({"statsu": "lost"}, ("statsu", "unknown")),
    ],
)
def test_a_filter_that_can_not_be_meant_is_refused(
    lead: Caller, query: dict[str, str], error: tuple[str, str]
) -> None:
    assert problem(lead.get("orders/", query)) == (400, "invalid", [error])


def queries(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = call()
    assert response.status_code in (200, 201), response.content
    return len(captured)


def test_an_order_is_one_question_for_each_thing_that_there_is_of_it(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    order = company.order()
    lead.get(f"orders/{order.ref}/")

    # Who asks is five of them; then the order, of which kinds there is anything, the deal, the ladder.
    assert queries(lambda: lead.get(f"orders/{order.ref}/")) <= 9


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    company.receive("A-0")
    lead.get("orders/")
    one = queries(lambda: lead.get("orders/"))

    company.receive(*[f"A-{number}" for number in range(1, 60)])

    assert queries(lambda: lead.get("orders/")) == one
    assert one <= 8


def test_a_batch_costs_the_same_number_of_queries_up_to_a_hundred(company: Company, intake: Caller) -> None:
    company.manager("Anna", capacity=1000)
    intake.post("orders/batch/", {"orders": rows(2)})
    two = queries(
        lambda: intake.post(
            "orders/batch/", {"orders": [{**row, "external_id": f"C{n}"} for n, row in enumerate(rows(2))]}
        )
    )

    hundred = queries(
        lambda: intake.post(
            "orders/batch/", {"orders": [{**row, "external_id": f"D{n}"} for n, row in enumerate(rows(100))]}
        )
    )

    assert hundred == two


# ── who sees what ──


def test_a_manager_sees_own_orders_only(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order("A-1")
    boris = company.manager("Boris")
    token, stranger = person(company, anna.user), person(company, boris.user)

    assert refs(token.get("orders/")) == ["A-1"]
    assert token.get(f"orders/{order.ref}/").json()["ref"] == order.ref
    assert refs(stranger.get("orders/")) == []
    assert problem(stranger.get(f"orders/{order.ref}/"))[:2] == (404, "not_found")
    assert stranger.get(f"orders/{order.ref}/").json() == {
        **stranger.get("orders/R-999999/").json(),
    }


def test_an_agent_sees_all_orders(company: Company) -> None:
    company.manager("Anna")
    order = company.order("A-1")
    ceo = agent(company, "ai_ceo", "orders:read")

    assert refs(ceo.get("orders/")) == ["A-1"]
    assert ceo.get(f"orders/{order.ref}/").status_code == 200


def test_an_order_shows_the_routes_that_its_reader_may_take_and_what_they_lack(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order("A-1"), anna)

    routes = {
        row["route"]: row for row in person(company, anna.user).get(f"orders/{order.ref}/").json()["routes"]
    }

    assert set(routes) == {"complete_inspection", "return_to_queue", "cancel"}
    assert [item["code"] for item in routes["complete_inspection"]["missing"]] == [*UNTOUCHED]
    assert [item["code"] for item in routes["return_to_queue"]["missing"]] == ["reason"]
    assert agent(company).get(f"orders/{order.ref}/").json()["routes"] == []
