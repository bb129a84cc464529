from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from config.evidence import evidence_storage
from telegram_bot.sandbox.server import Sandbox
from tests.stories.company import Company
from tests.telegram_bot.bot import Office


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def office(sandbox: Sandbox, transactional_db: None) -> Office:
    return Office(sandbox)


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead."""
    return Company()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty one, in which this test alone keeps files."""
    place = tmp_path / "evidence"
    with override_settings(
        STORAGES={
            "evidence": evidence_storage("", folder=place),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    ):
        yield place
