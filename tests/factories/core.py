"""The journal, the outbox, calendars, heartbeats."""

import factory
from factory.django import DjangoModelFactory

from core.actors import ActorKind, Door
from core.models import Calendar, Entry, Heartbeat, Importance, Message
from tests.factories.moments import NOW
from tests.factories.people import UserFactory


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
