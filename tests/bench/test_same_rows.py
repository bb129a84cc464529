"""The bare scripts write what the product writes: the same tables, the same columns, values of the same size."""

import json
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from django.db import connection

from bench import pgbench
from bench.people import everybody_works
from bench.samples import order_sample
from core import clock
from panel.seeding.publishing import rules_publish
from panel.seeding.staffing import people_create

WRITTEN = {
    "order_alone.sql": {
        "orders_order": 1, "order_status_events": 1, "assignment_snapshot": 1, "ai_assignments": 1, "sla_clock": 1,
        "core_entry": 3, "core_message": 1,
    },
    "order_of_many.sql": {
        "orders_order": 1, "order_status_events": 1, "assignment_snapshot": 0, "ai_assignments": 1, "sla_clock": 1,
        "core_entry": 1, "core_message": 1,
    },
}  # fmt: skip
"""By script: how many rows of each table."""

ITS_OWN = {"external_id", "dedup_key", "thread"}
"""Columns whose text names the order or its owner."""

SAME_LENGTH = 12
"""Bytes by which such a text may differ: ids have other lengths, sides other prefixes."""


@pytest.fixture
def shop(transactional_db: None) -> None:
    now = clock.now()
    people_create(passwords={}, reached_by_telegram=False, shifts_back=now - now, now=now)
    rules_publish(since=now)
    with psycopg.connect(url_of_tests(), autocommit=True) as asked:
        everybody_works(asked)


def rows_after(table: str, last: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id > %s ORDER BY id", [last])
        return [row if isinstance(row, dict) else json.loads(row) for (row,) in cursor.fetchall()]


def newest(tables: Mapping[str, int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
            found[table] = int(cursor.fetchone()[0])
        return found


def url_of_tests() -> str:
    database = connection.settings_dict
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be the same: numbers and moments only in whether they are there."""
    return {
        name: value if isinstance(value, str) and name not in ITS_OWN and not name.endswith(("_at", "_since", "at"))
        and name not in ("next_action_due", "not_before") else value is None
        for name, value in row.items()
    }  # fmt: skip


@pytest.mark.parametrize("script", WRITTEN)
def test_the_rows_of_the_product(shop: None, script: str) -> None:
    tables = WRITTEN[script]
    before = newest(tables)
    sample = order_sample()
    ours = {table: rows_after(table, last) for table, last in before.items()}

    before = newest(tables)
    pgbench.run(script, url=url_of_tests(), clients=1, transactions=1, values={**sample, "first": 0})
    bare = {table: rows_after(table, last) for table, last in before.items()}

    assert {table: len(rows) for table, rows in bare.items()} == tables
    for table, rows in bare.items():
        kinds = {row.get("kind") for row in rows}
        like = [row for row in ours[table] if row.get("kind") in kinds]
        assert [shape(row) for row in rows] == [shape(row) for row in like][: len(rows)], table
        for mine, theirs in zip(rows, like, strict=False):
            for name in ITS_OWN & mine.keys():
                assert abs(len(mine[name]) - len(theirs[name])) <= SAME_LENGTH, (table, name)
