"""The same request with the same key does its work once and is answered the same, whatever happens in between."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from core import clock
from core.models import IdempotencyRecord
from orders.models import Note, Order
from orders.services import lock_order
from tests.api.client import NEW_ORDER, Caller, agent, person, problem
from tests.stories.company import Company, owner_of

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture
def lead(company: Company) -> Caller:
    return person(company, company.lead)


def test_the_answer_is_replayed_and_the_work_is_not(company: Company, lead: Caller) -> None:
    order = company.order()
    first = lead.post(f"orders/{order.ref}/notes/", {"text": "Once"}, **KEY)
    company.now += timedelta(minutes=5)

    again = lead.post(f"orders/{order.ref}/notes/", b'{ "text" :"Once" }', **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert again["Content-Type"] == "application/json"
    assert Note.objects.count() == 1


def test_a_new_order_is_answered_201_each_time(company: Company, intake: Caller) -> None:
    answers = [intake.post("orders/", {**NEW_ORDER, "price": 100.5}, **KEY) for _turn in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert answers[2].json() == answers[0].json()
    assert Order.objects.count() == 1


def test_the_same_key_with_another_request_is_refused(company: Company, lead: Caller) -> None:
    order, other = company.order(), company.order("A-2")
    lead.post(f"orders/{order.ref}/notes/", {"text": "Once"}, **KEY)

    body = lead.post(f"orders/{order.ref}/notes/", {"text": "Twice"}, **KEY)
    address = lead.post(f"orders/{other.ref}/notes/", {"text": "Once"}, **KEY)

    assert problem(body)[:2] == problem(address)[:2] == (422, "idempotency_key_reused")
    assert Note.objects.count() == 1


def test_a_refusal_is_an_answer_too(company: Company, lead: Caller) -> None:
    order = company.order()
    path, body = f"orders/{order.ref}/routes/cancel/", {"version": order.version}
    first = lead.post(path, body, **KEY)

    again = lead.post(path, body, **KEY)

    assert problem(first)[:2] == problem(again)[:2] == (422, "route_refused")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")


def test_keys_of_two_callers_have_nothing_to_do_with_each_other(company: Company, lead: Caller) -> None:
    order = company.order()
    ceo = agent(company, "ai_ceo", "orders:act")

    assert lead.post(f"orders/{order.ref}/notes/", {"text": "Lead"}, **KEY).status_code == 201
    assert ceo.post(f"orders/{order.ref}/notes/", {"text": "Agent"}, **KEY).status_code == 201
    assert Note.objects.count() == 2


def test_an_answer_is_kept_for_72_hours(company: Company, lead: Caller) -> None:
    order = company.order()
    lead.post(f"orders/{order.ref}/notes/", {"text": "Once"}, **KEY)
    company.now += timedelta(hours=72)

    assert lead.post(f"orders/{order.ref}/notes/", {"text": "Another"}, **KEY).status_code == 201
    assert Note.objects.count() == 2
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "ключ", "x" * 201, "tab\there"])
def test_a_key_that_is_none_is_refused(company: Company, lead: Caller, key: str) -> None:
    order = company.order()

    response = lead.post(f"orders/{order.ref}/notes/", {"text": "Once"}, **{"Idempotency-Key": key})

    assert problem(response) == (400, "invalid", [("Idempotency-Key", "invalid")])
    assert not Note.objects.exists()


def test_a_malformed_body_keeps_the_key_free(company: Company, lead: Caller) -> None:
    order = company.order()
    lead.post(f"orders/{order.ref}/notes/", b"{", **KEY)

    assert lead.post(f"orders/{order.ref}/notes/", {"text": "Once"}, **KEY).status_code == 201


# ── at the same time, and with things breaking (these commit) ──


@pytest.fixture
def committed(transactional_db: None) -> Company:
    company = Company()
    company.manager("Anna")
    return company


@pytest.fixture
def order(committed: Company) -> Order:
    return committed.order()


def in_thread(pool: ThreadPoolExecutor, caller: Caller, path: str, body: Any, headers: dict[str, str]) -> Any:
    def call() -> Any:
        try:
            return Caller(caller.company, caller.key).post(path, body, **headers)
        finally:
            connections.close_all()

    return pool.submit(call)


def test_twenty_at_once_are_one(committed: Company, order: Order) -> None:
    lead = person(committed, committed.lead)
    with ThreadPoolExecutor(8) as pool:
        calls = [
            in_thread(pool, lead, f"orders/{order.ref}/notes/", {"text": "Once"}, KEY) for _turn in range(20)
        ]
        answers = [call.result() for call in calls]

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert {problem(answer)[1] for answer in answers if answer.status_code == 409} <= {"in_progress"}
    assert Note.objects.count() == 1


@contextmanager
def locked(order: Order) -> Iterator[None]:
    """Somebody else holds the order's row."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock_order(order.pk)
                held.set()
                release.wait(30)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        yield
    finally:
        release.set()
        holder.join()


def test_while_the_first_is_at_work_the_second_is_told_to_wait(committed: Company, order: Order) -> None:
    lead = person(committed, committed.lead)
    path, body = f"orders/{order.ref}/notes/", {"text": "Once"}
    with ThreadPoolExecutor(1) as pool:
        with locked(order):
            first = in_thread(pool, lead, path, body, KEY)
            until_somebody_waits()
            second = lead.post(path, body, **KEY)
        finished = first.result()

    assert problem(second)[:2] == (409, "in_progress")
    assert second["Retry-After"] == "1"
    assert finished.status_code == 201
    assert lead.post(path, body, **KEY).json() == finished.json()
    assert Note.objects.count() == 1


def until_somebody_waits() -> None:
    deadline = clock.now() + timedelta(seconds=5)
    while clock.now() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for a lock")


def test_what_the_database_could_not_do_is_not_kept(committed: Company, order: Order) -> None:
    lead = person(committed, committed.lead)
    path, body = f"orders/{order.ref}/notes/", {"text": "Once"}
    with locked(order):
        busy = lead.post(path, body, **KEY)

    again = lead.post(path, body, **KEY)

    # lock_timeout is two seconds.
    assert problem(busy)[:2] == (503, "unavailable")
    assert int(busy["Retry-After"]) > 0
    assert (again.status_code, "Idempotent-Replayed" in again) == (201, False)
    assert Note.objects.count() == 1


@contextmanager
def answers_can_not_be_kept(*, only_at_commit: bool) -> Iterator[None]:
    """The database refuses every row of answers, at once or when the transaction ends."""
    kind, when = (
        ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED") if only_at_commit else ("TRIGGER", "")
    )
    with connections["owner"].cursor() as owner:
        owner.execute(
            "CREATE FUNCTION refuse_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$"
        )
        owner.execute(
            f"CREATE {kind} refuse_answer AFTER INSERT ON core_idempotencyrecord {when}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_answer()"
        )
        try:
            yield
        finally:
            owner.execute("DROP TRIGGER refuse_answer ON core_idempotencyrecord")
            owner.execute("DROP FUNCTION refuse_answer()")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("only_at_commit", [False, True])
def test_without_the_answer_there_are_no_facts(only_at_commit: bool) -> None:
    company = Company()
    order, lead = company.order(), person(company, company.lead)
    path, body = f"orders/{order.ref}/notes/", {"text": "Once"}
    with answers_can_not_be_kept(only_at_commit=only_at_commit):
        broken = lead.post(path, body, **KEY)

    assert problem(broken)[:2] == (500, "internal")
    assert not Note.objects.exists()
    assert lead.post(path, body, **KEY).status_code == 201
    assert Note.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_batch_whose_answer_was_lost_is_answered_the_same_by_its_facts() -> None:
    company = Company()
    company.manager("Anna")
    intake = agent(company)
    body = {"orders": [{**NEW_ORDER, "external_id": f"B-{number}"} for number in range(5)]}
    with answers_can_not_be_kept(only_at_commit=False):
        assert problem(intake.post("orders/batch/", body, **KEY))[:2] == (500, "internal")
    kept = list(Order.objects.order_by("pk"))

    again = intake.post("orders/batch/", body, **KEY)
    replayed = intake.post("orders/batch/", body, **KEY)

    assert again.status_code == 201
    assert [row["ref"] for row in again.json()["orders"]] == [order.ref for order in kept]
    assert (replayed.json(), replayed["Idempotent-Replayed"]) == (again.json(), "true")
    assert Order.objects.count() == 5
    assert {owner_of(order) for order in kept} == {"Anna"}


def test_the_same_batch_at_the_same_time_is_one_batch(committed: Company) -> None:
    intake = agent(committed)
    body = {"orders": [{**NEW_ORDER, "external_id": f"B-{number}"} for number in range(50)]}
    with ThreadPoolExecutor(4) as pool:
        calls = [in_thread(pool, intake, "orders/batch/", body, {}) for _turn in range(4)]
        answers = [call.result() for call in calls]

    # Without an Idempotency-Key: the external ids alone are enough. Who can't wait is told so and comes again.
    assert {answer.status_code for answer in answers} <= {201, 503}
    refs = {
        tuple(row["ref"] for row in answer.json()["orders"])
        for answer in answers
        if answer.status_code == 201
    }
    assert len(refs) == 1
    assert Order.objects.count() == 50
