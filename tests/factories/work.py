"""What the loop and the bot keep for themselves."""

from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from rop.models import Audit, Quarantine
from telegram_bot.models import Dialogue, IncomingFile, Update
from tests.factories.moments import HOUR, NOW
from tests.factories.orders import OrderFactory
from tests.factories.people import UserFactory


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


class DialogueFactory(DjangoModelFactory):
    """In hand, at the list of groups."""

    class Meta:
        model = Dialogue

    person = factory.SubFactory(UserFactory)
    order = factory.SubFactory(OrderFactory)
    in_hand = True
    touched_at = NOW


class IncomingFileFactory(DjangoModelFactory):
    """A photo that waits to be fetched."""

    class Meta:
        model = IncomingFile

    class Params:
        fetching = factory.Trait(
            state="fetching", lease_token=factory.LazyFunction(uuid4), lease_until=NOW + HOUR
        )

    update = factory.SubFactory(UpdateFactory)
    person = factory.SubFactory(UserFactory)
    order = factory.SubFactory(OrderFactory)
    chat_id = 7000
    kind = "photo"
    file_id = factory.Sequence("file-{}".format)
    file_unique_id = factory.Sequence("unique-{}".format)
    not_before = NOW
    created_at = NOW
