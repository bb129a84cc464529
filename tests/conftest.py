import pytest
from django.test.utils import setup_databases
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> None:
    """Migrates a database as its owner, whatever alias a test asks for: `default` is a login to the same one.

    It is not dropped: the whole cluster goes away after the run.
    """
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"owner"})
