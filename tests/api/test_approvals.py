"""Four eyes through REST: exactly what was shown, by another person, once, and not after the order has changed."""

from typing import Any

import pytest

from core.roles import DECIDER, LEAD
from orders.models import Approval, Order, StatusEvent
from tests.api.client import Caller, agent, person, problem
from tests.api.test_deal import PAID, base, ok
from tests.stories.company import HOUR, Company
from tests.stories.dealing import awaiting, finance, in_transit, paid, pay
from tests.stories.inspecting import under_inspection


@pytest.fixture
def anna(company: Company) -> Caller:
    return person(company, company.manager("Anna").user)


@pytest.fixture
def olga(company: Company) -> Caller:
    """The team's lead."""
    return person(company, company.lead)


@pytest.fixture
def pavel(company: Company) -> Caller:
    """Another lead."""
    return person(company, company.person("Pavel", LEAD))


def ask(caller: Caller, order: Order, route: str = "reinspect", **more: Any) -> Any:
    return ok(caller.post(f"{base(order)}approvals/", {"route": route, "reason": "A new photo", **more}))


def decide(caller: Caller, approval: Any, answer: str = "approve", **more: Any) -> Any:
    body = {"answer": answer, "hash": approval["hash"], **more}
    return caller.post(f"approvals/{approval['id']}/decide/", body)


def stands(order: Order) -> tuple[str, int]:
    """The status and how many times it has changed."""
    order.refresh_from_db()
    return order.status, StatusEvent.objects.filter(order=order).count()


def test_what_will_happen_is_shown_to_the_last_number(company: Company, anna: Caller, olga: Caller) -> None:
    order = awaiting(company)
    pay(company, order)

    asked = ask(anna, order, "cancel", reason_code="client_refused")

    assert asked["shown"] == {
        "action": "route",
        "route": "cancel",
        "payload": {"from": "awaiting_payment", "to": "cancelled", "reason_code": "client_refused"},
        "reason": "A new photo",
        "order": {
            "ref": order.ref,
            "status": "awaiting_payment",
            "client": "Client",
            "item": "Camera",
            "price": "125000.00",
            "currency": "RUB",
            "paid": {"RUB": "125000.00"},
        },
    }
    assert len(asked["hash"]) == 64
    assert (asked["state"], asked["is_current"], asked["asked_by"]["name"]) == ("open", True, "Anna")
    # Asked at noon; decided within four hours, and no longer asked after two days.
    assert (asked["due_at"], asked["expires_at"]) == ("2026-03-02T13:00:00Z", "2026-03-04T09:00:00Z")
    assert ok(olga.get(base(order)), 200)["approvals"] == [asked]
    assert ok(olga.get(f"{base(order)}approvals/"), 200)["results"] == [asked]
    assert ok(olga.get(base(order)), 200)["next_action"]["code"] == "decide_approval"


def test_a_yes_carries_it_out_and_a_second_one_finds_it_done(
    company: Company, anna: Caller, olga: Caller, pavel: Caller
) -> None:
    order = awaiting(company)
    asked = ask(anna, order)

    done = ok(decide(olga, asked), 200)

    assert (done["state"], done["decided_by"]["name"], done["executed_at"]) == (
        "approved",
        "Olga",
        "2026-03-02T09:00:00Z",
    )
    assert (done["shown"], done["is_current"], done["hash"]) == (None, False, asked["hash"])
    after = stands(order)
    assert after == ("under_inspection", 4)
    event = StatusEvent.objects.filter(order=order).latest("sequence")
    assert (event.route, event.actor_id) == ("reinspect", order.assigned_manager_id)
    assert ok(decide(olga, asked), 200) == done
    assert problem(decide(pavel, asked))[:2] == (409, "decided_already")
    assert problem(decide(olga, asked, "decline", reason="No"))[:2] == (409, "decided_already")
    assert stands(order) == after


def test_a_no_says_why_and_changes_nothing_else(company: Company, anna: Caller, olga: Caller) -> None:
    order = awaiting(company)
    before = stands(order)
    asked = ask(anna, order)

    assert problem(decide(olga, asked, "decline")) == (422, "required", [("reason", "required")])
    declined = ok(decide(olga, asked, "decline", reason="The photo is old"), 200)

    assert (declined["state"], declined["decision_reason"], declined["executed_at"]) == (
        "declined",
        "The photo is old",
        None,
    )
    assert problem(decide(olga, asked))[:2] == (409, "decided_already")
    assert stands(order) == before


def test_nobody_approves_what_they_asked_for_themselves(
    company: Company, anna: Caller, olga: Caller, pavel: Caller
) -> None:
    order = awaiting(company)
    before = stands(order)
    asked = ask(olga, order)

    for wrong in (olga, anna):
        assert problem(decide(wrong, asked))[:2] == (403, "not_yours")
    assert stands(order) == before
    assert Approval.objects.get().state == "open"
    ok(decide(pavel, asked), 200)
    assert stands(order)[0] == "under_inspection"


def test_whoever_is_the_only_one_who_could_decide_is_told_to_name_another(
    company: Company, anna: Caller, olga: Caller
) -> None:
    order = awaiting(company)

    alone = olga.post(f"{base(order)}approvals/", {"route": "reinspect", "reason": "why"})
    assert problem(alone)[:2] == (422, "no_second_decider")
    company.person("Darya", DECIDER)
    assert ask(olga, order)["state"] == "open"


def test_nothing_is_approved_once_the_order_has_changed(company: Company, anna: Caller, olga: Caller) -> None:
    order = awaiting(company)
    asked = ask(anna, order)
    before = stands(order)

    ok(person(company, finance(company)).post(f"{base(order)}payments/", PAID))

    (now,) = ok(olga.get(base(order)), 200)["approvals"]
    assert (now["is_current"], now["shown"]["order"]["paid"]) == (False, {"RUB": "125000.00"})
    # Neither what was shown then nor what is shown now.
    assert problem(decide(olga, asked))[:2] == (409, "order_changed")
    assert problem(decide(olga, now))[:2] == (409, "order_changed")
    assert stands(order) == before
    anew = ask(anna, order)
    ok(decide(olga, anew), 200)
    assert ok(olga.get(f"{base(order)}approvals/"), 200)["results"][1]["state"] == "withdrawn"


def test_the_decision_names_what_was_shown(company: Company, anna: Caller, olga: Caller) -> None:
    order = awaiting(company)
    asked = ask(anna, order)

    assert problem(decide(olga, {**asked, "hash": "0" * 64}))[:2] == (409, "shown_otherwise")
    unseen = olga.post(f"approvals/{asked['id']}/decide/", {"answer": "approve"})
    assert problem(unseen) == (400, "invalid", [("hash", "required")])
    assert Approval.objects.get().state == "open"


def test_it_is_withdrawn_by_whoever_asked_and_expires_by_itself(
    company: Company, anna: Caller, olga: Caller
) -> None:
    order = awaiting(company)
    first = ask(anna, order)
    path = f"approvals/{first['id']}/withdraw/"

    assert problem(olga.post(path))[:2] == (403, "not_yours")
    gone = ok(anna.post(path), 200)
    assert ok(anna.post(path), 200) == gone
    assert problem(decide(olga, first))[:2] == (409, "decided_already")
    second = ask(anna, order)
    company.go(48 * HOUR)
    assert problem(decide(olga, second))[:2] == (409, "decided_already")
    assert Approval.objects.get(pk=second["id"]).state == "expired"


def test_what_needs_no_approval_or_lacks_something_else_is_not_asked_for(
    company: Company, anna: Caller, olga: Caller
) -> None:
    order = awaiting(company)
    path = f"{base(order)}approvals/"

    free = {"route": "cancel", "reason": "why", "reason_code": "client_refused"}
    assert problem(anna.post(path, free))[:2] == (422, "no_approval_needed")
    early = anna.post(path, {"route": "cancel_in_transit", "reason": "why", "reason_code": "lost"})
    assert problem(early)[:2] == (422, "route_refused")
    assert [item["code"] for item in early.json()["missing"]] == ["status"]
    stale = {"route": "reinspect", "reason": "why", "version": 1}
    assert problem(anna.post(path, stale))[:2] == (409, "stale_version")
    assert not Approval.objects.exists()


def test_a_rejection_takes_the_opinion_of_ai_grc_and_two_people(
    company: Company, anna: Caller, olga: Caller, pavel: Caller
) -> None:
    order = under_inspection(company)
    grc = agent(company, "ai_grc", "orders:read", "opinions:write")
    path = f"{base(order)}approvals/"
    given = {"route": "reject", "reason": "Stolen"}

    assert problem(anna.post(path, given))[:2] == (403, "not_yours")
    without = olga.post(path, given)
    assert [item["code"] for item in without.json()["missing"]] == ["legal_opinion"]
    ok(grc.post(f"{base(order)}opinions/", {"verdict": "grounds", "text": "It is searched for"}))
    direct = olga.post(f"{base(order)}routes/reject/", {"version": order.version + 1, "reason": "Stolen"})
    assert [item["code"] for item in direct.json()["missing"]] == ["approval"]

    ok(decide(pavel, ask(olga, order, "reject")), 200)

    assert stands(order)[0] == "rejected"
    assert ok(olga.get(f"{base(order)}opinions/"), 200)["results"][0]["verdict"] == "grounds"


@pytest.mark.parametrize(
    ("route", "reason_code", "target"),
    [("return_shipment", "", "ready_for_shipment"), ("cancel_in_transit", "lost", "cancelled")],
)
def test_a_parcel_that_comes_back_or_is_lost(
    company: Company, anna: Caller, olga: Caller, route: str, reason_code: str, target: str
) -> None:
    order = in_transit(company)
    more = {"reason_code": reason_code} if reason_code else {}

    ok(decide(olga, ask(anna, order, route, **more)), 200)

    assert stands(order)[0] == target


def test_what_can_not_be_carried_out_any_more_is_not_approved(
    company: Company, anna: Caller, olga: Caller
) -> None:
    """Two refunds of all that was paid: the second one finds nothing to give back."""
    order = paid(company)
    refund = {"kind": "refund", "amount": "125000.00", "currency": "RUB", "reason": "why"}
    ok(anna.post(f"{base(order)}payouts/", refund))
    (first,) = ok(olga.get(base(order)), 200)["approvals"]
    ok(decide(olga, first), 200)

    again = anna.post(f"{base(order)}payouts/", refund)

    assert problem(again) == (422, "more_than_paid", [("amount", "more_than_paid")])
    assert company.audit() == {}
