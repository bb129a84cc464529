"""Moments are read as Django reads them, only sooner."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader

from core.moments import MomentLoader

pytestmark = pytest.mark.django_db


class AsDjango(BaseTzLoader):  # type: ignore[misc]
    timezone = UTC


def loaders() -> tuple[MomentLoader, AsDjango]:
    with connection.cursor() as cursor:
        return MomentLoader(0, cursor.connection), AsDjango(0, cursor.connection)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20 09:30:00+00",
        "2026-11-20 09:30:00.5+00",
        "2026-11-20 09:30:00.0604+00",
        "2026-11-20 09:30:00.123456+00",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
        "2026-11-20 12:30:00+03",
        "2026-11-20 15:00:00+05:30",
    ],
)
def test_a_moment_is_the_same_to_the_microsecond(written: str) -> None:
    ours, theirs = (loader.load(written.encode()) for loader in loaders())

    assert (ours, ours.tzinfo) == (theirs, theirs.tzinfo)


@pytest.mark.parametrize("written", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"])
def test_what_is_no_moment_of_python_is_refused_in_the_same_way(written: str) -> None:
    for loader in loaders():
        with pytest.raises(psycopg.DataError):
            loader.load(written.encode())


def test_sessions_read_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '2026-11-20 12:30:00.25+03'::timestamptz, NULL::timestamptz")
        loader = cursor.adapters.get_loader(cursor.description[0].type_code, psycopg.pq.Format.TEXT)
        assert cursor.fetchone() == (datetime(2026, 11, 20, 9, 30, 0, 250000, tzinfo=UTC), None)

    assert loader is MomentLoader
