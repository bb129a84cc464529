"""Starts a real PostgreSQL and a real Valkey for a run of tests, before Django reads its settings.

Loaded by `-p tests.plugin`: a conftest would be too late. With xdist the parts belong to the controller; its
workers inherit their addresses with the environment, and each makes a database of its own.
"""

import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from config.parts.children import is_alive
from config.parts.ports import free_ports
from config.parts.postgres import APPLICATION, OWNER, Postgres, RunningPostgres
from config.parts.valkey import RunningValkey, Valkey
from config.translations import compile_all

RUNS = Path(__file__).resolve().parent.parent / ".run" / "tests"
STARTED = "ROP_TEST_PARTS"

# Filled by migrations, and the same for every test.
KEPT_TABLES = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
        "orders_route",
        "orders_inspectiontemplate",
        "orders_inspectionitem",
        "orders_terms",
        "orders_followupstep",
    }
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    if STARTED not in os.environ:
        # A fresh clone has none yet, and which test reads them first would decide the language of all.
        compile_all()
        with ExitStack() as parts:
            os.environ.update(start_parts(parts))
            early_config.add_cleanup(parts.pop_all().close)
    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is expected to be installed (CI=true), a test that was not run has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and with CI=true that is a failure: {reason}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that may take minutes begin first: at the end one worker would wait for another.

    Browser tests come last: Playwright's event loop stays in the thread, and no other can run there after it.
    """
    items.sort(key=lambda item: (needs_browser(item), -own_timeout(item)))
    if not shutil.which("chromium"):
        for item in filter(needs_browser, items):
            item.add_marker(pytest.mark.skip(reason="there is no Chromium"))


def needs_browser(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("browser")) or "playwright" in getattr(item, "fixturenames", ())


def own_timeout(item: pytest.Item) -> float:
    """Seconds, of a test that asks for more than all have."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


def start_parts(parts: ExitStack) -> dict[str, str]:
    """The environment of the tests; everything that was started is stopped when `parts` is closed."""
    home = make_home()
    parts.callback(shutil.rmtree, home, ignore_errors=True)

    postgres_port, valkey_port = free_ports(2)
    postgres = RunningPostgres.start(Postgres(home / "postgres", postgres_port, durable=False))
    parts.callback(postgres.stop)
    valkey = RunningValkey.start(Valkey(home / "valkey", valkey_port, secrets.token_urlsafe(16)))
    parts.callback(valkey.stop)

    return {
        STARTED: str(home),
        # Where the shell forbids bytecode, every worker and every program under test would compile the project.
        "PYTHONDONTWRITEBYTECODE": "",
        "ROP_ENV_FILE": "",
        "ROP_PROCESS": "manage",
        "DATABASE_URL": postgres.postgres.url(APPLICATION),
        "DATABASE_OWNER_URL": postgres.postgres.url(OWNER),
        "REDIS_URL": valkey.valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "HTTPS": "0",
        "ADMIN_OTP": "0",
        "TELEGRAM_BOT_TOKEN": "",
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
        "EMAIL_URL": "memory:",
        "MEDIA_ROOT": str(home / "media"),
    }


def make_home() -> Path:
    """A folder of this run, so that two runs at once don't meet; those of killed runs are cleared away."""
    RUNS.parent.mkdir(mode=0o711, exist_ok=True)
    RUNS.mkdir(exist_ok=True)
    for old in RUNS.iterdir():
        if old.name.isdigit() and not is_alive(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    home = RUNS / str(os.getpid())
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return home


def empty_tables(_test: TransactionTestCase) -> None:
    """After a test that commits: the owner empties what the application's role may not truncate."""
    database = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=database, autocommit=True) as owner:
        owner.execute("SET lock_timeout = '20s'")
        names = [
            row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        emptied = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(set(names) - KEPT_TABLES))
        owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(emptied))
