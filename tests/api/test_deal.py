"""The facts of a deal through REST: what the client says, money, the shipment, what stands in the way, claims."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import Entry
from orders.approval_words import headline
from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Logistics,
    Opinion,
    Order,
    Payment,
    Payout,
    PriceChange,
    Task,
)
from tests.api.client import Caller, agent, person, problem
from tests.api.test_inspection import send
from tests.stories.company import HOUR, Company
from tests.stories.dealing import (
    ask,
    ask_money,
    awaiting,
    decide,
    delivered,
    finance,
    in_transit,
    pay,
    ready,
    say,
)
from tests.stories.inspecting import photo, under_inspection

NOON = "2026-03-02T12:00:00+03:00"
PAID = {"amount": "125000.00", "currency": "RUB", "paid_at": NOON, "document": "118"}


@pytest.fixture
def anna(company: Company) -> Caller:
    return person(company, company.manager("Anna").user)


@pytest.fixture
def lead(company: Company) -> Caller:
    return person(company, company.lead)


@pytest.fixture
def fyodor(company: Company) -> Caller:
    """Finance."""
    return person(company, finance(company))


def base(order: Order) -> str:
    return f"orders/{order.ref}/"


def ok(response: HttpResponse, status: int = 201) -> Any:
    assert response.status_code == status, response.content.decode()
    return response.json()


def lacks(caller: Caller, order: Order, route: str) -> dict[str, str]:
    """What the refused route misses: sentences by code."""
    order.refresh_from_db()
    response = caller.post(f"{base(order)}routes/{route}/", {"version": order.version})
    assert problem(response)[:2] == (422, "route_refused")
    return {item["code"]: item["text"].replace("\u00a0", " ") for item in response.json()["missing"]}


# ── the client ──


def test_what_the_client_says_is_recorded_and_the_last_word_counts(company: Company, anna: Caller) -> None:
    order = awaiting(company)
    path = f"{base(order)}client-decision/"

    declined = {"decision": "declined", "reason_code": "price", "text": "Found a cheaper one"}
    first = ok(anna.post(path, declined))
    again = ok(anna.post(path, declined))
    last = ok(anna.post(path, {"decision": "confirmed", "channel": "phone"}))

    assert (first["order"], first["by"]["name"], first["at"]) == (order.ref, "Anna", "2026-03-02T09:00:00Z")
    assert again == first
    assert (last["decision"], last["reason_code"], last["channel"]) == ("confirmed", "", "phone")
    assert anna.get(base(order)).json()["deal"]["decision"] == "confirmed"
    assert ClientDecision.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"decision": "thinks"}, (422, "required", [("until", "required")])),
        ({"decision": "thinks", "until": NOON}, (422, "in_past", [("until", "in_past")])),
        (
            {"decision": "thinks", "until": "2026-06-01T12:00:00Z"},
            (422, "too_late", [("until", "too_late")]),
        ),
        (
            {"decision": "confirmed", "until": "2026-03-05T12:00:00Z"},
            (422, "not_thinking", [("until", "not_thinking")]),
        ),
        ({"decision": "declined"}, (422, "required", [("reason_code", "required")])),
        (
            {"decision": "declined", "reason_code": "other"},
            (422, "required", [("text", "required")]),
        ),
        (
            {"decision": "confirmed", "reason_code": "price"},
            (422, "not_declined", [("reason_code", "not_declined")]),
        ),
        ({"decision": "confirmed", "version": 1}, (409, "stale_version", [])),
    ],
)
def test_a_decision_that_makes_no_sense_names_its_field(
    company: Company, anna: Caller, said: Any, expected: Any
) -> None:
    order = awaiting(company)

    assert problem(anna.post(f"{base(order)}client-decision/", said)) == expected
    assert not ClientDecision.objects.exists()


def test_nobody_decides_before_the_inspection_is_completed(company: Company, anna: Caller) -> None:
    order = under_inspection(company)

    response = anna.post(f"{base(order)}client-decision/", {"decision": "confirmed"})

    assert problem(response) == (422, "wrong_stage", [("status", "wrong_stage")])


def test_the_steps_of_the_follow_up_come_with_what_to_say(company: Company, anna: Caller) -> None:
    order = awaiting(company)
    path = f"{base(order)}tasks/"

    (task,) = ok(anna.get(path), 200)["results"]
    assert (task["kind"], task["status"], task["order"]) == ("follow_up", "open", order.ref)
    said = task["text"].replace("\u00a0", " ")
    assert ("Camera" in said, "125 000 ₽" in said, "{" in said) == (True, True, False)
    talked = {"whom": "client", "channel": "phone", "outcome": "reached"}
    ok(anna.post(f"{base(order)}contacts/", talked))
    assert ok(anna.get(path), 200)["results"] == []


# ── the price ──


def test_the_price_holds_at_once_before_the_verdict_and_waits_for_a_second_person_after_it(
    company: Company, anna: Caller, lead: Caller
) -> None:
    order = under_inspection(company)
    path = f"{base(order)}price/"
    agreed = {"price": "125000.00", "currency": "RUB", "reason": "By phone"}
    assert ok(anna.post(path, agreed), 200) == {
        "state": "applied",
        "price": "125000.00",
        "currency": "RUB",
        "approval": None,
    }
    assert ok(anna.post(path, agreed), 200)["state"] == "unchanged"
    order = awaiting(company, "A-2")

    waits = ok(
        anna.post(f"{base(order)}price/", {"price": "118000.5", "currency": "RUB", "reason": "A scratch"}),
        202,
    )

    assert (waits["state"], waits["price"]) == ("waits", "125000.00")
    assert waits["approval"]["shown"]["payload"] == {
        "price": "118000.50",
        "currency": "RUB",
        "before": "125000.00",
        "currency_before": "RUB",
    }
    answer = {"answer": "approve", "hash": waits["approval"]["hash"]}
    ok(lead.post(f"approvals/{waits['approval']['id']}/decide/", answer), 200)
    assert lead.get(base(order)).json()["price"] == "118000.50"
    assert PriceChange.objects.filter(order=order).latest("pk").by.username == "anna"


# ── payments ──


def test_one_rouble_another_currency_or_the_wrong_hands_release_nothing(
    company: Company, anna: Caller, lead: Caller, fyodor: Caller
) -> None:
    order = awaiting(company)
    decide(company, order, "confirmed")
    ok(anna.post(f"{base(order)}logistics/", {"seller_date": "2026-03-04"}))
    path = f"{base(order)}payments/"
    english = {"Accept-Language": "en"}
    anna.headers = english

    for wrong in (anna, lead):
        assert problem(wrong.post(path, PAID))[:2] == (403, "not_yours")
    cfo = agent(company, "ai_cfo", "orders:read", "orders:act")
    assert problem(cfo.post(path, PAID))[:2] == (403, "no_scope")
    assert lacks(anna, order, "release_to_ship") == {"payment": "Paid 0 ₽ of 125,000 ₽."}

    ok(fyodor.post(path, {**PAID, "amount": "1.00", "document": "1"}))
    assert lacks(anna, order, "release_to_ship") == {"payment": "Paid 1 ₽ of 125,000 ₽."}
    ok(fyodor.post(path, {**PAID, "currency": "USD", "document": "2"}))
    assert lacks(anna, order, "release_to_ship") == {
        "payment": "Paid 1 ₽ of 125,000 ₽. 125,000 $ came in another currency and does not count."
    }
    ok(fyodor.post(path, {**PAID, "amount": "124999.00", "document": "3"}))

    listed = ok(fyodor.get(path), 200)
    assert (listed["price"], listed["paid"], listed["held"]) == (
        "125000.00",
        "125000.00",
        {"RUB": "125000.00", "USD": "125000.00"},
    )
    assert [payment["document"] for payment in listed["results"]] == ["3", "2", "1"]
    order.refresh_from_db()
    released = anna.post(f"{base(order)}routes/release_to_ship/", {"version": order.version})
    assert ok(released, 200)["status"] == "ready_for_shipment"


def test_a_payment_is_recorded_once_and_taken_back_by_a_counter_entry(
    company: Company, anna: Caller, fyodor: Caller
) -> None:
    order = awaiting(company)
    path = f"{base(order)}payments/"

    keyed = [fyodor.post(path, PAID, Idempotency_Key="p-1") for _turn in range(2)]
    (same,) = ok(fyodor.get(path), 200)["results"]
    repeated = fyodor.post(path, PAID)
    assert problem(repeated) == (409, "recorded_already", [("document", "recorded_already")])
    assert repeated.json()["payment"] == same["id"]
    more = ok(fyodor.post(path, {**PAID, "beside": same["id"]}))
    assert problem(fyodor.post(path, {**PAID, "beside": same["id"]}))[:2] == (409, "recorded_already")
    ok(fyodor.post(f"payments/{more['id']}/correct/", {"reason": "Only once"}))
    other = fyodor.post(path, {**PAID, "amount": "1.00"}, Idempotency_Key="p-1")
    assert [ok(response)["id"] for response in keyed] == [same["id"]] * 2
    assert keyed[1]["Idempotent-Replayed"] == "true"
    assert problem(other)[:2] == (422, "idempotency_key_reused")

    correct = f"payments/{same['id']}/correct/"
    assert problem(anna.post(correct, {"reason": "why"}))[:2] == (403, "not_yours")
    counter = ok(fyodor.post(correct, {"reason": "Another order's"}))
    assert (counter["amount"], counter["corrects"], counter["comment"]) == (
        "-125000.00",
        same["id"],
        "Another order's",
    )
    assert ok(fyodor.post(correct, {"reason": "Again"})) == counter
    assert problem(fyodor.post(f"payments/{counter['id']}/correct/", {"reason": "why"}))[:2] == (
        422,
        "is_counter_entry",
    )
    listed = ok(fyodor.get(path), 200)
    assert (listed["paid"], listed["held"]) == ("0.00", {"RUB": "0.00"})
    taken_back = [payment["corrected_by"] for payment in listed["results"] if payment["id"] == same["id"]]
    assert taken_back == [counter["id"]]
    assert problem(fyodor.post("payments/999999/correct/", {"reason": "why"}))[:2] == (404, "not_found")


def test_money_goes_back_when_a_second_person_has_approved_it_and_finance_has_paid_it_out(
    company: Company, anna: Caller, lead: Caller, fyodor: Caller
) -> None:
    order = awaiting(company)
    pay(company, order)
    path = f"{base(order)}payouts/"
    refund = {"kind": "refund", "amount": "25000.00", "currency": "RUB", "reason": "A scratch"}

    more = problem(anna.post(path, {**refund, "amount": "125000.01"}))
    assert more == (422, "more_than_paid", [("amount", "more_than_paid")])
    asked = ok(anna.post(path, refund))
    assert (asked["state"], asked["asked_by"]["name"], asked["decided_by"]) == ("asked", "Anna", None)
    paid = {"document": "R-1", "paid_at": NOON}
    assert problem(fyodor.post(f"payouts/{asked['id']}/pay/", paid))[:2] == (422, "not_approved")

    (approval,) = ok(lead.get(base(order)), 200)["approvals"]
    assert (approval["id"], approval["action"]) == (asked["approval"], "refund")
    answer = {"answer": "approve", "hash": approval["hash"]}
    ok(lead.post(f"approvals/{approval['id']}/decide/", answer), 200)
    for wrong in (anna, lead):
        assert problem(wrong.post(f"payouts/{asked['id']}/pay/", paid))[:2] == (403, "not_yours")
    out = ok(fyodor.post(f"payouts/{asked['id']}/pay/", paid), 200)
    assert ok(fyodor.post(f"payouts/{asked['id']}/pay/", {**paid, "document": "R-2"}), 200) == out

    assert (out["state"], out["document"], out["decided_by"]["name"], out["paid_by"]["name"]) == (
        "paid",
        "R-1",
        "Olga",
        "Fyodor",
    )
    assert ok(lead.get(path), 200)["results"] == [out]
    assert ok(lead.get(base(order)), 200)["deal"]["held"] == {"RUB": "100000.00"}
    assert not Task.objects.filter(order=order, kind="pay_out", status="open").exists()


# ── the shipment ──


def test_what_is_known_of_the_shipment_grows_with_each_record(company: Company, anna: Caller) -> None:
    order = ready(company)
    path = f"{base(order)}logistics/"

    carrier = ok(anna.post(path, {"carrier": "CDEK", "cost": "1500"}))
    tracked = ok(anna.post(path, {"tracking": "10 2345 678", "promised_date": "2026-03-09"}))
    same = ok(anna.post(path, {"tracking": " 10 2345 678 "}))

    assert (carrier["seller_date"], carrier["tracking"]) == ("2026-03-03", "")
    assert (carrier["cost"], carrier["cost_currency"]) == ("1500.00", "RUB")
    assert (tracked["carrier"], tracked["promised_date"], tracked["shipment"]) == ("CDEK", "2026-03-09", 1)
    assert same == tracked
    assert ok(anna.get(path), 200)["results"][:2] == [tracked, carrier]
    deal = ok(anna.get(base(order)), 200)["deal"]
    assert (deal["carrier"], deal["tracking"], deal["promised_date"]) == ("CDEK", "10 2345 678", "2026-03-09")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (422, "nothing_given", [])),
        ({"promised_date": "2026-03-01"}, (422, "in_past", [("promised_date", "in_past")])),
        ({"promised_date": "2027-03-03"}, (422, "too_late", [("promised_date", "too_late")])),
        ({"seller_date": "9999-12-31"}, (422, "too_late", [("seller_date", "too_late")])),
        ({"cost_currency": "RUB"}, (422, "required", [("cost", "required")])),
        ({"delivered_at": NOON}, (422, "wrong_stage", [("delivered_at", "wrong_stage")])),
        ({"carrier": "CDEK", "version": 1}, (409, "stale_version", [])),
    ],
)
def test_a_shipment_that_can_not_be_names_its_field(
    company: Company, anna: Caller, given: Any, expected: Any
) -> None:
    order = ready(company)
    before = Logistics.objects.count()

    assert problem(anna.post(f"{base(order)}logistics/", given)) == expected
    assert Logistics.objects.count() == before


def test_the_way_is_checked_and_the_delivery_is_proved(company: Company, anna: Caller) -> None:
    order = in_transit(company)
    path = f"{base(order)}tracking/"

    assert problem(anna.post(path, {"state": "lost"})) == (422, "required", [("text", "required")])
    check = ok(anna.post(path, {"state": "problem", "text": "The box is wet"}))
    assert ok(anna.get(path), 200)["results"] == [check]
    assert [*lacks(anna, order, "deliver")] == ["delivery_date", "proof"]
    early = {"delivered_at": "2026-03-01T23:59:00+03:00"}
    assert problem(anna.post(f"{base(order)}logistics/", early))[1] == "before_shipping"
    ok(anna.post(f"{base(order)}logistics/", {"delivered_at": NOON}))
    sent = ok(send(anna, order, photo(9_001), purpose="delivery"))

    deal = ok(anna.get(base(order)), 200)["deal"]
    assert (deal["proof"], deal["delivered_at"], sent["purpose"]) == (
        True,
        "2026-03-02T09:00:00Z",
        "delivery",
    )


# ── what stands in the way ──


def test_a_blocker_is_recorded_passed_on_and_removed(company: Company, anna: Caller, lead: Caller) -> None:
    order = ready(company)
    boris = company.manager("Boris").user
    given = {
        "kind": "carrier",
        "text": "The carrier is on strike",
        "owner": boris.pk,
        "due_at": "2026-03-03T18:00:00+03:00",
    }

    blocker = ok(anna.post(f"{base(order)}blockers/", given))
    assert (blocker["owner"]["name"], blocker["opened_by"]["name"]) == ("Boris", "Anna")
    assert company.told(boris) == ["blocker"]
    assert f"blocker:{blocker['id']}" in lacks(anna, order, "ship")
    path = f"blockers/{blocker['id']}/"
    passed = {"owner": company.lead.pk, "due_at": given["due_at"], "reason": "Boris is away"}
    assert problem(anna.post(path + "pass/", passed))[:2] == (403, "not_yours")
    assert ok(lead.post(path + "pass/", passed), 200)["owner"]["name"] == "Olga"
    removed = ok(lead.post(path + "resolve/", {"resolution": "Another carrier"}), 200)
    assert ok(anna.post(path + "resolve/", {"resolution": "Again"}), 200) == removed

    assert (removed["resolution"], removed["resolved_by"]["name"]) == ("Another carrier", "Olga")
    assert problem(lead.post(path + "pass/", passed))[:2] == (409, "ended_already")
    assert ok(anna.get(f"{base(order)}blockers/"), 200)["results"] == [removed]
    assert ok(anna.get(base(order)), 200)["blockers"] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owner": 999_999}, (422, "unknown", [("owner", "unknown")])),
        ({"due_at": NOON}, (422, "in_past", [("due_at", "in_past")])),
        ({"due_at": "2026-06-01T12:00:00Z"}, (422, "too_late", [("due_at", "too_late")])),
    ],
)
def test_a_blocker_needs_a_person_and_a_deadline_that_can_be_kept(
    company: Company, anna: Caller, change: dict[str, Any], expected: Any
) -> None:
    order = awaiting(company)
    given = {"kind": "other", "text": "x", "owner": company.lead.pk, "due_at": "2026-03-03T12:00:00Z"}

    assert problem(anna.post(f"{base(order)}blockers/", {**given, **change})) == expected
    assert not Blocker.objects.exists()


def test_no_more_than_ten_stand_in_the_way_at_once(company: Company, anna: Caller) -> None:
    order = awaiting(company)
    given = {"kind": "other", "text": "x", "owner": company.lead.pk, "due_at": "2026-03-03T12:00:00Z"}
    for number in range(10):
        ok(anna.post(f"{base(order)}blockers/", {**given, "text": f"x{number}"}))

    assert problem(anna.post(f"{base(order)}blockers/", given))[:2] == (422, "too_many")
    assert len(ok(anna.get(base(order)), 200)["blockers"]) == 10


# ── claims and opinions ──


def test_a_claim_is_settled_with_money_only_where_that_was_approved(
    company: Company, anna: Caller, lead: Caller
) -> None:
    order = delivered(company)
    claim = ok(anna.post(f"{base(order)}claims/", {"kind": "damaged", "text": "The lens is broken"}))
    assert ok(anna.get(base(order)), 200)["claims"] == [claim]
    path = f"claims/{claim['id']}/settle/"
    settled = {"outcome": "refund", "resolution": "A tenth of the price"}

    assert problem(anna.post(path, settled)) == (422, "payout_missing", [("outcome", "payout_missing")])
    refund = {"kind": "refund", "amount": "12500.00", "currency": "RUB", "reason": "A broken lens"}
    ok(anna.post(f"{base(order)}payouts/", refund))
    (approval,) = ok(lead.get(base(order)), 200)["approvals"]
    answer = {"answer": "approve", "hash": approval["hash"]}
    ok(lead.post(f"approvals/{approval['id']}/decide/", answer), 200)
    done = ok(anna.post(path, settled), 200)

    assert (done["outcome"], done["settled_by"]["name"]) == ("refund", "Anna")
    assert (claim["payout"], done["payout"]) == (None, Payout.objects.get().pk)
    again = ok(anna.post(f"{base(order)}claims/", {"kind": "other", "text": "No charger"}))
    problem_again = problem(anna.post(f"claims/{again['id']}/settle/", settled))
    assert problem_again == (422, "payout_missing", [("outcome", "payout_missing")])
    assert ok(anna.post(path, {**settled, "outcome": "unfounded"}), 200) == done
    assert ok(anna.get(f"{base(order)}claims/"), 200)["results"] == [again, done]
    assert Claim.objects.count() == 2


def test_a_claim_comes_after_the_delivery_and_within_its_time(company: Company, anna: Caller) -> None:
    early, late = in_transit(company), delivered(company, "A-2")
    claim = {"kind": "other", "text": "A scratch"}

    assert problem(anna.post(f"{base(early)}claims/", claim))[:2] == (422, "wrong_stage")
    company.go(14 * 24 * HOUR)
    assert problem(anna.post(f"{base(late)}claims/", claim))[:2] == (422, "order_closed")


def test_opinions_are_ai_grcs_alone(company: Company, anna: Caller, lead: Caller) -> None:
    order = awaiting(company)
    path = f"{base(order)}opinions/"
    grc = agent(company, "ai_grc", "orders:read", "opinions:write")
    given = {"verdict": "grounds", "text": "It is on the list of stolen things"}

    opinion = ok(grc.post(path, given))

    assert (opinion["source"], opinion["verdict"]) == ("ai_grc", "grounds")
    assert ok(lead.get(path), 200)["results"] == [opinion]
    assert problem(person_with(company, "Vera", "opinions:write").post(path, given))[:2] == (403, "not_yours")
    other = agent(company, "ai_ceo", "opinions:write")
    assert problem(other.post(path, given))[:2] == (403, "not_yours")
    assert problem(anna.post(path, given))[:2] == (403, "no_scope")
    assert Opinion.objects.count() == 1


def person_with(company: Company, name: str, *scopes: str) -> Caller:
    return person(company, company.manager(name).user, *scopes)


# ── the order's own picture ──


def test_an_order_says_where_its_deal_stands(company: Company, anna: Caller) -> None:
    fresh = company.order("A-2")
    order = awaiting(company)
    decide(company, order, "thinks", until=company.now + 24 * HOUR)

    assert ok(anna.get(base(order)), 200)["deal"] == {
        "decision": "thinks",
        "until": "2026-03-03T09:00:00Z",
        "thinks_at_latest": "2026-03-16T09:00:00Z",
        "price": "125000.00",
        "currency": "RUB",
        "paid": "0.00",
        "held": {},
        "seller_date": None,
        "carrier": "",
        "tracking": "",
        "promised_date": None,
        "delivered_at": None,
        "proof": False,
    }
    picture = ok(anna.get(base(fresh)), 200)
    assert (picture["deal"]["decision"], picture["deal"]["price"]) == ("", None)
    assert (picture["blockers"], picture["approvals"], picture["claims"]) == ([], [], [])


def test_what_the_client_decided_is_said_after_the_release_too(company: Company, anna: Caller) -> None:
    order = ready(company)
    assert ok(anna.get(base(order)), 200)["deal"]["decision"] == "confirmed"
    say(company, ask(company, order, "reinspect"), "approve")
    # Inspected again, the client is asked again.
    assert ok(anna.get(base(order)), 200)["deal"]["decision"] == ""


def test_a_request_is_called_by_the_sentence_that_people_read(company: Company, anna: Caller) -> None:
    order = awaiting(company)
    pay(company, order)
    ask(company, order, "cancel", reason_code="client_refused")
    ask_money(company, order, Decimal(5000))
    with translation.override("en"):
        titles = [headline(approval) for approval in Approval.objects.order_by("pk")]
    assert titles == [
        "Cancel the order: from “Awaits the client's decision and payment” to “Cancelled”",
        "Refund to the client: 5,000\xa0₽",
    ]
    with translation.override("ru"):
        said = [headline(approval) for approval in Approval.objects.order_by("pk")]
    assert sorted(one["title"] for one in ok(anna.get(base(order)), 200)["approvals"]) == sorted(said)


def test_lists_cost_the_same_number_of_queries_whatever_is_in_them(
    company: Company, anna: Caller, lead: Caller, fyodor: Caller
) -> None:
    order = awaiting(company)
    blocker = {"kind": "other", "text": "x", "owner": company.lead.pk, "due_at": "2026-03-03T12:00:00Z"}
    adds: dict[str, Callable[[int], HttpResponse]] = {
        "payments/": lambda n: fyodor.post(f"{base(order)}payments/", {**PAID, "document": str(n)}),
        "payouts/": lambda n: anna.post(
            f"{base(order)}payouts/",
            {"kind": "refund", "amount": f"{n}.00", "currency": "RUB", "reason": "why"},
        ),
        "logistics/": lambda n: anna.post(f"{base(order)}logistics/", {"comment": str(n)}),
        "blockers/": lambda n: anna.post(f"{base(order)}blockers/", {**blocker, "text": str(n)}),
    }
    for path, add in adds.items():
        ok(add(1))
        one = _queries(lambda path=path: fyodor.get(base(order) + path))  # type: ignore[misc]
        for number in range(2, 5):
            ok(add(number))
        assert _queries(lambda path=path: fyodor.get(base(order) + path)) == one, path  # type: ignore[misc]
    assert Payment.objects.count() == Payout.objects.count() == 4


def _queries(call: Callable[[], HttpResponse]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == 200
    return len(captured)


def test_what_was_done_is_journalled_without_words_or_amounts(
    company: Company, anna: Caller, fyodor: Caller
) -> None:
    order = awaiting(company)
    ok(fyodor.post(f"{base(order)}payments/", {**PAID, "comment": "From the sister's card"}))
    ok(anna.post(f"{base(order)}client-decision/", {"decision": "confirmed", "text": "Very glad"}))

    entries = Entry.objects.filter(kind__in=["command.payment_record", "command.client_decision"])
    assert [entry.door for entry in entries] == ["api", "api"]
    written = "".join(str(entry.inputs) + str(entry.output) for entry in entries)
    assert not [word for word in ("sister", "glad", "125000") if word in written]
