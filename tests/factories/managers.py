"""Managers, their shifts and absences, and what orders weigh."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from assignment.models import Absence, Manager, ManagerLoad, Shift, WeeklyShift, WeightTable
from orders.statuses import Severity, Status
from tests.factories.moments import HOUR, NOW
from tests.factories.people import UserFactory


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
