"""Set-based writes: one statement for any number of rows, which travel as one JSON document.

Django's `bulk_update` builds a CASE for each row and column. Here PostgreSQL reads the rows from
`jsonb_to_recordset`, so that the text of a statement is the same for one row and for a thousand, and psycopg
escapes one string instead of every value (arrays cost it three times as long, most of it in quotes of JSON).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    found = [model._meta.get_field(name) for name in names]
    return [field for field in found if isinstance(field, models.Field)]


def _type(field: models.Field[Any, Any], connection: Any) -> sql.SQL:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    # Without the length: a cast to varchar(n) would cut silently, the column itself refuses.
    return sql.SQL(re.sub(r"\(.*\)", "", str(target.cast_db_type(connection))))


def _document(fields: Sequence[models.Field[Any, Any]], rows: Sequence[Sequence[Any]]) -> str:
    columns = [str(field.column) for field in fields]
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def _recordset(fields: Sequence[models.Field[Any, Any]], connection: Any) -> sql.Composed:
    """`jsonb_to_recordset(%s) AS v (column type, …)`."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(str(field.column)), _type(field, connection)) for field in fields
    )
    return sql.SQL("jsonb_to_recordset(%s::jsonb) AS v ({})").format(columns)


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
        values=_recordset(fields, connection),
        key=key,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [_document(fields, rows)])
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
    """Insert in the order given; with `ignore_conflict_on` rows that exist are left alone and not returned.

    Columns that are not named get the model's defaults, as with the ORM.
    """
    if not rows:
        return []
    connection = connections[using]
    fields = _fields(model, names)
    rest = [field for field in model._meta.concrete_fields if field not in fields and not field.primary_key]
    constants = [(field, _constant(field)) for field in rest if not field.null or field.has_default()]
    query = sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM {rows}").format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(
            sql.Identifier(str(field.column)) for field in [*fields, *(field for field, _value in constants)]
        ),
        values=sql.SQL(", ").join(
            [
                *(sql.SQL("v.{}").format(sql.Identifier(str(field.column))) for field in fields),
                *(sql.SQL("%s::{}").format(_type(field, connection)) for field, _value in constants),
            ]
        ),
        rows=_recordset(fields, connection),
    )
    if ignore_conflict_on:
        query += sql.SQL(" ON CONFLICT ({}) DO NOTHING").format(sql.Identifier(ignore_conflict_on))
    if returning:
        query += sql.SQL(" RETURNING {}").format(sql.SQL(", ").join(map(sql.Identifier, returning)))
    values = [field.get_db_prep_save(value, connection) for field, value in constants]
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, _document(fields, rows)])
        return list(cursor.fetchall()) if returning else []


def _constant(field: models.Field[Any, Any]) -> Any:
    return field.get_default() if field.has_default() else ""
