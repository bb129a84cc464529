from collections.abc import Iterator

import pytest

from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def office(sandbox: Sandbox, transactional_db: None) -> Office:
    return Office(sandbox)
