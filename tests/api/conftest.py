from collections.abc import Iterator

import pytest

from core.buckets import buckets
from tests.api.client import Caller, agent
from tests.stories.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead."""
    return Company()


@pytest.fixture(autouse=True)
def _forgotten_rates() -> Iterator[None]:
    yield
    buckets.clear()


@pytest.fixture
def intake(company: Company) -> Caller:
    return agent(company)
