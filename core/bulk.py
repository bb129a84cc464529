"""Set-based writes: one statement for any number of rows, arrays in, ids out.

Django's `bulk_update` builds a CASE for each row and column; this is `UPDATE … FROM unnest(…)`, which
PostgreSQL plans once. Values go through the model's fields, so they are what the ORM would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import JSONField
from psycopg import sql
from psycopg.types.json import Jsonb


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    found = [model._meta.get_field(name) for name in names]
    return [field for field in found if isinstance(field, models.Field)]


def _array_type(field: models.Field[Any, Any], connection: Any) -> str:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    # Without the length: an explicit cast to varchar(n) would cut silently, the column itself refuses.
    return re.sub(r"\(.*\)", "", str(target.cast_db_type(connection)))


def _columns(
    fields: Sequence[models.Field[Any, Any]], rows: Sequence[Sequence[Any]], connection: Any
) -> list[list[Any]]:
    """Rows turned into one prepared list for each column."""
    columns: list[list[Any]] = []
    for position, field in enumerate(fields):
        values = (row[position] for row in rows)
        if isinstance(field, JSONField):
            columns.append([None if value is None else Jsonb(value) for value in values])
        elif isinstance(field, ArrayField):
            # unnest flattens arrays of arrays: they travel as JSON text and are cast back in the statement.
            raise TypeError(f"{field.name}: array columns can't be written in bulk")
        else:
            columns.append([field.get_db_prep_save(value, connection) for value in values])
    return columns


def _unnest(fields: Sequence[models.Field[Any, Any]], connection: Any) -> sql.Composed:
    arrays = sql.SQL(", ").join(sql.SQL("%s::" + _array_type(field, connection) + "[]") for field in fields)
    names = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    return sql.SQL("unnest({}) AS v({})").format(arrays, names)


def update_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Set the columns `names[1:]` of the rows found by the key `names[0]`. Returns how many were written."""
    if not rows:
        return 0
    connection = connections[using]
    fields = _fields(model, names)
    key, *rest = [sql.Identifier(str(field.column)) for field in fields]
    query = sql.SQL("UPDATE {table} t SET {sets} FROM {values} WHERE t.{key} = v.{key}").format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(column) for column in rest),
        values=_unnest(fields, connection),
        key=key,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _columns(fields, rows, connection))
        return int(cursor.rowcount)


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    returning: Sequence[str] = (),
    ignore_conflict_on: str | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> list[tuple[Any, ...]]:
    """Insert; with `ignore_conflict_on` rows that already exist are left alone and not returned.

    Columns that are not named get the model's defaults, as with the ORM.
    """
    if not rows:
        return []
    connection = connections[using]
    named = set(names)
    defaults = [
        field for field in model._meta.concrete_fields if field.name not in named and field.has_default()
    ]
    fields = _fields(model, [*names, *(field.name for field in defaults)])
    blanks = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not field.primary_key and not field.null and field.empty_strings_allowed
    ]
    all_fields = [*fields, *blanks]
    tail = [*(field.get_default() for field in defaults), *("" for _ in blanks)]
    full_rows = [(*row, *tail) for row in rows]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in all_fields)
    query = sql.SQL("INSERT INTO {table} ({columns}) SELECT * FROM {values}").format(
        table=sql.Identifier(model._meta.db_table), columns=columns, values=_unnest(all_fields, connection)
    )
    if ignore_conflict_on:
        query += sql.SQL(" ON CONFLICT ({}) DO NOTHING").format(sql.Identifier(ignore_conflict_on))
    if returning:
        query += sql.SQL(" RETURNING {}").format(sql.SQL(", ").join(map(sql.Identifier, returning)))
    with connection.cursor() as cursor:
        cursor.execute(query, _columns(all_fields, full_rows, connection))
        return list(cursor.fetchall()) if returning else []


def lock_rows(model: type[models.Model], ids: Iterable[int], *, of: str = "id") -> list[Any]:
    """Lock rows in ascending key, so that two batches never wait for each other in a circle."""
    manager = model._default_manager
    return list(manager.filter(**{f"{of}__in": list(ids)}).order_by(of).select_for_update(of=("self",)))
