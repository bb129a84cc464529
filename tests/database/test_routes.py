"""The routes that the database knows are those that the order declares."""

import pytest

from orders.models import Order, Route
from orders.statuses import Status
from tests.factories import history_to


def declared() -> set[tuple[str, str, str]]:
    transitions = Order._meta.get_field("status").get_all_transitions(Order)
    return {(found.custom["route"], str(found.source), str(found.target)) for found in transitions}


@pytest.mark.django_db
def test_the_routes_are_those_of_the_order_and_the_intake() -> None:
    known = set(Route.objects.values_list("route", "from_status", "to_status"))
    assert known == declared() | {("intake", "", "pending_manager")}


def test_a_route_is_called_as_the_method_that_takes_it() -> None:
    for transition in Order._meta.get_field("status").get_all_transitions(Order):
        assert transition.name == transition.custom["route"]


def test_the_way_to_each_status_that_tests_use_is_legal() -> None:
    for status in Status.values:
        came_from = "pending_manager"
        for route, goes_to in history_to(status)[1:]:
            assert (route, came_from, goes_to) in declared()
            came_from = goes_to
        assert came_from == status
