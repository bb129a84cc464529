"""Rules about several rows, tried by two transactions at the same time."""

import pytest
from django.db import IntegrityError, transaction

from core import clock
from orders.models import Order
from orders.statuses import Status
from sla.models import Matrix, Rule
from tests.database.meanwhile import Meanwhile
from tests.factories import MatrixFactory, OrderFactory, RuleFactory, StatusEventFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_rule_slips_into_a_matrix_that_is_being_published() -> None:
    matrix = MatrixFactory()
    with transaction.atomic():
        Matrix.objects.filter(pk=matrix.pk).update(published_at=clock.now())
        other = Meanwhile(lambda: RuleFactory(matrix=matrix))
        other.until_it_waits()
    other.join()
    assert isinstance(other.error, IntegrityError)
    assert "published matrix" in str(other.error)
    assert not Rule.objects.exists()


def test_two_sessions_can_not_move_an_order_two_ways() -> None:
    order = OrderFactory(owned=True)

    def go(route: str, status: str) -> None:
        with transaction.atomic():
            StatusEventFactory(order=order, route=route, to_status=status)
            Order.objects.filter(pk=order.pk).update(status=status, status_sequence=2)

    with transaction.atomic():
        go("accept", Status.UNDER_INSPECTION)
        other = Meanwhile(lambda: go("cancel", Status.CANCELLED))
        other.until_it_waits()
    other.join()
    assert isinstance(other.error, IntegrityError)
    assert Order.objects.get(pk=order.pk).status == Status.UNDER_INSPECTION
    assert order.status_events.count() == 2


def test_two_sessions_can_not_give_an_order_to_two_managers() -> None:
    order = OrderFactory()

    def give() -> None:
        manager = UserFactory()
        with transaction.atomic():
            order.assignments.create(manager=manager, round=1, assigned_at=clock.now(), by_kind="rop")
            Order.objects.filter(pk=order.pk).update(assigned_manager=manager)

    with transaction.atomic():
        give()
        other = Meanwhile(give)
        other.until_it_waits()
    other.join()
    assert isinstance(other.error, IntegrityError)
    assert order.assignments.count() == 1
