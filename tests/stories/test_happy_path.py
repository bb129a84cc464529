"""From the finished inspection to the delivered and closed order, by people and money recorded by name."""

from datetime import timedelta

import pytest

from orders.models import Task, TaskStatus
from rop.replaying import decisions, replay
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import (
    agree_date,
    awaiting,
    decide,
    fix_carrier,
    logistics,
    pay,
    prove_delivery,
    step,
    take,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_an_order_goes_from_the_inspection_to_its_end(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    assert step(order) == ("follow_up_client", "person", ["follow_up:1", "client_decision"])

    decide(company, order, "confirmed")
    assert step(order) == ("confirm_payment", "finance", ["payment", "seller_date"])
    pay(company, order)
    assert step(order) == ("agree_date_with_seller", "person", ["seller_date"])
    agree_date(company, order)
    assert step(order) == ("release", "person", [])
    take(company, order, "release_to_ship")
    assert step(order) == ("fix_logistics", "person", ["carrier", "tracking", "promised_date"])
    fix_carrier(company, order)
    assert step(order) == ("ship", "person", [])
    take(company, order, "ship")
    assert step(order) == ("track_shipment", "person", ["delivery_date"])
    company.go(DAY)
    logistics(company, order, delivered_at=company.now)
    assert step(order) == ("confirm_delivery", "person", ["proof"])
    prove_delivery(company, order)
    assert step(order) == ("confirm_delivery", "person", [])
    take(company, order, "deliver")
    assert step(order) == ("close", "rop", [])

    company.go(14 * DAY - HOUR)
    order.refresh_from_db()
    assert order.closed_at is None
    company.go(HOUR)
    order.refresh_from_db()
    assert order.closed_at == company.now
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def test_a_client_who_thinks_is_left_alone_until_the_moment_that_they_named(company: Company) -> None:
    anna = company.manager("Anna")
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("15:00", day=2))
    assert step(order) == ("record_client_decision", "person", ["client_decision"])

    company.go_to(moment("14:59", day=2))
    assert company.told(anna).count("follow_up") == 1
    company.go_to(moment("15:00", day=2))
    assert step(order) == ("follow_up_client", "person", ["follow_up:2", "client_decision"])
    assert company.told(anna).count("follow_up") == 2
    assert order.next_action_due == moment("19:00", day=2)
    decide(company, order, "confirmed")
    assert not Task.objects.filter(order=order, status=TaskStatus.OPEN).exists()
