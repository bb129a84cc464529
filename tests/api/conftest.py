from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.api.client import Caller, agent
from tests.stories.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead."""
    return Company()


@pytest.fixture(autouse=True)
def _forgotten_rates() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def intake(company: Company) -> Caller:
    return agent(company)
