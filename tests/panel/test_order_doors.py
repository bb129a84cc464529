"""Every button of an order's page is a POST that calls a service: what it does, and what it refuses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Entry, Message
from orders.models import Contact, Note, Order, Task
from tests.panel.visitor import BACKEND, Visitor, manager_visitor, observer, said, text
from tests.stories.company import HOUR, Company, owner_of
from tests.stories.inspecting import UNTOUCHED

DOORS = ("order_assign", "order_severity", "order_note", "order_task", "order_contact")


def refreshed(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_the_owner_accepts_an_order_on_its_page(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()

    page = manager_visitor(company, anna).post(
        "order_route", order.pk, "accept", data={"version": order.version, "reason": ""}
    )

    assert refreshed(order).status == "under_inspection"
    assert page.redirect_chain[-1][0] == reverse("admin:orders_order_change", args=[order.pk])
    assert any("R-" in line for line in said(page))


def test_a_refused_route_names_everything_that_is_missing(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    page = lead.post("order_route", order.pk, "complete_inspection", data={"version": order.version})

    assert refreshed(order).status == "under_inspection"
    # The first things in words, and how many more there are.
    assert len(said(page)) == 6
    assert str(len(UNTOUCHED) - 5) in said(page)[-1]
    refusal = Entry.objects.get(kind="command.route", output__result="refused")
    assert refusal.output["missing"] == [*UNTOUCHED]
    assert (refusal.door, refusal.actor_id) == ("admin", company.lead.pk)


@pytest.mark.parametrize("route", ["teleport", "a\x00b", "я" * 500])
def test_a_route_that_is_none_is_refused_and_its_name_is_kept_nowhere(
    company: Company, lead: Visitor, route: str
) -> None:
    company.manager("Anna")
    order = company.order()

    page = lead.post("order_route", order.pk, route, data={"version": order.version})

    assert page.status_code == 200
    refusal = Entry.objects.get(kind="command.route", output__result="refused")
    assert (refusal.inputs, refusal.output["code"]) == ({"route": "unknown"}, "unknown_route")


def test_cancelling_needs_a_reason_from_the_list(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()

    lead.post("order_route", order.pk, "cancel", data={"version": order.version, "reason_code": ""})
    assert refreshed(order).status == "pending_manager"
    lead.post("order_route", order.pk, "cancel", data={"version": order.version, "reason_code": "whim"})
    assert refreshed(order).status == "pending_manager"

    lead.post("order_route", order.pk, "cancel", data={"version": order.version, "reason_code": "duplicate"})
    assert (refreshed(order).status, refreshed(order).cancel_reason) == ("cancelled", "duplicate")


def test_a_reason_that_was_asked_for_is_kept_with_the_event(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    lead.post("order_route", order.pk, "return_to_queue", data={"version": order.version, "reason": ""})
    assert refreshed(order).status == "under_inspection"

    data = {"version": order.version, "reason": "The seller moved\r\nto another town"}
    lead.post("order_route", order.pk, "return_to_queue", data=data)
    assert order.status_events.get(route="return_to_queue").reason == "The seller moved\nto another town"


def test_a_press_on_a_page_that_is_older_than_the_order_changes_nothing(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    order = company.order()
    seen = order.version
    company.accept(order)

    page = lead.post("order_route", order.pk, "cancel", data={"version": seen, "reason_code": "duplicate"})

    assert refreshed(order).status == "under_inspection"
    assert len(said(page)) == 1


def test_the_same_press_twice_acts_once(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    visitor = manager_visitor(company, anna)

    for _press in range(2):
        visitor.post("order_route", order.pk, "accept", data={"version": order.version})

    assert order.status_events.filter(route="accept").count() == 1


def test_an_unknown_route_is_refused(company: Company, lead: Visitor) -> None:
    order = company.order()

    page = lead.post("order_route", order.pk, "teleport", data={"version": order.version})

    assert len(said(page)) == 1
    assert refreshed(order).status == "pending_manager"


def test_a_lead_gives_an_order_to_another_manager(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    lead.post(
        "order_assign",
        order.pk,
        data={"version": order.version, "manager": boris.user_id, "reason": "speaks Polish"},
    )

    assert owner_of(order) == "Boris"
    assert company.told(boris) == ["order_new"]
    assert "speaks Polish" in text(lead.order_page(order))


def test_an_order_is_not_given_to_somebody_who_takes_none(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()

    page = lead.post("order_assign", order.pk, data={"version": order.version, "manager": company.lead.pk})

    assert owner_of(order) == "Anna"
    assert len(said(page)) == 1


def test_a_stale_assignment_is_refused(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    lead.post("order_assign", order.pk, data={"version": order.version - 1, "manager": boris.user_id})

    assert owner_of(order) == "Anna"


def test_severity_moves_the_deadline(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    assert order.due_at == company.now + timedelta(minutes=30)

    lead.post("order_severity", order.pk, data={"version": order.version, "severity": "critical"})

    assert refreshed(order).severity == "critical"
    assert refreshed(order).due_at == company.now + timedelta(minutes=10)


def test_an_unknown_severity_changes_nothing(company: Company, lead: Visitor) -> None:
    order = company.order()

    lead.post("order_severity", order.pk, data={"version": order.version, "severity": "apocalyptic"})

    assert refreshed(order).severity == "normal"


def test_a_note_tells_those_who_are_mentioned(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    order = company.order()

    page = lead.post(
        "order_note", order.pk, data={"text": "Ask for the <b>box</b>", "mentions": [anna.user_id]}
    )

    note = Note.objects.get()
    assert (note.text, note.author, note.mentions) == ("Ask for the <b>box</b>", company.lead, [anna.user_id])
    assert Message.objects.filter(person=anna.user, template="note_mention").count() == 1
    assert "Ask for the &lt;b&gt;box&lt;/b&gt;" in page.content.decode()


def test_an_empty_note_is_said_to_be_empty_and_nothing_is_written(company: Company, lead: Visitor) -> None:
    order = company.order()

    page = lead.post("order_note", order.pk, data={"text": "\u200b  ", "mentions": []})

    assert page.status_code == 422
    assert not Note.objects.exists()


def test_what_was_written_is_not_lost_when_it_can_not_be_taken(company: Company, lead: Visitor) -> None:
    order = company.order()
    data = {"title": "Call the seller back", "owner": company.lead.pk, "due_at": "tomorrow"}

    page = lead.post("order_task", order.pk, data=data)

    assert page.status_code == 422
    assert 'value="Call the seller back"' in page.content.decode()
    assert not Task.objects.exists()


def test_a_task_is_given_and_done(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    order = company.order()
    data = {"title": "Ask for the box", "owner": anna.user_id, "due_at": "2026-03-02T15:00"}

    lead.post("order_task", order.pk, data=data)
    task = Task.objects.get()
    assert (task.title, task.owner, task.due_at - company.now) == ("Ask for the box", anna.user, 3 * HOUR)

    manager_visitor(company, anna).post("task_done", order.pk, task.pk)
    task.refresh_from_db()
    assert (task.status, task.ended_by) == ("done", anna.user)


def test_a_task_is_not_given_for_the_past(company: Company, lead: Visitor) -> None:
    order = company.order()
    data = {"title": "Too late", "owner": company.lead.pk, "due_at": "2026-03-02T11:00"}

    page = lead.post("order_task", order.pk, data=data)

    assert not Task.objects.exists()
    assert len(said(page)) == 1


def test_a_cancelled_task_can_not_be_done(company: Company, lead: Visitor) -> None:
    order = company.order()
    data = {"title": "Ask", "owner": company.lead.pk, "due_at": "2026-03-02T15:00"}
    lead.post("order_task", order.pk, data=data)
    task = Task.objects.get()

    lead.post("task_cancel", order.pk, task.pk)
    lead.post("task_done", order.pk, task.pk)

    task.refresh_from_db()
    assert task.status == "cancelled"


def test_a_task_of_another_order_is_not_ended_through_this_one(company: Company, lead: Visitor) -> None:
    one, other = company.receive("A-1", "A-2")
    lead.post(
        "order_task", one.pk, data={"title": "Ask", "owner": company.lead.pk, "due_at": "2026-03-02T15:00"}
    )
    task = Task.objects.get()

    lead.post("task_done", other.pk, task.pk)

    task.refresh_from_db()
    assert task.status == "open"


# ── who may not ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_another_manager_is_not_found(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    boris = manager_visitor(company, company.manager("Boris"))

    assert boris.order_page(order).status_code == 404
    for door in DOORS:
        assert boris.post(door, order.pk).status_code == 404
    assert boris.post("order_route", order.pk, "accept", data={"version": order.version}).status_code == 404
    assert refreshed(order).status == "pending_manager"


def test_a_manager_moves_own_orders_and_gives_them_to_nobody(company: Company) -> None:
    anna = company.manager("Anna")
    boris = company.manager("Boris", capacity=0)
    order = company.order()
    visitor = manager_visitor(company, anna)

    visitor.post("order_assign", order.pk, data={"version": order.version, "manager": boris.user_id})
    visitor.post("order_severity", order.pk, data={"version": order.version, "severity": "critical"})

    assert owner_of(order) == "Anna"
    assert refreshed(order).severity == "normal"


def test_whoever_only_watches_changes_nothing(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    visitor = observer(company)

    visitor.post(
        "order_route", order.pk, "cancel", data={"version": order.version, "reason_code": "duplicate"}
    )
    visitor.post("order_severity", order.pk, data={"version": order.version, "severity": "high"})
    visitor.post(
        "order_task", order.pk, data={"title": "x", "owner": visitor.user.pk, "due_at": "2026-03-02T15:00"}
    )

    assert (refreshed(order).status, refreshed(order).severity) == ("pending_manager", "normal")
    assert not Task.objects.exists()


def test_links_change_nothing(company: Company, lead: Visitor) -> None:
    order = company.order()

    for door in DOORS:
        assert lead.get(door, order.pk).status_code == 405
    assert lead.get("order_route", order.pk, "cancel").status_code == 405


@pytest.mark.parametrize("door", DOORS)
def test_a_press_from_another_site_is_refused(company: Company, door: str) -> None:
    order = company.order()
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.lead, backend=BACKEND)

    answer = client.post(reverse(f"admin:{door}", args=[order.pk]), {"version": order.version})

    assert answer.status_code == 403


def test_a_stranger_is_asked_to_log_in(company: Company) -> None:
    order = company.order()

    answer = Client().post(reverse("admin:order_assign", args=[order.pk]), {"version": order.version})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_whoever_gives_an_order_away_comes_back_to_the_list(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order())
    company.manager("Boris")

    page = manager_visitor(company, anna).post(
        "order_route", order.pk, "return_to_queue", data={"version": order.version, "reason": "Too far away"}
    )

    assert owner_of(order) == "Boris"
    assert page.redirect_chain[-1][0] == reverse("admin:orders_order_changelist")
    assert "Camera" not in text(page)


# ── contacts ──────────────────────────────────────────────────────────────────────────────────────────────────

CONTACT = {
    "whom": "seller",
    "channel": "phone",
    "outcome": "reached",
    "text": "Shows it today",
    "next_at": "",
}


def test_a_contact_is_written_down_and_the_step_is_done(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order())
    visitor = manager_visitor(company, anna)
    assert refreshed(order).next_action == "contact_seller"

    page = visitor.post("order_contact", order.pk, data=CONTACT)

    contact = Contact.objects.get()
    assert (contact.by, contact.door, contact.text) == (anna.user, "admin", "Shows it today")
    assert "Shows it today" in text(page)
    assert refreshed(order).next_action == "fill_inspection"


def test_a_contact_brings_the_task_of_the_next_one(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order())

    manager_visitor(company, anna).post(
        "order_contact",
        order.pk,
        data={**CONTACT, "outcome": "call_back", "next_at": "2026-03-02T15:00"},
    )

    task = Task.objects.get()
    assert (task.kind, task.owner, task.due_at) == ("contact_seller", anna.user, company.now + 3 * HOUR)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"whom": "courier"}, "whom"),
        ({"channel": "pigeon"}, "channel"),
        ({"outcome": ""}, "outcome"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "a" * 2001}, "text"),
        ({"next_at": "tomorrow"}, "next_at"),
        ({"next_at": "2026-03-02T11:00"}, "next_at"),
        ({"next_at": "2027-03-02T11:00"}, "next_at"),
        ({"outcome": "call_back"}, "next_at"),
    ],
)
def test_a_contact_that_can_not_be_is_refused_at_its_field_in_the_open_window(
    company: Company, lead: Visitor, changed: dict[str, str], field: str
) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    page = lead.post("order_contact", order.pk, data={**CONTACT, **changed})

    assert page.status_code == 422
    assert list(page.context["contact_form"].errors) == [field]
    assert "data-now" in page.content.decode()
    assert not Contact.objects.exists()


def test_whoever_may_not_act_records_no_contact(company: Company) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    assert (
        manager_visitor(company, company.manager("Boris"))
        .post("order_contact", order.pk, data=CONTACT)
        .status_code
        == 404
    )
    assert len(said(observer(company).post("order_contact", order.pk, data=CONTACT))) == 1
    assert not Contact.objects.exists()
