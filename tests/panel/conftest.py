from collections.abc import Iterator

import pytest
from django.core.cache import cache

from core.roles import DECIDER
from tests.panel.visitor import Visitor
from tests.stories.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead and, as any set-up demands, a second decider."""
    company = Company()
    company.person("Zoya", DECIDER)
    return company


@pytest.fixture(autouse=True)
def _fresh_numbers() -> Iterator[None]:
    """The numbers of the header are kept for some seconds: not from one test to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def lead(company: Company) -> Visitor:
    """Olga, who leads, logged in to the panel."""
    return Visitor(company, company.lead)
