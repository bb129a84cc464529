"""Who is blamed when a look fails: a healthy order is never set aside for what the server did."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import Error, OperationalError, connection, transaction

from rop.loop.blame import Blame, blame

pytestmark = pytest.mark.django_db(transaction=True)


def fails(statement: str) -> Exception:
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


@pytest.fixture
def stranger() -> Iterator[psycopg.Connection[object]]:
    database = connection.settings_dict
    with psycopg.connect(
        host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"],
        dbname=database["NAME"], autocommit=True,
    ) as other:  # fmt: skip
        yield other


@pytest.mark.parametrize(
    ("statement", "whose"),
    [
        ("SELECT 1 / 0", Blame.ORDERS),
        ("SET LOCAL statement_timeout = 20; SELECT pg_sleep(1)", Blame.ORDERS),
        ("SET TRANSACTION READ ONLY; UPDATE orders_order SET version = version", Blame.SERVER),
        ("SELECT pg_terminate_backend(pg_backend_pid())", Blame.SERVER),
    ],
)
def test_the_error_says_whose_fault_it_was(statement: str, whose: Blame) -> None:
    assert blame(fails(statement)) is whose


def test_a_row_that_somebody_holds_is_nobodys_fault(stranger: psycopg.Connection[object]) -> None:
    with stranger.transaction():
        stranger.execute("LOCK TABLE rop_quarantine")
        error = fails("SET LOCAL lock_timeout = 50; DELETE FROM rop_quarantine")
    assert blame(error) is Blame.CONTENTION


def test_a_lost_link_is_the_servers_fault_even_if_it_is_there_again() -> None:
    error = fails("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    connection.ensure_connection()
    assert connection.is_usable()
    assert isinstance(error, OperationalError)
    assert blame(error) is Blame.SERVER


def test_a_closed_connection_is_the_servers_fault() -> None:
    connection.ensure_connection()
    connection.connection.close()
    error = fails("SELECT 1")
    connection.close()
    assert blame(error) is Blame.SERVER


def test_what_python_raises_is_the_orders_fault() -> None:
    connection.ensure_connection()
    assert blame(KeyError("stage")) is Blame.ORDERS
