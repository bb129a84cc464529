"""The database's clock, moved by a test. Whoever asks what time it is asks the database, in every process and thread:
so days pass for all of them at once, and nobody's code is patched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

SEARCH_PATH = " -c search_path=moved,pg_catalog,public"

MADE = """
    CREATE SCHEMA moved;
    CREATE TABLE moved.clock (at timestamptz NOT NULL, since timestamptz);
    INSERT INTO moved.clock VALUES (pg_catalog.clock_timestamp(), NULL);
    CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT at + coalesce(pg_catalog.clock_timestamp() - since, interval ''0'') FROM moved.clock';
    GRANT USAGE ON SCHEMA moved TO PUBLIC;
    GRANT SELECT ON moved.clock TO PUBLIC;
"""
GONE = "DROP SCHEMA IF EXISTS moved CASCADE"


@dataclass(frozen=True, slots=True)
class MovedClock:
    """It stands where it is put, so that what is done there took no time at all; or it runs from there."""

    owner: psycopg.Connection[Any]

    def stand(self, at: datetime) -> None:
        self.owner.execute("UPDATE moved.clock SET at = %s, since = NULL", [at])

    def run(self) -> None:
        """As fast as it does outside, from where it stands: for what waits until seconds have passed."""
        self.owner.execute("UPDATE moved.clock SET since = pg_catalog.clock_timestamp()")


@contextmanager
def moved_clock() -> Iterator[MovedClock]:
    """For the connections that are made inside, and for this thread's."""
    options, name = connection.settings_dict["OPTIONS"], connection.settings_dict["NAME"]
    before = options["options"]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=name, autocommit=True) as owner:
        owner.execute("SET lock_timeout = '20s'")
        owner.execute(GONE)
        owner.execute(MADE)
        # The settings are one dictionary for all threads; a connection that is there keeps its own path.
        options["options"] = before + SEARCH_PATH
        connection.close()
        try:
            yield MovedClock(owner)
        finally:
            options["options"] = before
            connection.close()
            owner.execute(GONE)
