"""How inspections are done, by manager; the rushed ones and the files that were there before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignment.models import Manager
from core.models import User
from orders.models import Evidence, InspectionMeasure
from tests.factories import InspectionMeasureFactory
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, text
from tests.stories.company import HOUR, Company
from tests.stories.inspecting import attach


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")
    company.lead.refresh_from_db()


def measured(company: Company, manager: Manager, **fields: object) -> InspectionMeasure:
    found: InspectionMeasure = InspectionMeasureFactory(
        manager=manager.user, at=fields.pop("at", company.now - HOUR), **fields
    )
    return found


def rows(visitor: Visitor, **query: object) -> list[tuple[str, int]]:
    found = visitor.get("quality", query=query).context["report"].rows
    return [(row.name, row.found.inspections) for row in found]


def test_where_nothing_has_ended_it_is_said(company: Company, lead: Visitor) -> None:
    assert "No inspection has ended in this time." in text(lead.get("quality"))


def test_managers_are_compared_those_who_rush_first(company: Company, lead: Visitor) -> None:
    anna, boris = company.manager("Anna"), company.manager("Boris")
    for seconds in (600, 900, 3600):
        measured(company, anna, seconds=seconds, normal_share="0.5", exceptions=2, remarks=1)
    measured(
        company,
        boris,
        seconds=60,
        rushed=True,
        rushed_below_seconds=120,
        in_bulk=14,
        repeated=3,
        verdict="fail",
    )

    page = lead.get("quality")

    assert rows(lead) == [("Boris", 1), ("Anna", 3)]
    bad, good = page.context["report"].rows
    assert (bad.rushed_share, bad.bulk_percent, bad.norm_percent, bad.width) == (100, 50, 100, 33)
    assert (good.found.median_seconds, good.found.exceptions, good.found.remarks) == (900, 6, 3)
    assert (good.norm_percent, good.width) == (50, 100)
    totals = page.context["report"].totals
    assert (totals.inspections, totals.rushed, totals.repeated, totals.failed) == (4, 1, 3, 1)
    assert rows(lead, sort="inspections") == [("Anna", 3), ("Boris", 1)]
    # The quickest first.
    assert rows(lead, sort="median") == [("Boris", 1), ("Anna", 3)]


def test_rushed_inspections_are_listed_with_the_way_to_them(company: Company, lead: Visitor) -> None:
    anna, boris = company.manager("Anna"), company.manager("Boris")
    hers = measured(company, anna, seconds=61, rushed=True, rushed_below_seconds=300)
    his = measured(company, boris, seconds=59, rushed=True, rushed_below_seconds=300)
    measured(company, anna)

    page = lead.get("quality")
    assert [measure.pk for measure in page.context["report"].rushed] == [his.pk, hers.pk]
    assert f"/admin/orders/order/{hers.order_id}/inspection/" in page.content.decode()
    assert "1 min under 5 min" in text(page)

    only = lead.get("quality", query={"manager": anna.user_id})
    assert [measure.pk for measure in only.context["report"].rushed] == [hers.pk]


def test_only_the_stretch_of_time_that_is_asked_for_counts(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    for days in (1, 8, 31, 91):
        measured(company, anna, at=company.now - timedelta(days=days) + HOUR)
    measured(company, anna, at=company.now)

    assert rows(lead) == [("Anna", 3)]
    assert rows(lead, days=7) == [("Anna", 2)]
    assert rows(lead, days=90) == [("Anna", 4)]


@pytest.mark.parametrize(
    "query", [{"days": "0"}, {"days": "x"}, {"sort": "salary"}, {"manager": "x"}, {"manager": "9" * 30}]
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(
    company: Company, lead: Visitor, query: dict[str, str]
) -> None:
    measured(company, company.manager("Anna"))

    assert rows(lead, **query) == [("Anna", 1)]


def test_files_that_were_there_before_are_listed(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    first, second = (company.accept(order) for order in company.receive("A-1", "A-2"))
    attach(company, first, 6, seed=5)
    again = attach(company, second, 9, seed=5)
    measured(company, anna)

    page = lead.get("quality")

    assert [one.file for one in page.context["repeated"]] == [again]
    assert f"the same file is in {first.ref}, point 6" in text(page)
    Evidence.objects.filter(pk=again.pk).update(removed_at=company.now, removed_by=company.lead)
    assert lead.get("quality").context["repeated"] == []


def test_it_is_for_those_who_see_everybodys_orders(company: Company) -> None:
    for visitor in (observer(company), finance(company)):
        assert visitor.get("quality").status_code == 200
    manager = manager_visitor(company, company.manager("Anna"))
    assert manager.get("quality").status_code == 403
    assert "/admin/quality/" not in manager.get("index").content.decode()


def test_many_managers_cost_as_much_as_one(company: Company, lead: Visitor) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get("quality").status_code == 200
        return len(captured)

    measured(company, company.manager("Anna"), rushed=True, rushed_below_seconds=300)
    lead.get("quality")
    one = cost()
    for number in range(6):
        manager = company.manager(f"Manager {number}")
        measured(company, manager, rushed=True, rushed_below_seconds=300)
        measured(company, manager)
    assert cost() == one
