from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.company import Company

COLUMNS = "external_id,client_name,item,price,currency,ordered_at"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_orders.csv"

Write = Callable[..., Path]


@pytest.fixture
def company(db: None) -> Company:
    """Monday, noon; nobody works there yet but the lead."""
    return Company()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file with these lines below the usual header."""

    def file(*lines: str, header: str = COLUMNS, encoding: str = "utf-8", name: str = "orders.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join([header, *lines]).encode(encoding))
        return path

    return file


@pytest.fixture
def real_orders() -> Path:
    """1 500 orders of a marketplace; not part of the project."""
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not here")
    return REAL
