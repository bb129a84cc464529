"""People, teams, how they are reached, and keys."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory
from factory.django import DjangoModelFactory

from core.models import ApiKey, ChatGroup, Duty, IdempotencyRecord, LinkToken, Team, TelegramLink, User
from core.roles import user_set_roles
from panel.models import SavedView
from tests.factories.moments import NOW


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


class DutyFactory(DjangoModelFactory):
    class Meta:
        model = Duty

    user = factory.SubFactory(UserFactory, roles=["lead"])
    starts_at = NOW
    ends_at = NOW + dt.timedelta(hours=12)


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


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence("View {}".format)
    query = "severity=high"
