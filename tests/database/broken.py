"""Rows and attempts that take more than a line: each breaks exactly one rule."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from factory import SubFactory
from factory.django import DjangoModelFactory

from core.models import User
from orders.models import Order
from orders.statuses import Status
from tests.database.attempts import Add
from tests.factories import (
    NOW,
    AssignmentFactory,
    ClockFactory,
    EvidenceFactory,
    InspectionFactory,
    InspectionItemFactory,
    InspectionTemplateFactory,
    MatrixFactory,
    OrderFactory,
    ProposalFactory,
    RuleFactory,
    RungFactory,
    StatusEventFactory,
    StuckRuleFactory,
    UserFactory,
)

NEW_ID = 9_000_001


def event_off_every_route() -> Add:
    """Delivered straight from the queue, and the order says so too."""
    order = OrderFactory(owned=True)
    event = StatusEventFactory.build(order=order, route="deliver", to_status=Status.DELIVERED)
    return Add(event, lambda: moved(order, Status.DELIVERED, 2))


def event_after_a_gap() -> Add:
    order = OrderFactory(owned=True)
    event = StatusEventFactory.build(order=order, sequence=3)
    return Add(event, lambda: moved(order, Status.UNDER_INSPECTION, 3))


def event_from_elsewhere() -> Add:
    """On a legal route, but the order was not there."""
    order = OrderFactory(owned=True)
    event = StatusEventFactory.build(
        order=order,
        route="complete_inspection",
        from_status=Status.UNDER_INSPECTION,
        to_status=Status.AWAITING_PAYMENT,
    )
    return Add(event, lambda: moved(order, Status.AWAITING_PAYMENT, 2))


def intake_before_the_intake() -> Add:
    return Add(
        StatusEventFactory.build(
            order=OrderFactory(), sequence=0, route="intake", from_status="", to_status=Status.PENDING_MANAGER
        )
    )


def second_intake() -> models.Model:
    return StatusEventFactory.build(
        order=owned_order(), sequence=1, route="intake", from_status="", to_status=Status.PENDING_MANAGER
    )


def moved(order: Order, status: str, sequence: int) -> None:
    Order.objects.filter(pk=order.pk).update(status=status, status_sequence=sequence)


def new_order(*, like: Sequence[str] = (), **values: Any) -> Callable[[], Add]:
    """A whole new order but for these values; those named in `like` are another order's."""

    def make() -> Add:
        made = {name: value() if callable(value) else value for name, value in values.items()}
        other = OrderFactory()
        order = OrderFactory.build(pk=NEW_ID, **made, **{name: getattr(other, name) for name in like})
        return Add(order, lambda: with_intake(order))

    return make


def with_intake(order: Order) -> None:
    StatusEventFactory(order=order, sequence=1, route="intake", from_status="", to_status=order.status)


def referred_by(found: type[DjangoModelFactory], *, but: Sequence[str] = ()) -> dict[str, models.Model]:
    """Saved rows that a built one refers to."""
    return {
        name: declared.get_factory()()
        for name, declared in found._meta.base_declarations.items()
        if isinstance(declared, SubFactory) and name not in but
    }


def same(found: type[DjangoModelFactory], *names: str, **others: Any) -> Callable[[], models.Model]:
    """A second row that shares these fields with the first."""

    def make() -> models.Model:
        first = found()
        shared = {name: getattr(first, name) for name in names}
        return found.build(**referred_by(found, but=names), **shared, **others)

    return make


def second_active_assignment() -> models.Model:
    order = owned_order()
    return AssignmentFactory.build(order=order, manager=order.assigned_manager, round=2)


def second_first_round() -> models.Model:
    order = owned_order()
    return AssignmentFactory.build(order=order, manager=order.assigned_manager, state="silent", ended_at=NOW)


def ended_assignment() -> models.Model:
    order = OrderFactory(owned=True, status=Status.CANCELLED, closed_at=NOW)
    return order.assignments.get()


def published_matrix() -> models.Model:
    matrix = MatrixFactory()
    RuleFactory(matrix=matrix)
    RungFactory(matrix=matrix)
    StuckRuleFactory(matrix=matrix)
    matrix.published_at = NOW
    matrix.save()
    return matrix


def published_rule() -> models.Model:
    return published_matrix().rules.get()


def published_rung() -> models.Model:
    return published_matrix().rungs.get()


def published_stuck_rule() -> models.Model:
    return published_matrix().stuck_rules.get()


def proposal_to_its_owner() -> models.Model:
    order = owned_order()
    return ProposalFactory.build(
        order=order, from_user=order.assigned_manager, to_user=order.assigned_manager
    )


def second_membership() -> models.Model:
    lead = UserFactory(roles=["lead"])
    return User.groups.through(user=lead, group=lead.groups.get())


def second_permission() -> models.Model:
    user, permission = UserFactory(), Permission.objects.first()
    user.user_permissions.add(permission)
    return User.user_permissions.through(user=user, permission=permission)


def negative(found: type[DjangoModelFactory], name: str) -> models.Model:
    """A new row, whole but for one number."""
    return found.build(**referred_by(found), **{name: -1})


def whole(found: type[DjangoModelFactory], **values: Any) -> Callable[[], models.Model]:
    """A new row, whole but for these values; a factory as a value is a row that is made when the attempt is."""

    def make() -> models.Model:
        others = referred_by(found)
        made = {name: value() if callable(value) else value for name, value in values.items()}
        return found.build(**{**others, **made})

    return make


def published_template() -> models.Model:
    template = InspectionTemplateFactory()
    InspectionItemFactory(template=template)
    template.published_at = NOW
    template.save()
    return template


def published_item() -> models.Model:
    return published_template().items.get()


def new_file(**values: Any) -> Callable[[], models.Model]:
    """A file at the first point of an inspection, but for these values."""

    def make() -> models.Model:
        inspection = InspectionFactory()
        made = {name: value() if callable(value) else value for name, value in values.items()}
        at_its_point = {
            "order": inspection.order,
            "inspection": inspection,
            "item": inspection.template.items.get(number=1),
            "purpose": "inspection",
        }
        return EvidenceFactory.build(added_by=UserFactory(), **{**at_its_point, **made})

    return make


def file_in_place() -> models.Model:
    file = new_file()()
    file.save()
    return file


def same_file_at_its_point() -> models.Model:
    there = file_in_place()
    return EvidenceFactory.build(
        added_by=there.added_by,
        **{name: getattr(there, name) for name in ("order", "inspection", "item", "purpose", "sha256")},
    )


def owned_order() -> Order:
    return OrderFactory(owned=True)


def delivered_order() -> Order:
    return OrderFactory(owned=True, status=Status.DELIVERED)


def intake_event() -> models.Model:
    return OrderFactory().status_events.get()


def active_assignment() -> models.Model:
    return owned_order().assignments.get()


def ended_clock() -> models.Model:
    return ClockFactory(ended=True)


def breached_clock() -> models.Model:
    return ClockFactory(breached=True)
