import pytest

from tests.stories.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead."""
    return Company()
