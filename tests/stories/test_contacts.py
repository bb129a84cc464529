"""Contacts with the seller and the client: facts that end tasks and bring the next ones."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from core.models import Entry
from orders.models import Contact, Order, Task
from orders.selectors import contacts_of
from orders.services import ContactRefused, contact_add
from sla.models import Clock
from tests.stories.company import HOUR, MINUTE, Company, moment
from tests.stories.inspecting import owners, step, under_inspection


def contact(company: Company, order: Order, outcome: str, **more: Any) -> Contact:
    said = {"whom": "seller", "channel": "phone", "outcome": outcome, **more}
    made = contact_add(order_id=order.pk, actor=owners(company, order), now=company.now, **said)
    company.commit()
    return made


def tasks(order: Order) -> list[tuple[str, str]]:
    return list(Task.objects.filter(order=order).order_by("pk").values_list("kind", "status"))


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        ("agreed", "fill_inspection"),
        ("reached", "fill_inspection"),
        ("refused", "fill_inspection"),
        ("no_answer", "contact_seller"),
    ],
)
def test_the_seller_was_contacted_when_they_were_talked_to(company: Company, outcome: str, then: str) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    contact(company, order, outcome)

    assert step(order)[0] == then


def test_a_contact_with_the_client_is_none_with_the_seller(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    contact(company, order, "reached", whom="client")

    assert step(order)[0] == "contact_seller"


def test_whoever_is_to_be_called_back_is_a_task_until_the_next_contact(company: Company) -> None:
    anna = company.manager("Anna")
    order = under_inspection(company)

    contact(company, order, "call_back", next_at=moment("15:00"), text="At work until three")

    task = Task.objects.get()
    assert (task.kind, task.owner, task.due_at) == ("contact_seller", anna.user, moment("15:00"))
    assert step(order)[0] == "contact_seller"
    assert order.due_at == moment("15:00")
    company.go_to(moment("14:30"))
    # Nobody picked up: the next try is later, and the clock of the first is met.
    contact(company, order, "no_answer", next_at=moment("16:00"))
    assert tasks(order) == [("contact_seller", "done"), ("contact_seller", "open")]
    assert Clock.objects.get(subject_type="task", subject_id=task.pk).state == "met"
    contact(company, order, "agreed")
    assert tasks(order) == [("contact_seller", "done")] * 2
    assert [made.outcome for made in contacts_of(order.pk)] == ["agreed", "no_answer", "call_back"]
    assert company.audit() == {}


def test_contacts_with_the_client_end_tasks_with_the_client_only(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    contact(company, order, "call_back", next_at=moment("15:00"))
    contact(company, order, "call_back", whom="client", next_at=moment("16:00"))

    contact(company, order, "reached", whom="client")

    assert tasks(order) == [("contact_seller", "open"), ("contact_client", "done")]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_task_that_a_fact_brings_is_called_in_the_installations_language(
    company: Company, language: str
) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    with translation.override(language):
        contact(company, order, "call_back", next_at=moment("15:00"))

    assert Task.objects.get(order=order).title == "Снова связаться с продавцом"


def test_nobody_is_called_back_about_an_order_that_is_off(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    contact(company, order, "call_back", next_at=moment("15:00"))

    company.cancel(order)

    order.refresh_from_db()
    assert (tasks(order), order.closed_at) == ([("contact_seller", "cancelled")], company.now)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"whom": "neighbour"}, "unknown_whom"),
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"outcome": "maybe"}, "unknown_outcome"),
        ({"text": "x" * 2001}, "too_long"),
        ({"outcome": "call_back"}, "next_required"),
        ({"next_at": moment("12:00")}, "next_in_past"),
        ({"next_at": moment("12:00") + timedelta(days=90, seconds=1)}, "next_too_late"),
    ],
)
def test_what_is_no_contact_is_refused_with_a_code(company: Company, said: dict[str, Any], code: str) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    with pytest.raises(ContactRefused) as refused:
        contact(company, order, **{"outcome": "reached", **said})

    assert refused.value.code == code
    assert not Contact.objects.exists()


def test_there_is_nobody_to_contact_about_a_closed_order(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    company.cancel(order)

    with pytest.raises(ContactRefused) as refused:
        contact(company, order, "reached")

    assert refused.value.code == "order_closed"


def test_a_contact_is_movement_and_its_words_stay_out_of_the_journal(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    company.go(HOUR + MINUTE)

    made = contact(company, order, "no_answer", text="Her mother says she is away")

    order.refresh_from_db()
    assert order.moved_at == company.now
    entry = Entry.objects.get(kind="command.contact_add")
    assert entry.output == {"contact": made.pk, "whom": "seller", "outcome": "no_answer"}
