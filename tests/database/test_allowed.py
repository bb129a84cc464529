"""What the rules must let through: the writes of honest work, in whatever order they come within a transaction."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection, transaction

from orders.models import Order, StatusEvent
from orders.statuses import FINAL, Status, Step, Whose
from sla.models import ClockState
from tests.factories import (
    HOUR,
    NOW,
    AssignmentFactory,
    CalendarFactory,
    ClockFactory,
    MatrixFactory,
    OrderFactory,
    RuleFactory,
    StatusEventFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def move(order: Order, status: str, sequence: int) -> None:
    Order.objects.filter(pk=order.pk).update(status=status, status_sequence=sequence)


def test_the_event_may_come_before_or_after_the_status() -> None:
    for first_the_event in (True, False):
        order = OrderFactory(owned=True)
        with transaction.atomic():
            if first_the_event:
                StatusEventFactory(order=order)
            move(order, Status.UNDER_INSPECTION, 2)
            if not first_the_event:
                StatusEventFactory(order=order)
        connection.check_constraints()


@pytest.mark.parametrize(
    "arrange", [list, lambda events: list(reversed(events))], ids=["in order", "backwards"]
)
def test_several_events_of_an_order_may_be_written_at_once(
    arrange: Callable[[list[StatusEvent]], list[StatusEvent]],
) -> None:
    order = OrderFactory(owned=True)
    way = [
        ("accept", Status.PENDING_MANAGER, Status.UNDER_INSPECTION),
        ("return_to_queue", Status.UNDER_INSPECTION, Status.PENDING_MANAGER),
        ("accept", Status.PENDING_MANAGER, Status.UNDER_INSPECTION),
    ]
    events = [
        StatusEventFactory.build(order=order, sequence=number, route=route, from_status=came, to_status=goes)
        for number, (route, came, goes) in enumerate(way, 2)
    ]
    StatusEvent.objects.bulk_create(arrange(events))
    move(order, Status.UNDER_INSPECTION, 4)
    connection.check_constraints()


def test_a_status_may_pass_through_others_within_a_transaction() -> None:
    order = OrderFactory(owned=True)
    move(order, Status.UNDER_INSPECTION, 2)
    move(order, Status.PENDING_MANAGER, 1)
    connection.check_constraints()


@pytest.mark.parametrize(
    ("status", "closed_at"),
    [*((status, None) for status in Status.values), *((status, NOW) for status in sorted(FINAL))],
)
def test_every_status_has_a_whole_order(status: str, closed_at: datetime | None) -> None:
    OrderFactory(owned=True, status=status, closed_at=closed_at)
    connection.check_constraints()


def test_an_order_that_never_had_an_owner_may_be_cancelled_and_closed() -> None:
    order = OrderFactory(status=Status.CANCELLED)
    connection.check_constraints()
    Order.objects.filter(pk=order.pk).update(closed_at=NOW, wake_at=None, due_at=None, next_action="")
    connection.check_constraints()


def test_an_order_may_go_from_one_manager_to_another() -> None:
    order, other = OrderFactory(owned=True), UserFactory()
    order.assigned_manager = other
    order.save()
    order.assignments.update(state="reassigned", ended_at=NOW)
    AssignmentFactory(order=order, manager=other, round=2)
    connection.check_constraints()


def test_an_order_may_go_back_to_the_queue() -> None:
    order = OrderFactory(owned=True)
    order.assignments.update(state="silent", ended_at=NOW)
    Order.objects.filter(pk=order.pk).update(
        assigned_manager=None, next_action=Step.ASSIGN_MANAGER, next_action_whose=Whose.ROP
    )
    connection.check_constraints()


def test_a_closed_order_keeps_its_owner_and_has_no_active_assignment() -> None:
    order = OrderFactory(owned=True, status=Status.DELIVERED)
    order.closed_at = NOW
    order.save()
    order.assignments.update(state="closed", ended_at=NOW)
    connection.check_constraints()
    assert Order.objects.get(pk=order.pk).assigned_manager is not None


def test_an_offer_may_be_accepted() -> None:
    order = OrderFactory(owned=True)
    assert order.assignments.update(state="accepted", accepted_at=NOW) == 1
    connection.check_constraints()


def test_a_draft_may_change_until_it_is_published() -> None:
    matrix, calendar = MatrixFactory(), CalendarFactory()
    rule, mistake = RuleFactory(matrix=matrix), RuleFactory(matrix=matrix, severity="high")
    rule.target_seconds = 600
    rule.save()
    mistake.delete()
    for draft in (matrix, calendar):
        draft.title = "Spring"
        draft.save()
        draft.published_at = NOW
        draft.save()
    MatrixFactory().delete()
    CalendarFactory().delete()


def test_a_clock_may_warn_breach_and_end_and_be_written_again_as_it_is() -> None:
    clock = ClockFactory()
    for values in (
        {"warned": 50},
        {"breached_at": NOW},
        {"state": ClockState.MISSED, "ended_at": NOW + HOUR},
        {},
    ):
        for name, value in values.items():
            setattr(clock, name, value)
        clock.save()


def test_a_version_may_stay_or_grow() -> None:
    order = OrderFactory(version=3)
    order.save_facts("item", now=NOW + HOUR)
    assert order.version == 4
    order.save()
