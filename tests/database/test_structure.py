"""Keys, references and columns are what the models say; the rules about values have their own table of cases."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models

from tests.database.cases import our_models

FIELDS = [(model._meta.db_table, field) for model in our_models() for field in model._meta.concrete_fields]


@pytest.fixture
def columns(db: None) -> Iterator[Any]:
    with connection.cursor() as cursor:
        yield cursor


def test_every_reference_is_held(columns: Any) -> None:
    columns.execute(
        """
        SELECT conrelid::regclass::text, attname, confrelid::regclass::text, condeferrable AND condeferred, convalidated
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])
        """,
        [[table for table, _field in FIELDS]],
    )
    expected = {
        (table, field.column, field.related_model._meta.db_table, True, True)
        for table, field in FIELDS
        if isinstance(field, models.ForeignKey)
    }
    assert set(columns.fetchall()) == expected


def test_every_column_that_must_be_filled_is(columns: Any) -> None:
    columns.execute(
        """
        SELECT attrelid::regclass::text, attname FROM pg_attribute
        WHERE attrelid = ANY (%s::regclass[]) AND attnum > 0 AND attnotnull AND NOT attisdropped
        """,
        [[table for table, _field in FIELDS]],
    )
    assert set(columns.fetchall()) == {(table, field.column) for table, field in FIELDS if not field.null}


def test_every_table_has_its_key(columns: Any) -> None:
    columns.execute(
        """
        SELECT conrelid::regclass::text, attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'p' AND conrelid = ANY (%s::regclass[])
        """,
        [[table for table, _field in FIELDS]],
    )
    assert set(columns.fetchall()) == {(table, field.column) for table, field in FIELDS if field.primary_key}


def test_rules_at_commit_wait_for_commit(columns: Any) -> None:
    columns.execute(
        "SELECT tgname, tgdeferrable AND tginitdeferred FROM pg_trigger WHERE NOT tgisinternal AND tgconstraint <> 0"
    )
    found = dict(columns.fetchall())
    assert found == dict.fromkeys(
        [
            "order_begins_with_event",
            "order_status_is_last_event",
            "status_event_moves_order",
            "order_begins_assigned",
            "order_owner_is_assigned",
            "assignment_begins_as_owner",
            "assignment_ends_with_ownership",
        ],
        True,
    )


def test_no_rule_reads_a_clock(columns: Any) -> None:
    columns.execute(
        """
        SELECT proname, prosrc FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
        WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'
        """
    )
    functions = dict(columns.fetchall())
    assert "order_matches_events" in functions
    clocks = re.compile(r"now\(|_timestamp|current_|localtime|timeofday", re.IGNORECASE)
    assert [name for name, source in functions.items() if clocks.search(source)] == []
