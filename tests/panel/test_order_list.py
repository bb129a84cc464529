"""The list of orders: what burns comes first, and its cost doesn't follow its length."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from panel import paginator
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, text
from tests.stories.company import HOUR, Company, moment


def shown(page: HttpResponse) -> list[str]:
    """The external ids on the page, in order."""
    return [order.external_id for order in page.context["cl"].result_list]


def listed(visitor: Visitor, **query: object) -> list[str]:
    return shown(visitor.get("orders_order_changelist", query=query))


def test_what_is_due_first_comes_first(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.order("calm")
    company.order("urgent", severity="critical")
    company.order("high", severity="high")

    # 30, 10 and 20 minutes to accept.
    assert listed(lead) == ["urgent", "high", "calm"]


def test_the_waiting_queue_goes_by_severity_then_age(company: Company, lead: Visitor) -> None:
    company.order("old")
    company.now += HOUR
    company.order("young")
    company.order("critical", severity="critical")

    assert listed(lead, view="waiting") == ["critical", "old", "young"]


def test_an_empty_queue_is_good_news_unless_a_filter_may_be_why(company: Company, lead: Visitor) -> None:
    def said(**query: object) -> str:
        return text(lead.get("orders_order_changelist", query=query))

    good, nothing_found = "Никто не ждёт: у каждого открытого заказа есть менеджер.", "Сбросьте фильтры"
    assert good in said(view="waiting")
    assert nothing_found not in said(view="waiting")
    assert "Ничего не горит" in said(view="burning")
    assert nothing_found in said(view="waiting", severity="high")
    assert nothing_found in said(view="waiting", q="Irina")
    assert nothing_found in said()

    company.order("waits")
    assert good not in said(view="waiting")


def test_burning_orders_are_those_whose_deadline_has_passed(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    late = company.accept(company.order("late", severity="critical"))
    company.go(timedelta(hours=2, minutes=1))
    company.order("fresh")

    assert listed(lead, view="burning") == [late.external_id]


def test_closed_orders_are_in_a_view_of_their_own(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.cancel(company.order("gone"))
    company.order("there")

    assert listed(lead) == ["there"]
    assert listed(lead, view="closed") == ["gone"]
    assert sorted(listed(lead, view="all")) == ["gone", "there"]


def test_orders_without_movement_are_found_after_a_day_and_after_three(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    company.accept(company.order("still"))
    Order.objects.filter(external_id="still").update(moved_at=company.now - timedelta(hours=25))
    company.accept(company.order("stuck"))
    Order.objects.filter(external_id="stuck").update(moved_at=company.now - timedelta(hours=73))
    company.accept(company.order("moving"))

    assert listed(lead, view="stuck24") == ["stuck", "still"]
    assert listed(lead, view="stuck72") == ["stuck"]


def test_my_team_is_whom_i_lead(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.order("ours")
    stranger = company.manager("Boris")
    stranger.user.team = None
    stranger.user.save(update_fields=["team"])
    company.capacity(company.manager("Vera"), 0)
    company.order("theirs")

    owners = dict(Order.objects.values_list("external_id", "assigned_manager__first_name"))
    assert owners == {"ours": "Anna", "theirs": "Boris"}
    assert listed(lead, view="team") == ["ours"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "under_inspection"}, ["taken"]),
        ({"severity": "high"}, ["loud"]),
        ({"owner": "nobody"}, []),
        ({"due": "hour"}, ["loud"]),
        ({"due": "day"}, ["loud", "taken"]),
        ({"due": "overdue"}, []),
        ({"owner": "nonsense"}, ["loud", "taken"]),
    ],
)
def test_filters_narrow_the_list(
    company: Company, lead: Visitor, query: dict[str, str], found: list[str]
) -> None:
    company.manager("Anna")
    company.accept(company.order("taken"))
    company.order("loud", severity="high")

    assert listed(lead, **query) == found


def test_the_orders_of_one_owner(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    company.order("hers")
    company.manager("Boris")
    company.order("his")

    assert listed(lead, owner=anna.user_id) == ["hers"]


@pytest.mark.parametrize(
    "term", ["{ref}", "r{pk}", "{pk}", "р-{pk}", "shop-77", "PETROVA", "916 123", "олимпус"]
)
def test_an_order_is_found_by_what_people_know_of_it(company: Company, lead: Visitor, term: str) -> None:
    company.order("other")
    order = company.order("shop-77")
    Order.objects.filter(pk=order.pk).update(
        client_name="Anna Petrova", client_contact="+7 916 123-45-67", item="Камера Олимпус"
    )

    assert "shop-77" in listed(lead, q=term.format(ref=order.ref, pk=order.pk))
    assert "other" not in listed(lead, q=term.format(ref=order.ref, pk="0"))


def test_searching_looks_among_the_closed_ones_too(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.cancel(company.order("gone-for-good"))

    assert listed(lead, q="gone-for") == ["gone-for-good"]


@pytest.mark.parametrize(
    "term", ["%", "_", "\\", "'; DROP TABLE orders_order; --", "ё" * 500, "R-" + "9" * 30]
)
def test_strange_searches_find_nothing_and_break_nothing(company: Company, lead: Visitor, term: str) -> None:
    company.order()

    assert listed(lead, q=term) == []


def test_a_manager_sees_own_orders_only(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    company.order("hers")
    boris = manager_visitor(company, company.manager("Boris"))
    company.order("his")

    assert listed(anna) == ["hers"]
    assert listed(boris, view="all") == ["his"]
    assert listed(anna, q="his") == []
    assert "orders.assign" not in anna.user.get_all_permissions()
    assert 'name="action"' not in anna.get("orders_order_changelist").content.decode()


def test_finance_and_observers_see_everything_and_can_do_nothing_to_many(company: Company) -> None:
    company.manager("Anna")
    company.order("there")

    for visitor in (finance(company), observer(company)):
        assert listed(visitor) == ["there"]
        page = visitor.get("orders_order_changelist")
        assert 'name="action"' not in page.content.decode()
        assert visitor.get("orders_order_add").status_code == 403


def test_the_list_says_when_and_how_late(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order(severity="critical"))
    company.go(timedelta(hours=2, minutes=40))

    page = lead.get("orders_order_changelist")

    # Two working hours for a critical inspection.
    assert 'class="due due-late"' in page.content.decode()
    assert order.ref in text(page)


def test_the_cost_of_the_list_does_not_follow_its_length(company: Company, lead: Visitor) -> None:
    company.manager("Anna", capacity=100)
    company.receive("A-1", "A-2")
    lead.get("orders_order_changelist")
    with CaptureQueriesContext(connection) as few:
        lead.get("orders_order_changelist")
    company.manager("Boris", capacity=100)
    company.receive(*(f"B-{number}" for number in range(40)))

    with CaptureQueriesContext(connection) as many:
        page = lead.get("orders_order_changelist")

    assert len(shown(page)) == 42
    assert len(many) == len(few)


def test_rows_are_counted_no_further_than_people_read(
    company: Company, lead: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paginator, "CAP", 3)
    company.receive("A-1", "A-2", "A-3", "A-4", "A-5")

    with CaptureQueriesContext(connection) as captured:
        changelist = lead.get("orders_order_changelist").context["cl"]

    assert (changelist.result_count, changelist.paginator.is_capped) == (3, True)
    counts = [
        query["sql"] for query in captured if "COUNT(*)" in query["sql"] and "orders_order" in query["sql"]
    ]
    assert counts
    assert all("LIMIT" in sql for sql in counts)


def test_what_was_exported_is_what_was_filtered(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.accept(company.order("taken"))
    company.order("=cmd()")

    answer = lead.client.post(
        "/admin/orders/order/export/?status=pending_manager", {"format": "0", "resource": ""}
    )

    content = answer.content.decode("utf-8-sig")
    assert "'=cmd()" in content
    assert "taken" not in content
    assert len(content.strip().splitlines()) == 2


def test_an_export_by_a_filter_that_is_none_leads_back_to_the_list(company: Company, lead: Visitor) -> None:
    answer = lead.client.get("/admin/orders/order/export/?no_such=1")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/orders/order/?e=1")


def test_an_empty_list_is_a_page_too(company: Company, lead: Visitor) -> None:
    company.now = moment("12:00")

    for view in ("open", "burning", "waiting", "team", "stuck24", "stuck72", "closed", "all"):
        assert lead.get("orders_order_changelist", query={"view": view}).status_code == 200
