"""A page of the list costs the same however many orders there are, also when all of them are of one moment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from panel.order.lists import VIEWS
from panel.paginator import CAP
from tests.factories import TaskFactory
from tests.panel.visitor import Visitor
from tests.rop.many_orders import many_orders
from tests.rop.reading import explained, most_read
from tests.stories.company import Company


@pytest.fixture
def company(transactional_db: None) -> Company:
    return Company()


def test_no_view_reads_more_than_it_counts(company: Company) -> None:
    for number in range(40):
        company.manager(f"Anna-{number}")
    many_orders(20_000, now=company.now)
    company.now += timedelta(hours=25)
    lead = Visitor(company, company.lead)
    boris = Visitor(company, company.manager("Boris").user)
    TaskFactory(order=Order.objects.latest("pk"), owner=boris.user)
    for visitor in (lead, boris):
        for view in VIEWS:
            with CaptureQueriesContext(connection) as captured:
                assert visitor.get("orders_order_changelist", query={"view": view}).status_code == 200

            for query in captured:
                if query["sql"].startswith("SELECT"):
                    assert most_read(explained(query["sql"])) <= CAP + 1, (view, query["sql"])
