"""Of which kinds there is anything about an order: the rest is not asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from orders.selectors.kinds import KINDS, kinds_of
from rop.models import Escalation, Snooze
from tests.factories import (
    ApprovalFactory,
    BlockerFactory,
    ClaimFactory,
    ClientDecisionFactory,
    ContactFactory,
    EscalationFactory,
    EvidenceFactory,
    InspectionFactory,
    LogisticsFactory,
    NoteFactory,
    OpinionFactory,
    OrderFactory,
    PaymentFactory,
    PayoutFactory,
    PriceChangeFactory,
    TaskFactory,
    TrackingCheckFactory,
)

pytestmark = pytest.mark.django_db

MADE: tuple[Callable[..., Model], ...] = (
    *(ApprovalFactory, BlockerFactory, ClaimFactory, ClientDecisionFactory, ContactFactory, EvidenceFactory),
    *(InspectionFactory, LogisticsFactory, NoteFactory, OpinionFactory, PaymentFactory, PayoutFactory),
    *(PriceChangeFactory, TaskFactory, TrackingCheckFactory),
)


@pytest.mark.parametrize("make", MADE)
def test_what_there_is_of_this_order_is_found(make: Callable[..., Model]) -> None:
    order, other = OrderFactory(owned=True), OrderFactory(owned=True)

    made = make(order=order)

    assert type(made) in kinds_of(order.pk)
    assert kinds_of(other.pk) == frozenset()


def test_every_kind_is_one_that_is_tried_here() -> None:
    assert len(MADE) == len(KINDS)


def test_kinds_of_other_roles_are_asked_for_in_the_same_query(django_assert_num_queries: Any) -> None:
    order = OrderFactory()
    EscalationFactory(order=order)

    with django_assert_num_queries(1):
        assert kinds_of(order.pk, Snooze, Escalation) == {Escalation}
