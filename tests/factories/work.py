"""What the loop and the bot keep for themselves."""

import factory
from factory.django import DjangoModelFactory

from rop.models import Audit, Quarantine
from telegram_bot.models import Update
from tests.factories.moments import HOUR, NOW


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
