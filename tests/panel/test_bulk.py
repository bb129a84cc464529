"""Many orders at once: shown first, then each through the service by itself."""

import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponse

from orders.models import Order
from panel.order import bulk
from rop.models import Escalation, Snooze
from tests.panel.visitor import Visitor, manager_visitor, observer, text
from tests.stories.company import Company, moment, owner_of


def choose(visitor: Visitor, action: str, *orders: Order) -> HttpResponse:
    """Tick these in the list and choose what to do."""
    data = {"action": action, ACTION_CHECKBOX_NAME: [order.pk for order in orders]}
    return visitor.post("orders_order_changelist", data=data)


def token(page: HttpResponse) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_a_preview_changes_nothing(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    orders = company.receive("A-1", "A-2")
    company.manager("Boris")

    page = choose(lead, "assign_chosen", *orders)

    shown = text(page)
    assert all(order.ref in shown for order in orders)
    assert "Boris" in shown
    assert {owner_of(order) for order in orders} == {"Anna"}


def test_chosen_orders_go_to_a_manager(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    orders = company.receive("A-1", "A-2", "A-3")
    boris = company.manager("Boris")
    seen = token(choose(lead, "assign_chosen", *orders[:2]))

    page = lead.post("orders_assign", data={"seen": seen, "manager": boris.user_id, "reason": "closer"})

    assert [owner_of(order) for order in orders] == ["Boris", "Boris", "Anna"]
    assert [order.ref for order in page.context["done"]] == [order.ref for order in orders[:2]]
    assert page.context["refused"] == []


@pytest.mark.parametrize("chosen", ["x", "\x00", "1 OR 1=1", "9" * 40])
def test_what_is_no_row_of_the_list_is_not_chosen(company: Company, lead: Visitor, chosen: str) -> None:
    company.manager("Anna")
    company.order()

    page = lead.post(
        "orders_order_changelist", data={"action": "assign_chosen", ACTION_CHECKBOX_NAME: [chosen]}
    )

    assert page.status_code == 200
    assert {owner_of(order) for order in Order.objects.all()} == {"Anna"}


def test_those_that_changed_meanwhile_are_refused_one_by_one(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    orders = company.receive("A-1", "A-2")
    boris = company.manager("Boris")
    seen = token(choose(lead, "assign_chosen", *orders))
    company.accept(orders[0])

    page = lead.post("orders_assign", data={"seen": seen, "manager": boris.user_id, "reason": ""})

    assert [owner_of(order) for order in orders] == ["Anna", "Boris"]
    (refused,) = page.context["refused"]
    assert refused.order.ref == orders[0].ref
    assert len(refused.refused) == 1


def test_severity_of_many(company: Company, lead: Visitor) -> None:
    orders = company.receive("A-1", "A-2")
    seen = token(choose(lead, "set_severity_of_chosen", *orders))

    lead.post("orders_severity", data={"seen": seen, "severity": "high"})

    assert set(Order.objects.values_list("severity", flat=True)) == {"high"}


def test_a_selection_can_not_be_made_up(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")
    forged = token(choose(lead, "assign_chosen", order))[:-2] + "xx"

    lead.post("orders_assign", data={"seen": forged, "manager": boris.user_id})

    assert owner_of(order) == "Anna"


def test_without_a_manager_the_form_is_shown_again(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    seen = token(choose(lead, "assign_chosen", order))

    page = lead.post("orders_assign", data={"seen": seen, "manager": "", "reason": "because"})

    assert page.status_code == 422
    assert 'value="because"' in page.content.decode()
    assert owner_of(order) == "Anna"


def test_too_many_at_once_are_refused_before_anything_is_done(
    company: Company, lead: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    orders = company.receive("A-1", "A-2")

    page = choose(lead, "set_severity_of_chosen", *orders)

    assert page.redirect_chain
    assert 'name="seen"' not in page.content.decode()


def test_nobody_but_a_lead_changes_many(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()

    for visitor in (manager_visitor(company, anna), observer(company)):
        choose(visitor, "assign_chosen", order)
        assert visitor.post("orders_assign", data={"seen": "x", "manager": anna.user_id}).status_code == 403
        assert visitor.post("orders_severity", data={"seen": "x", "severity": "high"}).status_code == 403
        assert visitor.get("orders_assign").status_code == 405


def escalated(company: Company, *names: str) -> list[Order]:
    """Accepted at noon, inspections of eight working hours that are late at nine in the evening."""
    orders = [company.accept(order) for order in company.receive(*names)]
    company.go_to(moment("21:00"))
    return orders


def test_a_storm_is_taken_in_hand_put_off_or_closed_at_once(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    first, second, third, fourth = escalated(company, "A-1", "A-2", "A-3", "A-4")

    seen = token(choose(lead, "acknowledge_chosen", first))
    lead.post("orders_acknowledge_many", data={"seen": seen})
    seen = token(choose(lead, "snooze_chosen", second))
    lead.post("orders_snooze_many", data={"seen": seen, "how_long": "3h", "reason": "waits_for_seller"})
    seen = token(choose(lead, "resolve_chosen", third, fourth))
    done = lead.post("orders_resolve_many", data={"seen": seen, "reason": "other", "words": "A false alarm"})

    states = dict(Escalation.objects.values_list("order", "state"))
    assert states == {
        first.pk: "acknowledged",
        second.pk: "open",
        third.pk: "resolved",
        fourth.pk: "resolved",
    }
    assert set(Escalation.objects.filter(state="resolved").values_list("reason", flat=True)) == {
        "A false alarm"
    }
    assert Snooze.objects.get().order_id == second.pk
    assert len(done.context["done"]) == 2


def test_what_has_nothing_to_resolve_is_said_one_by_one(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    (order,) = escalated(company, "A-1")
    (calm,) = company.receive("calm")
    seen = token(choose(lead, "resolve_chosen", order, calm))

    page = lead.post("orders_resolve_many", data={"seen": seen, "reason": "solved"})

    assert [shown.pk for shown in page.context["done"]] == [order.pk]
    assert [outcome.order.pk for outcome in page.context["refused"]] == [calm.pk]


def test_nobody_but_a_lead_speaks_to_the_ladder_about_many(company: Company) -> None:
    anna = company.manager("Anna")
    escalated(company, "A-1")
    for visitor in (observer(company), manager_visitor(company, anna)):
        for door in ("acknowledge_many", "snooze_many", "resolve_many"):
            assert visitor.post(f"orders_{door}", data={"seen": "x"}).status_code == 403
