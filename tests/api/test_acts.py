"""What people do through the API: the same services, the same refusals, nothing changed by a refusal."""

from typing import Any

import pytest

from core.models import Message
from core.roles import MANAGER
from orders.models import Note, Order, Task
from tests.api.client import Caller, person, problem
from tests.stories.company import Company, owner_of, rounds_of
from tests.stories.inspecting import UNTOUCHED


@pytest.fixture
def lead(company: Company) -> Caller:
    return person(company, company.lead)


def test_an_order_is_accepted_by_its_owner(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()

    response = person(company, anna.user).post(
        f"orders/{order.ref}/routes/accept/", {"version": order.version}
    )

    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["next_action"]["code"]) == ("under_inspection", "contact_seller")
    assert body["version"] == order.version + 1
    assert rounds_of(order) == [("Anna", "accepted")]
    assert company.audit() == {}


def test_an_old_version_is_a_conflict_that_tells_the_one_of_now(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    token = person(company, anna.user)
    token.post(f"orders/{order.ref}/routes/accept/", {"version": order.version})

    response = token.post(f"orders/{order.ref}/routes/accept/", {"version": order.version})

    assert problem(response)[:2] == (409, "stale_version")
    assert response.json()["version"] == order.version + 1


def test_a_refused_route_lists_all_that_is_missing(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order(), anna)

    response = person(company, anna.user).post(
        f"orders/{order.ref}/routes/complete_inspection/", {"version": order.version}
    )

    assert problem(response)[:2] == (422, "route_refused")
    missing = response.json()["missing"]
    assert [item["code"] for item in missing] == [*UNTOUCHED]
    assert all(item["text"] for item in missing)
    order.refresh_from_db()
    assert order.status == "under_inspection"


def test_a_strangers_order_is_not_ones_to_move(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    stranger = person(company, company.manager("Boris").user)

    response = stranger.post(f"orders/{order.ref}/routes/accept/", {"version": order.version})

    assert problem(response)[:2] == (403, "not_yours")
    assert problem(stranger.post(f"orders/{order.ref}/notes/", {"text": "Mine?"}))[:2] == (404, "not_found")
    assert not Note.objects.exists()


def test_there_is_no_such_route_or_order(lead: Caller, company: Company) -> None:
    order = company.order()

    assert problem(lead.post(f"orders/{order.ref}/routes/teleport/", {"version": 1}))[:2] == (
        404,
        "unknown_route",
    )
    assert problem(lead.post("orders/R-99999/routes/accept/", {"version": 1}))[:2] == (404, "not_found")


def test_cancelling_needs_a_reason_from_the_list(company: Company, lead: Caller) -> None:
    order = company.order()

    bare = lead.post(f"orders/{order.ref}/routes/cancel/", {"version": order.version})
    wrong = lead.post(
        f"orders/{order.ref}/routes/cancel/", {"version": order.version, "reason_code": "bored"}
    )
    right = lead.post(
        f"orders/{order.ref}/routes/cancel/", {"version": order.version, "reason_code": "duplicate"}
    )

    assert [item["code"] for item in bare.json()["missing"]] == ["reason_code"]
    assert problem(wrong) == (400, "invalid", [("reason_code", "unknown_choice")])
    assert (right.json()["status"], right.json()["cancel_reason"]) == ("cancelled", "duplicate")


# ── assignment ──


def test_a_lead_gives_an_order_to_a_manager(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    response = lead.post(
        f"orders/{order.ref}/assign/",
        {"manager": boris.user_id, "version": order.version, "reason": "Knows the client"},
    )

    assert response.status_code == 200
    assert response.json()["owner"] == {"id": boris.user_id, "name": "Boris"}
    assert owner_of(order) == "Boris"


def test_refusals_of_assignment_have_their_codes(company: Company, lead: Caller) -> None:
    anna = company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    def assign(manager: int, version: int | None = None) -> tuple[int, str, Any]:
        given = {"manager": manager, "version": version or order.version}
        return problem(lead.post(f"orders/{order.ref}/assign/", given))

    assert assign(company.lead.pk)[:2] == (422, "not_a_manager")
    assert assign(10**15)[:2] == (422, "not_a_manager")
    assert assign(boris.user_id, order.version + 7)[:2] == (409, "stale_version")
    assert assign(anna.user_id)[:2] == (422, "same")
    token = person(company, anna.user)
    refused = token.post(f"orders/{order.ref}/assign/", {"manager": anna.user_id, "version": order.version})
    assert problem(refused)[:2] == (403, "not_yours")


# ── notes, severity, tasks ──


def test_a_note_tells_whom_it_mentions(company: Company, lead: Caller) -> None:
    anna = company.manager("Anna")
    order = company.order()

    response = lead.post(
        f"orders/{order.ref}/notes/", {"text": "Look\nhere", "mentions": [anna.user_id, anna.user_id]}
    )

    assert response.status_code == 201
    assert (response.json()["text"], response.json()["mentions"]) == ("Look\nhere", [anna.user_id])
    assert Message.objects.filter(template="note_mention", person=anna.user).count() == 1


def test_nobody_is_mentioned_who_is_not_there(company: Company, lead: Caller) -> None:
    order = company.order()

    response = lead.post(f"orders/{order.ref}/notes/", {"text": "Look", "mentions": [10**15]})

    assert problem(response) == (400, "invalid", [("mentions", "not_found")])
    assert not Note.objects.exists()


def test_severity_changes_the_deadline(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    order = company.order()

    body = lead.post(
        f"orders/{order.ref}/severity/", {"severity": "critical", "version": order.version}
    ).json()

    # Ten minutes from noon in Moscow.
    assert (body["severity"], body["due_at"]) == ("critical", "2026-03-02T09:10:00Z")
    assert problem(lead.post(f"orders/{order.ref}/severity/", {"severity": "urgent"})) == (
        400,
        "invalid",
        [("severity", "unknown_choice")],
    )


def test_a_task_is_given_and_done_by_its_owner(company: Company, lead: Caller) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.person("Boris", MANAGER)

    given = lead.post(
        f"orders/{order.ref}/tasks/",
        {"title": "Ask for the serial number", "owner": boris.pk, "due_at": "2026-03-02T18:00:00+03:00"},
    )
    done = person(company, boris).post(f"tasks/{given.json()['id']}/done/")

    assert given.status_code == 201
    assert (given.json()["order"], given.json()["status"], given.json()["due_at"]) == (
        order.ref,
        "open",
        "2026-03-02T15:00:00Z",
    )
    assert (done.status_code, done.json()["status"]) == (200, "done")
    assert Task.objects.get().ended_by == boris


def test_refusals_of_tasks_have_their_codes(company: Company, lead: Caller) -> None:
    anna = company.manager("Anna")
    order = company.order()
    body = {"title": "Call", "owner": anna.user_id, "due_at": "2026-03-02T11:00:00+03:00"}

    assert problem(lead.post(f"orders/{order.ref}/tasks/", body))[:2] == (422, "task_refused")
    # Clocks count whole seconds up to 68 years: an order with a task beyond them could not be looked at any more.
    for far in ("2027-03-04T12:00:00+03:00", "9998-12-31T23:59:59Z"):
        late = lead.post(f"orders/{order.ref}/tasks/", {**body, "due_at": far})
        assert problem(late)[:2] == (422, "task_refused")
    named = lead.post(f"orders/{order.ref}/tasks/", {**body, "kind": "Ю <b>"})
    assert problem(named) == (400, "invalid", [("kind", "not_a_slug")])
    assert problem(lead.post(f"orders/{order.ref}/tasks/", {**body, "owner": 10**15})) == (
        400,
        "invalid",
        [("owner", "not_found")],
    )
    assert problem(lead.post("tasks/99999/done/"))[:2] == (404, "not_found")
    assert Order.objects.get().version == order.version
