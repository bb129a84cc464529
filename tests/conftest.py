import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test.utils import override_settings, setup_databases
from pytest_django.plugin import DjangoDbBlocker

import assignment.selectors
import core.selectors
import orders.selectors.deals
import sla.selectors


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> None:
    """Migrates a database as its owner, whatever alias a test asks for: `default` is a login to the same one.

    It is not dropped: the whole cluster goes away after the run.
    """
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"owner"})


QUICK = {
    # A million rounds for each log-in protect nobody here.
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    # Static files are found when they are asked for: each test client is a server that would look through them all.
    "WHITENOISE_AUTOREFRESH": True,
}


@pytest.fixture(scope="session", autouse=True)
def _quick(django_test_environment: None) -> Iterator[None]:
    with override_settings(**QUICK):
        yield


@pytest.fixture(autouse=True)
def _forgotten_policies() -> None:
    """Published versions never change, so processes keep them; each test publishes its own version 1."""
    for cached in (
        sla.selectors.matrix,
        assignment.selectors.weights,
        core.selectors.calendar,
        orders.selectors.deals.terms,
    ):
        cached.cache_clear()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium instead of one that Playwright would download; root has no sandbox for it."""
    # Playwright's loop lives on in the thread of the tests. Not set before: Django's guard is to catch our own slips.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return {"executable_path": shutil.which("chromium"), "args": [*sandbox, "--disable-dev-shm-usage"]}
