"""The deal on an order's page, in the inbox and in a day: what comes first, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Blocker, Order, Task
from orders.selectors import orders_found
from orders.services import order_set_severity
from tests.panel.test_deal_doors import in_english
from tests.panel.visitor import Visitor, manager_visitor, text
from tests.stories.company import HOUR, Company
from tests.stories.dealing import (
    DAY,
    ask,
    awaiting,
    block,
    complain,
    decide,
    delivered,
    in_transit,
    logistics,
    pay,
    ready,
    say,
)
from tests.stories.inspecting import under_inspection


def confirmed(company: Company) -> Order:
    order = awaiting(company)
    decide(company, order, "confirmed")
    return order


@pytest.mark.parametrize(
    ("made", "first"),
    [
        (under_inspection, []),
        (awaiting, ["client"]),
        (confirmed, ["payment", "shipment"]),
        (ready, ["shipment"]),
        (in_transit, ["way"]),
        (delivered, ["claims"]),
    ],
    ids=["inspection", "awaiting", "confirmed", "ready", "in_transit", "delivered"],
)
def test_the_present_stage_comes_first_and_open_and_the_rest_is_folded(
    company: Company, lead: Visitor, made: Callable[[Company], Order], first: list[str]
) -> None:
    company.manager("Anna")
    order = made(company)

    parts = lead.order_page(order).context["deal_parts"]

    assert [part.code for part in parts if part.is_open] == first
    assert [part.code for part in parts][: len(first)] == first


def test_what_to_say_to_the_client_is_at_hand_with_the_facts_of_the_order(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)

    shown = text(anna.order_page(order)).replace("\u00a0", " ")

    assert "Здравствуйте, Client! Это Anna." in shown
    assert "125 000 ₽. Есть вопросы по осмотру?" in shown


def test_the_facts_of_strangers_in_a_text_are_only_text(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    Order.objects.filter(pk=order.pk).update(client_name="<b>{manager.password}</b>")

    page = anna.order_page(order).content.decode()

    assert "&lt;b&gt;{manager.password}&lt;/b&gt;" in page
    assert "<b>{manager" not in page


def test_a_step_of_a_deal_leads_to_where_it_is_done(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = confirmed(company)

    page = lead.order_page(order)

    assert page.context["deal_at"] == "payment"
    assert 'href="#deal-payment"' in page.content.decode()


def test_the_page_costs_the_same_however_much_hangs_on_the_order(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = confirmed(company)
    pay(company, order, Decimal(1000))
    block(company, order, company.lead, company.now + HOUR)
    ask(company, order, "reinspect")
    lead.order_page(order)
    few = queries(lead, order)
    # Of nearly all that there can be this order has something.
    assert few <= 63

    for number in range(2, 6):
        pay(company, order, Decimal(1000), document=str(number))
        block(company, order, company.lead, company.now + number * HOUR)
        decide(company, order, "thinks", until=company.now + number * DAY)
        decide(company, order, "confirmed")

    assert queries(lead, order) <= few


def queries(visitor: Visitor, order: Order) -> int:
    with CaptureQueriesContext(connection) as captured:
        visitor.order_page(order)
    return len(captured)


# ── the inbox ──


def kinds(visitor: Visitor) -> dict[str, int]:
    page = visitor.get("inbox")
    found = {section.kind.code: section.count for section in page.context["sections"]}
    assert page.context["pulse"].inbox == sum(found.values())
    return found


def test_a_client_who_never_decides_is_a_leads_to_decide_about(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    # The third step two days in, and a day after it the lead.
    company.go(3 * DAY + timedelta(minutes=1))

    page = lead.get("inbox")

    section = next(one for one in page.context["sections"] if one.kind.code == "undecided")
    assert section.count == 1
    assert section.rows[0].link == f"/admin/orders/order/{order.pk}/change/#deal-client"


def test_the_money_of_a_deal_that_is_off_waits_for_a_lead(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    pay(company, order, Decimal(60000))
    say(company, ask(company, order, "cancel", reason_code="client_refused"), "approve")

    page = lead.get("inbox")

    (section,) = [one for one in page.context["sections"] if one.kind.code == "money"]
    (row,) = section.rows
    assert "60" in row.text
    assert row.link == f"/admin/orders/order/{order.pk}/change/#deal-payouts"
    parts = lead.order_page(order).context["deal_parts"]
    assert [part.code for part in parts if part.is_open] == ["payouts"]


def test_a_blocker_is_the_leads_once_it_is_overdue(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = ready(company)
    blocker = block(company, order, company.lead, company.now + HOUR)
    assert "blockers" not in kinds(lead)

    company.go(HOUR + timedelta(minutes=1))

    assert kinds(lead)["blockers"] == 1
    row = next(s for s in lead.get("inbox").context["sections"] if s.kind.code == "blockers").rows[0]
    assert blocker.text in row.title


def test_the_inbox_costs_the_same_however_many_deals_wait(company: Company, lead: Visitor) -> None:
    company.manager("Anna")

    def waiting(number: int) -> None:
        order = awaiting(company, f"A-{number}")
        pay(company, order, Decimal(60000))
        say(company, ask(company, order, "cancel", reason_code="client_refused"), "approve")
        ask(company, awaiting(company, f"B-{number}"), "reinspect")
        other = awaiting(company, f"C-{number}")
        block(company, other, company.lead, company.now + HOUR)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            lead.get("inbox")
        return len(captured)

    waiting(1)
    company.now += 2 * HOUR
    lead.get("inbox")
    few = cost()
    company.now -= 2 * HOUR
    waiting(2)
    company.now += 2 * HOUR

    assert cost() == few


# ── a day, and search ──


def test_a_day_has_the_words_of_its_tasks_and_the_urgent_orders_first(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    calm = in_transit(company, "A-1")
    urgent = awaiting(company, "A-2")
    order_set_severity(
        order_id=urgent.pk,
        severity="critical",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.go(2 * DAY)

    tasks = anna.get("my_day").context["tasks"]

    assert [asked.task.order_id for asked in tasks] == [urgent.pk, calm.pk]
    assert "Client" in tasks[0].say
    assert (tasks[1].look_up, tasks[1].at) == ("CDEK 10 2345 678", "deal-way")


def test_what_somebody_has_to_remove_is_in_their_day_and_removed_there(company: Company) -> None:
    company.manager("Anna")
    order = ready(company)
    boris = manager_visitor(company, company.manager("Boris"))
    blocker = block(company, order, boris.user, company.now + HOUR)

    page = boris.get("my_day")
    assert page.context["blockers"] == [blocker]
    after = boris.post(
        "blockers_remove", order.pk, blocker.pk, data={"resolution": "Done", "next": "/admin/my-day/"}
    )

    assert after.redirect_chain[-1][0] == "/admin/my-day/"
    assert Blocker.objects.get().resolved_by == boris.user


def test_what_a_fact_ends_has_a_way_to_the_fact_instead_of_a_button(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    task = Task.objects.get(order=order, kind="follow_up")

    page = anna.order_page(order).content.decode()

    assert f"/tasks/{task.pk}/done/" not in page
    assert 'href="#deal-client"' in page


@pytest.mark.parametrize("term", ["10 2345 678", "Ab-778899", "ab-778899"])
def test_an_order_is_found_by_its_tracking_number(company: Company, lead: Visitor, term: str) -> None:
    company.manager("Anna")
    order = in_transit(company)
    other = ready(company, "A-2")
    assert orders_found(Order.objects.all(), "10 2345").count() == 0
    if term != "10 2345 678":
        # Numbers are written down as they are; those of capitals are found in small letters too.
        logistics(company, order, tracking="AB-778899" if term.islower() else term)

    assert [one.pk for one in orders_found(Order.objects.all(), term)] == [order.pk]
    assert other.pk != order.pk


def test_the_number_of_a_shipment_is_looked_for_by_its_index(company: Company) -> None:
    """However many shipments there are: with many rows of one kind PostgreSQL has to take it."""
    company.manager("Anna")
    in_transit(company)
    with CaptureQueriesContext(connection) as captured:
        list(orders_found(Order.objects.all(), "10 2345 678"))
    asked = next(one["sql"] for one in captured if "orders_logistics" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked)
        plan = " ".join(row[0] for row in cursor.fetchall())

    assert "logistics_tracking" in plan


def test_a_closed_deal_has_nothing_open_and_no_forms(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = delivered(company)
    company.go(14 * DAY)
    in_english()

    page = lead.order_page(order)

    assert [part.code for part in page.context["deal_parts"] if part.is_open] == []
    assert not any(getattr(page.context["deal_may"], name) for name in ("act", "record", "ask_money", "lead"))


def test_claims_are_settled_before_all_else_of_a_delivered_order(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = delivered(company)
    claim = complain(company, order)

    page = lead.order_page(order)

    assert page.context["deal_at"] == "claims"
    assert [part.code for part in page.context["deal_parts"] if part.is_open] == ["claims", "payouts"]
    assert f"/claims/{claim.pk}/settle/" in page.content.decode()
