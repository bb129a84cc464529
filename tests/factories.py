"""Consistent rows, written directly: for tests of the database, of selectors and of pages.

Stories about behaviour use the services instead. `FACTORIES` has one for each of our models; those that have a
history (`OrderFactory`) write it too, and take `build()` for the bare row.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory
from django.db import models, transaction
from factory.django import DjangoModelFactory

from assignment.models import (
    Absence,
    Assignment,
    AssignmentState,
    Manager,
    ManagerLoad,
    Shift,
    Snapshot,
    WeeklyShift,
    WeightTable,
)
from core.actors import ActorKind, Door
from core.models import (
    ApiKey,
    Calendar,
    ChatGroup,
    Entry,
    Heartbeat,
    IdempotencyRecord,
    Importance,
    LinkToken,
    Message,
    Team,
    TelegramLink,
    User,
)
from core.roles import user_set_roles
from orders.models import Note, Order, Route, StatusEvent, Task
from orders.statuses import Severity, Status, Step, Whose
from rop.models import Audit, Quarantine
from sla.models import Clock, ClockKind, ClockState, Matrix, Mode, Rule, Violation
from telegram_bot.models import Update

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
"""A Monday, noon in Moscow."""
HOUR = dt.timedelta(hours=1)

HISTORIES: dict[str, list[tuple[str, str]]] = {
    Status.PENDING_MANAGER: [],
    Status.UNDER_INSPECTION: [("accept", Status.UNDER_INSPECTION)],
    Status.AWAITING_PAYMENT: [("complete_inspection", Status.AWAITING_PAYMENT)],
    Status.READY_FOR_SHIPMENT: [("release_to_ship", Status.READY_FOR_SHIPMENT)],
    Status.IN_TRANSIT: [("ship", Status.IN_TRANSIT)],
    Status.DELIVERED: [("deliver", Status.DELIVERED)],
}


def history_to(status: str) -> list[tuple[str, str]]:
    """The shortest way from the intake to a status, as (route, status it leads to)."""
    way = [("intake", str(Status.PENDING_MANAGER))]
    if status == Status.CANCELLED:
        return [*way, ("cancel", status)]
    if status == Status.REJECTED:
        return [*way, ("reject", status)]
    for reached, steps in HISTORIES.items():
        way += steps
        if reached == status:
            return way
    raise ValueError(status)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence("Team {}".format)


class UserFactory(DjangoModelFactory):
    """`UserFactory(roles=["lead"])` may log in to the admin."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person{}".format)
    first_name = "Anna"
    last_name = factory.Sequence("Petrova-{}".format)
    password = "!"
    date_joined = NOW

    @factory.post_generation
    def roles(self: User, create: bool, roles: Iterable[str] | None, **_kwargs: Any) -> None:
        if create and roles:
            user_set_roles(user=self, roles=roles)


class TelegramLinkFactory(DjangoModelFactory):
    class Meta:
        model = TelegramLink

    user = factory.SubFactory(UserFactory)
    telegram_id = factory.Sequence(lambda n: 100_000 + n)
    chat_id = factory.SelfAttribute("telegram_id")
    linked_at = NOW


class LinkTokenFactory(DjangoModelFactory):
    class Meta:
        model = LinkToken

    user = factory.SubFactory(UserFactory)
    token_hash = factory.Sequence("{:064x}".format)
    created_at = NOW
    expires_at = NOW + dt.timedelta(minutes=10)


class ChatGroupFactory(DjangoModelFactory):
    class Meta:
        model = ChatGroup

    code = factory.Sequence("group-{}".format)
    title = "Admins"


class ApiKeyFactory(DjangoModelFactory):
    """An agent's key; give `user` and `source=""` for a person's token."""

    class Meta:
        model = ApiKey

    name = factory.Sequence("key-{}".format)
    source = "intake"
    prefix = factory.Sequence("{:012x}".format)
    secret_hash = factory.Sequence("{:064x}".format)
    created_at = NOW


class IdempotencyRecordFactory(DjangoModelFactory):
    class Meta:
        model = IdempotencyRecord

    key = factory.SubFactory(ApiKeyFactory)
    idempotency_key = factory.Sequence("request-{}".format)
    request_hash = "0" * 64
    created_at = NOW


# ── core ──────────────────────────────────────────────────────────────────────────────────────────────────────


class CalendarFactory(DjangoModelFactory):
    """Monday to Friday, 09:00–18:00; a draft unless `published_at` is given."""

    class Meta:
        model = Calendar

    code = factory.Sequence("calendar-{}".format)
    version = 1
    title = "Working hours"
    hours = factory.LazyFunction(lambda: {"week": [[["09:00", "18:00"]]] * 5 + [[], []], "exceptions": {}})


class EntryFactory(DjangoModelFactory):
    class Meta:
        model = Entry

    at = NOW
    kind = "decision.plan"
    actor_kind = ActorKind.ROP
    door = Door.LOOP


class HeartbeatFactory(DjangoModelFactory):
    class Meta:
        model = Heartbeat

    name = factory.Sequence("part-{}".format)
    at = NOW


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    created_at = NOW
    template = "order_new"
    importance = Importance.ASSIGNMENT
    person = factory.SubFactory(UserFactory)
    dedup_key = factory.Sequence("message:{}".format)
    not_before = NOW


# ── orders ────────────────────────────────────────────────────────────────────────────────────────────────────


class RouteFactory(DjangoModelFactory):
    """Only the owner of the tables can write one."""

    class Meta:
        model = Route

    route = factory.Sequence("route{}".format)
    to_status = Status.CANCELLED


class OrderFactory(DjangoModelFactory):
    """An order with its whole history and, with `owned=True`, its owner and their assignment.

    `build()` gives the bare row. A status later than `pending_manager` needs an owner; `closed_at` closes it.
    """

    class Meta:
        model = Order

    class Params:
        owned = factory.Trait(
            assigned_manager=factory.SubFactory(UserFactory),
            next_action=Step.ACCEPT_ORDER,
            next_action_whose=Whose.MANAGER,
        )

    external_id = factory.Sequence("shop-{}".format)
    intake_hash = factory.Sequence("{:064x}".format)
    client_name = "Ivan Ivanov"
    item = "Camera"
    created_at = NOW
    updated_at = NOW
    status = Status.PENDING_MANAGER
    status_since = NOW
    status_sequence = factory.LazyAttribute(lambda order: len(history_to(order.status)))
    moved_at = NOW
    due_at = NOW + HOUR
    next_action = Step.ASSIGN_MANAGER
    next_action_whose = Whose.ROP
    next_action_due = NOW + HOUR
    wake_at = NOW + HOUR

    @classmethod
    def _create(cls, model_class: type[Order], *args: Any, **kwargs: Any) -> Order:
        with transaction.atomic():
            order: Order = super()._create(model_class, *args, **kwargs)
            came_from = ""
            for sequence, (route, status) in enumerate(history_to(order.status), 1):
                StatusEventFactory(
                    order=order, sequence=sequence, route=route, from_status=came_from, to_status=status
                )
                came_from = status
            if order.assigned_manager_id is not None:
                AssignmentFactory(order=order, manager=order.assigned_manager, **_standing(order))
        return order


def _standing(order: Order) -> dict[str, Any]:
    if order.closed_at is not None:
        return {"state": AssignmentState.CLOSED, "ended_at": order.closed_at}
    if order.status == Status.PENDING_MANAGER:
        return {}
    return {"state": AssignmentState.ACCEPTED, "accepted_at": NOW}


class StatusEventFactory(DjangoModelFactory):
    """The acceptance of an order, without moving the order."""

    class Meta:
        model = StatusEvent

    order = factory.SubFactory(OrderFactory, owned=True)
    sequence = 2
    route = "accept"
    from_status = Status.PENDING_MANAGER
    to_status = Status.UNDER_INSPECTION
    actor_kind = ActorKind.AGENT
    door = Door.API
    at = NOW


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    order = factory.SubFactory(OrderFactory)
    title = "Ask for the serial number"
    owner = factory.SubFactory(UserFactory)
    due_at = NOW + HOUR
    created_at = NOW


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Note

    order = factory.SubFactory(OrderFactory)
    text = "The client calls back on Tuesday."
    author = factory.SubFactory(UserFactory)
    at = NOW


# ── assignment ────────────────────────────────────────────────────────────────────────────────────────────────


class ManagerFactory(DjangoModelFactory):
    class Meta:
        model = Manager

    user = factory.SubFactory(UserFactory)
    created_at = NOW


class ManagerLoadFactory(DjangoModelFactory):
    class Meta:
        model = ManagerLoad

    manager = factory.SubFactory(ManagerFactory)


class WeeklyShiftFactory(DjangoModelFactory):
    class Meta:
        model = WeeklyShift

    manager = factory.SubFactory(ManagerFactory)
    weekday = 0
    starts = dt.time(9)
    ends = dt.time(18)


class ShiftFactory(DjangoModelFactory):
    class Meta:
        model = Shift

    manager = factory.SubFactory(ManagerFactory)
    starts_at = NOW
    ends_at = NOW + 9 * HOUR


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    manager = factory.SubFactory(ManagerFactory)
    starts_at = NOW
    ends_at = NOW + 24 * HOUR


class WeightTableFactory(DjangoModelFactory):
    class Meta:
        model = WeightTable

    version = factory.Sequence(lambda n: n + 1)
    stages = factory.LazyFunction(lambda: dict.fromkeys(Status.values, 1))
    severities = factory.LazyFunction(lambda: dict.fromkeys(Severity.values, 1))
    published_at = NOW


class SnapshotFactory(DjangoModelFactory):
    class Meta:
        model = Snapshot

    at = NOW
    candidates = factory.LazyFunction(list)


class AssignmentFactory(DjangoModelFactory):
    """An offer to a manager, without making them the order's owner."""

    class Meta:
        model = Assignment

    order = factory.SubFactory(OrderFactory)
    round = 1
    manager = factory.SubFactory(UserFactory)
    assigned_at = NOW
    by_kind = ActorKind.ROP


# ── sla ───────────────────────────────────────────────────────────────────────────────────────────────────────


class MatrixFactory(DjangoModelFactory):
    """A draft, without rules."""

    class Meta:
        model = Matrix

    version = factory.Sequence(lambda n: n + 1)


class RuleFactory(DjangoModelFactory):
    class Meta:
        model = Rule

    matrix = factory.SubFactory(MatrixFactory)
    kind = ClockKind.ACCEPT
    stage = Status.PENDING_MANAGER
    severity = Severity.NORMAL
    target_seconds = 900


class ClockFactory(DjangoModelFactory):
    class Meta:
        model = Clock

    subject_id = factory.Sequence(lambda n: n + 1)
    kind = ClockKind.ACCEPT
    generation = "round:1"
    stage = Status.PENDING_MANAGER
    severity = Severity.NORMAL
    mode = Mode.SHIFT
    target_seconds = 900
    started_at = NOW
    due_at = NOW + HOUR
    policy_version = 1

    class Params:
        ended = factory.Trait(state=ClockState.MET, ended_at=NOW + HOUR)
        breached = factory.Trait(breached_at=NOW + HOUR)


class ViolationFactory(DjangoModelFactory):
    class Meta:
        model = Violation

    clock = factory.SubFactory(ClockFactory, breached=True)
    kind = ClockKind.ACCEPT
    stage = Status.PENDING_MANAGER
    severity = Severity.NORMAL
    target_seconds = 900
    started_at = NOW
    due_at = NOW + HOUR
    breached_at = NOW + HOUR
    policy_version = 1


# ── rop, telegram_bot ─────────────────────────────────────────────────────────────────────────────────────────


class QuarantineFactory(DjangoModelFactory):
    class Meta:
        model = Quarantine

    order_id = factory.Sequence(lambda n: n + 1)
    attempts = 1
    error = "ValueError"
    since = NOW
    next_at = NOW + HOUR


class AuditFactory(DjangoModelFactory):
    class Meta:
        model = Audit

    at = NOW
    counts = factory.LazyFunction(dict)
    total = 0
    seconds = 0.1


class UpdateFactory(DjangoModelFactory):
    class Meta:
        model = Update

    bot_id = 1
    update_id = factory.Sequence(lambda n: n + 1)
    payload = factory.LazyFunction(dict)
    received_at = NOW
    not_before = NOW


FACTORIES: dict[type[models.Model], type[DjangoModelFactory]] = {
    found._meta.model: found
    for found in list(globals().values())
    if isinstance(found, type) and issubclass(found, DjangoModelFactory) and found is not DjangoModelFactory
}
