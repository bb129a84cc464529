"""The auditor finds what is broken, wherever it is, and reads no more for a million orders than for a thousand."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.services import GivenAnswer, blocker_open, blocker_pass
from rop.audit import CHECKS, audit
from rop.models import Audit
from tests.rop.many_orders import as_owner, many_orders
from tests.rop.reading import explained, most_read
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import awaiting, decide
from tests.stories.inspecting import answer, answers, attach_all, under_inspection

UNGUARDED = ("order_open_is_supervised", "order_open_has_owner", "order_unowned_is_being_assigned")


@pytest.fixture
def company(transactional_db: None) -> Company:
    return Company()


@pytest.fixture
def owner(company: Company) -> Iterator[psycopg.Connection]:
    """Somebody for whom no trigger fires and whom no constraint of orders stops."""
    with as_owner() as owner:
        found = owner.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)",
            [list(UNGUARDED)],
        ).fetchall()
        assert len(found) == len(UNGUARDED)
        for name, _definition in found:
            owner.execute(f"ALTER TABLE orders_order DROP CONSTRAINT {name}")
        yield owner
        for name, definition in found:
            owner.execute(f"ALTER TABLE orders_order ADD CONSTRAINT {name} {definition} NOT VALID")


BREAKING: dict[str, str] = {
    "open_without_supervision": "UPDATE orders_order SET due_at = NULL WHERE id = %(order)s",
    "without_owner": """UPDATE orders_order SET assigned_manager_id = NULL, next_action = 'accept_order'
                         WHERE id = %(order)s""",
    "owner_is_not_the_assigned": "UPDATE ai_assignments SET manager_id = %(lead)s WHERE order_id = %(order)s",
    "status_is_not_the_last_event": "UPDATE orders_order SET status_sequence = 7 WHERE id = %(order)s",
    "without_its_clock": "UPDATE sla_clock SET state = 'met', ended_at = %(now)s WHERE order_id = %(order)s",
    "blocker_without_its_clock": """
        INSERT INTO orders_blocker (order_id, kind, text, owner_id, due_at, opened_by_id, door, opened_at, resolution)
        VALUES (%(order)s, 'papers', 'No receipt', %(lead)s, %(now)s, %(lead)s, 'bot',
                %(now)s - interval '90 seconds', '')""",
    "approval_without_its_clock": """
        INSERT INTO orders_approval (order_id, action, route, payload, reason, shown_hash, order_version, asked_by_id,
                                     door, asked_at, due_at, expires_at, state, decided_door, decision_reason)
        VALUES (%(order)s, 'price', '', '{}', 'So', '', 1, %(lead)s, 'bot', %(now)s - interval '90 seconds',
                %(now)s, %(now)s, 'open', '', '')""",
    "price_is_not_the_agreed": """
        INSERT INTO orders_pricechange (order_id, price, currency, currency_before, reason, by_id, door, at)
        VALUES (%(order)s, 100, 'RUB', 'RUB', 'So', %(lead)s, 'shell', %(now)s)""",
    "clock_of_a_closed_order": """UPDATE orders_order SET closed_at = %(now)s, status = 'cancelled'
                                   WHERE id = %(order)s""",
    "escalation_of_a_closed_order": """
        WITH closed AS (UPDATE orders_order SET closed_at = %(now)s, status = 'cancelled' WHERE id = %(order)s)
        INSERT INTO ai_escalations (order_id, trigger, generation, stage, severity, opened_at, because, level, fired,
                                    times_told, state, reason)
        VALUES (%(order)s, 'stuck', '1', 'pending_manager', 'normal', %(now)s, '{}', 0, '{}', 0, 'open', '')""",
    "breach_without_violation": "UPDATE sla_clock SET breached_at = %(now)s WHERE order_id = %(order)s",
    "overdue_and_not_noticed": """UPDATE sla_clock SET due_at = %(now)s - interval '3 minutes'
                                   WHERE order_id = %(order)s""",
    "due_and_not_looked_at": """UPDATE orders_order SET wake_at = %(now)s - interval '3 minutes'
                                 WHERE id = %(order)s""",
    "load_counters_wrong": "UPDATE assignment_managerload SET open_orders = open_orders - 1",
    "inspection_counters_wrong": """
        INSERT INTO orders_inspection (order_id, number, template_id, started_at, points_open, proof_open, verdict,
                                       decision)
        SELECT %(order)s, 1, id, %(now)s, '{}', '{}', '', '' FROM orders_inspectiontemplate WHERE version = 1""",
    "message_in_limbo": """UPDATE core_message SET status = 'sending', lease_token = gen_random_uuid(),
                                  lease_until = %(now)s - interval '6 minutes' WHERE order_id = %(order)s""",
}


def test_there_is_something_broken_for_each_check() -> None:
    assert BREAKING.keys() == CHECKS.keys()


@pytest.mark.parametrize("name", BREAKING)
def test_each_check_finds_what_it_is_for(company: Company, owner: psycopg.Connection, name: str) -> None:
    company.manager("Anna")
    order = company.order()
    company.now += timedelta(minutes=2)
    assert company.audit() == {}

    owner.execute(
        BREAKING[name],
        {key: value for key, value in _values(company, order.pk).items() if f"%({key})s" in BREAKING[name]},
    )

    assert company.audit()[name] == 1


DECIDED = {"": "client_decision", "thinks": "client_decision", "confirmed": "stage", "declined": "stage"}
"""The client's last word → the clock that runs while the payment is awaited."""


@pytest.mark.parametrize("decision", DECIDED)
def test_while_the_client_decides_it_is_their_clock_that_has_to_run(
    company: Company, owner: psycopg.Connection, decision: str
) -> None:
    company.manager("Anna")
    order = awaiting(company)
    if decision:
        until = moment("15:00", day=1) if decision == "thinks" else None
        decide(company, order, decision, until=until, why="price" if decision == "declined" else "")
    company.now += timedelta(minutes=2)
    assert company.audit() == {}

    other = "stage" if DECIDED[decision] == "client_decision" else "client_decision"
    changed = owner.execute(
        "UPDATE sla_clock SET kind = %s WHERE order_id = %s AND kind = %s AND state = 'running'",
        [other, order.pk, DECIDED[decision]],
    )

    assert changed.rowcount == 1
    assert company.audit() == {"without_its_clock": 1}


def test_a_blocker_that_was_passed_on_has_the_clock_of_its_new_deadline(
    company: Company, owner: psycopg.Connection
) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    by = {"actor": company.actor(company.lead), "now": company.now}
    due_at = {"owner_id": company.lead.pk, "due_at": moment("18:00")}
    blocker = blocker_open(order_id=order.pk, kind="papers", text="No receipt", **due_at, **by)
    blocker_pass(blocker_id=blocker.pk, reason="Later", **{**due_at, "due_at": moment("20:00")}, **by)
    company.now += timedelta(minutes=2)
    assert company.audit() == {}

    owner.execute("UPDATE orders_blocker SET due_at = due_at + interval '1 hour'")

    assert company.audit() == {"blocker_without_its_clock": 1}


def _values(company: Company, order_id: int) -> dict[str, Any]:
    return {"order": order_id, "now": company.now, "lead": company.lead.pk}


WRONG = {
    "a point": "UPDATE orders_inspection SET points_open = '{7}'",
    "a file": "UPDATE orders_inspection SET proof_open = array_remove(proof_open, 6)",
    "a file too many": "UPDATE orders_inspection SET proof_open = proof_open || 7::smallint",
    "the verdict": "UPDATE orders_inspection SET verdict = 'pass'",
    "the decision": "UPDATE orders_inspection SET decision = 'go_on'",
    "an answer": "UPDATE orders_inspectionanswer SET replaced_at = at WHERE value = 'SN 104-7731'",
    "a photo": "UPDATE orders_evidence SET removed_at = at, removed_by_id = added_by_id",
    "the severity": "UPDATE orders_order SET severity = 'critical'",
}


@pytest.mark.parametrize("what", WRONG)
def test_whatever_of_an_inspection_is_not_what_was_recorded_is_found(
    company: Company, owner: psycopg.Connection, what: str
) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers())
    answer(company, order, [GivenAnswer(7, "no"), GivenAnswer(4, "yes"), GivenAnswer(3, "receipt")])
    attach_all(company, order, but=[6])
    assert company.audit() == {}

    owner.execute(WRONG[what])

    assert company.audit().get("inspection_counters_wrong") == 1


def test_what_is_broken_in_another_slice_is_found_in_its_turn_and_counted_until_it_is_mended(
    company: Company, owner: psycopg.Connection
) -> None:
    company.manager("Anna")
    orders = company.receive(*(f"A-{number}" for number in range(7)))
    owner.execute("UPDATE orders_order SET status_sequence = 7 WHERE id = %s", [orders[3].pk])
    minutes = iter(range(100))

    def run() -> Audit:
        return audit(now=moment("12:02") + timedelta(minutes=next(minutes)), at_once=2)

    found = [run().counts["status_is_not_the_last_event"] for _ in range(6)]
    last = Audit.objects.latest("pk")
    owner.execute("UPDATE orders_order SET status_sequence = 1 WHERE id = %s", [orders[3].pk])

    # The fourth of seven stands in the second slice of two.
    assert found == [0, 1, 1, 1, 1, 1]
    assert last.broken == {"status_is_not_the_last_event": [orders[3].pk]}
    # Four slices are a round, of three minutes from the first to the last; two more of the next.
    assert last.walks["open orders"] == {
        "after": orders[3].pk,
        "began_at": moment("12:06").isoformat(),
        "round_seconds": 180.0,
    }
    assert run().total == 0


def test_a_slice_of_managers_is_as_many_as_have_so_many_orders(company: Company) -> None:
    for name in ("Anna", "Boris", "Vera"):
        company.manager(name)
    company.receive(*(f"A-{number}" for number in range(9)))

    afters = [audit(now=company.now, at_once=6).walks["managers"]["after"] > 0 for _ in range(4)]

    assert afters == [True, False, True, False]


def test_no_run_reads_a_whole_table(company: Company) -> None:
    for number in range(40):
        company.manager(f"Anna-{number}")
    now = company.now + HOUR / 2
    many_orders(20_000, now=now)
    small = 500
    audit(now=now, at_once=small)

    with CaptureQueriesContext(connection) as captured:
        audit(now=now, at_once=small)

    asked = [query["sql"] for query in captured if query["sql"].lstrip().startswith("SELECT")]
    assert len(asked) >= len(CHECKS)
    for statement in asked:
        assert most_read(explained(statement)) <= 1_500, statement
