import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.company import make_ready
from tests.faults.running import Running
from tests.faults.waiting import Measured, Row

MEASURED = pytest.StashKey[list[Row]]()
HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="the moments of all faults follow from it")
    parser.addoption("--short", action="store_true", help="the most telling ones, on one installation")
    parser.addoption(
        "--orders", type=Path, default=None, help="a CSV of orders to pour in besides the made ones"
    )


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """A programme of its own (`make faults`): no part of `make test`."""
    return None if config.inipath == HERE / "pytest.ini" else True


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("seed", None) is None:
        config.option.seed = random.SystemRandom().randrange(10**6)
    config.stash[MEASURED] = []


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed: {config.option.seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.option.short:
        return
    dice = random.Random(config.option.seed)
    sets: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("short"):
            sets.setdefault(item.nodeid.partition("[")[0], []).append(item)
    items[:] = [dice.choice(same) for same in sets.values()]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = config.stash[MEASURED]
    terminalreporter.section(f"measured, seed {config.option.seed}")
    for row in rows:
        terminalreporter.line(f"{row.seconds:7.1f} s of {row.at_most:3g}  {row.what}  ({row.test})")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.failed and isinstance(running := getattr(item, "funcargs", {}).get("running"), Running):
        report.sections.append(("the product's log", running.product.log_tail(150)))
    return report


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    return "session" if config.getoption("short", False) else "module"


@pytest.fixture(scope=_scope)
def installation(request: pytest.FixtureRequest) -> Iterator[Running]:
    """Started for real; empty of orders, and everybody is at work."""
    folder = Path(tempfile.mkdtemp(prefix="rop-faults-")).resolve()
    folder.chmod(0o711)
    running = Running.start(folder / "run")
    try:
        make_ready(running, random.Random(request.config.option.seed))
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(installation: Running) -> Iterator[Running]:
    """Whole at the beginning; healed at the end, whatever the test has left."""
    installation.wait_whole(120)
    yield installation
    installation.heal()


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(f"{request.config.option.seed} {request.node.name}")


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Iterator[Measured]:
    measured = Measured(request.node.name)
    yield measured
    request.config.stash[MEASURED] += measured.rows
