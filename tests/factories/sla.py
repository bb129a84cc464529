"""Matrices, clocks and breaches."""

import factory
from factory.django import DjangoModelFactory

from orders.statuses import Severity, Status
from sla.models import (
    Action,
    Clock,
    ClockKind,
    ClockState,
    Matrix,
    Mode,
    Rule,
    Rung,
    StuckRule,
    Trigger,
    Violation,
    Whom,
)
from tests.factories.moments import HOUR, NOW


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


class RungFactory(DjangoModelFactory):
    class Meta:
        model = Rung

    matrix = factory.SubFactory(MatrixFactory)
    trigger = Trigger.STAGE
    after_seconds = 0
    whom = Whom.LEAD
    action = Action.ESCALATE


class StuckRuleFactory(DjangoModelFactory):
    class Meta:
        model = StuckRule

    matrix = factory.SubFactory(MatrixFactory)
    stage = Status.UNDER_INSPECTION
    level = 1
    after_seconds = 86_400


class ClockFactory(DjangoModelFactory):
    class Meta:
        model = Clock

    # Of no order that a test has made: those begin with 1.
    subject_id = factory.Sequence(lambda n: n + 1_000_001)
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
