"""In the sandbox Telegram everybody has an account, has started the bot, and can be written to."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pytest_django import Settings

from assignment.models import Manager
from assignment.selectors import standings
from core.models import ChatGroup, TelegramLink, User
from panel.seeding import people
from panel.seeding.installing import install
from telegram_bot.sandbox.server import Sandbox

NOW = datetime(2026, 3, 4, 11, 37, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    with Sandbox() as running:
        settings.TELEGRAM_SANDBOX = True
        settings.TELEGRAM_API_URL = running.url
        yield running


def bot_writes(sandbox: Sandbox, chat_id: int) -> int:
    """The status of a message that the bot sends to this chat."""
    request = Request(
        f"{sandbox.url}/bot{sandbox.token}/sendMessage",
        data=json.dumps({"chat_id": chat_id, "text": "Новый заказ"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:
        return int(answer.status)


def test_everybody_can_be_written_to(sandbox: Sandbox, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    links = TelegramLink.objects.filter(active=True)
    assert links.count() == len(people.MANAGERS) + len(people.STAFF)
    assert {bot_writes(sandbox, link.chat_id) for link in links[:3]} == {200}
    group = ChatGroup.objects.get(code="admins")
    assert group.chat_id is not None
    assert bot_writes(sandbox, group.chat_id) == 200


def test_managers_are_reached_by_telegram(sandbox: Sandbox, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    assert not Manager.objects.filter(works_without_telegram=True).exists()
    assert sum(standing.excluded_because is None for standing in standings(now=NOW)) >= 4


def test_the_second_time_changes_nothing_and_tells_the_bot_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)
    links = list(TelegramLink.objects.order_by("pk").values())
    updates = pending_updates(sandbox)

    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    assert list(TelegramLink.objects.order_by("pk").values()) == links
    assert pending_updates(sandbox) == updates


def test_a_sandbox_that_forgot_everybody_is_filled_again(
    sandbox: Sandbox, tmp_path: Path, settings: Settings
) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)
    with Sandbox() as empty:
        settings.TELEGRAM_API_URL = empty.url

        install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

        link = TelegramLink.objects.get(user__username=people.LOGINS["manager"])
        assert bot_writes(empty, link.chat_id) == 200


def test_whoever_unlinked_stays_unlinked(sandbox: Sandbox, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)
    anna = User.objects.get(username=people.LOGINS["manager"])
    TelegramLink.objects.filter(user=anna).update(active=False, unlinked_at=NOW)

    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)

    assert not TelegramLink.objects.filter(user=anna, active=True).exists()


def test_a_database_from_before_the_sandbox_is_linked_when_it_comes(
    sandbox: Sandbox, tmp_path: Path, settings: Settings
) -> None:
    settings.TELEGRAM_SANDBOX = False
    install(file=tmp_path / "seed.json", demo=None, now=NOW)
    assert not TelegramLink.objects.exists()

    settings.TELEGRAM_SANDBOX = True
    install(file=tmp_path / "seed.json", demo=None, now=NOW)

    assert TelegramLink.objects.count() == len(people.MANAGERS) + len(people.STAFF)
    assert not Manager.objects.filter(works_without_telegram=True).exists()


def pending_updates(sandbox: Sandbox) -> int:
    with urlopen(f"{sandbox.url}/sandbox/api/state", timeout=10) as answer:
        return int(json.load(answer)["pending_updates"])
