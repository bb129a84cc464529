"""Set-based statements of every look, composed once in a process.

Writes: one statement for any number of rows, which travel as one JSON document.

Django's `bulk_update` builds a CASE for each row and column. Here PostgreSQL reads the rows from
`jsonb_to_recordset`, so that the text of a statement is the same for one row and for a thousand, and psycopg
escapes one string instead of every value (arrays cost it three times as long, most of it in quotes of JSON).
Reads: Django composes a query anew each time, which for a wide table takes longer than PostgreSQL's answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql

M = TypeVar("M", bound=models.Model)


def read_rows(model: type[M], which: str, values: Sequence[Any], *, using: str = DEFAULT_DB_ALIAS) -> list[M]:
    """The rows of a table as instances. `which` is what follows FROM (WHERE, ORDER BY, FOR UPDATE), of this text only:
    what comes from outside goes into `values`."""
    selection = _select(model, which, using)
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(selection.text, values)
        found = cursor.fetchall()
    for at, column, convert in selection.converters:
        found = [(*row[:at], convert(row[at], column, connection), *row[at + 1 :]) for row in found]
    return [model.from_db(using, selection.names, row) for row in found]


@dataclass(frozen=True, slots=True)
class _Selection:
    """`converters`: (place in the row, column, function) for what the driver gives in another shape."""

    text: str
    names: tuple[str, ...]
    converters: tuple[tuple[int, Any, Callable[..., Any]], ...]


@cache
def _select(model: type[models.Model], which: str, using: str) -> _Selection:
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    query = sql.SQL("SELECT {columns} FROM {table} ").format(
        columns=sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
        table=sql.Identifier(table),
    )
    return _Selection(
        query.as_string() + which,
        tuple(field.attname for field in fields),
        tuple(
            (at, field.get_col(table), convert)
            for at, field in enumerate(fields)
            for convert in field.get_db_converters(connections[using])
        ),
    )


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    found = [model._meta.get_field(name) for name in names]
    return [field for field in found if isinstance(field, models.Field)]


def _type(field: models.Field[Any, Any], using: str) -> sql.SQL:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    # Without the length: a cast to varchar(n) would cut silently, the column itself refuses.
    return sql.SQL(re.sub(r"\(.*\)", "", str(target.cast_db_type(connections[using]))))


def _document(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def _recordset(fields: Sequence[models.Field[Any, Any]], using: str) -> sql.Composed:
    """`jsonb_to_recordset(%s) AS v (column type, …)`."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(str(field.column)), _type(field, using)) for field in fields
    )
    return sql.SQL("jsonb_to_recordset(%s::jsonb) AS v ({})").format(columns)


@dataclass(frozen=True, slots=True)
class _Statement:
    """Composed once in a process: `columns` of the document; `constants` are fields that nobody named."""

    text: str
    columns: tuple[str, ...]
    constants: tuple[models.Field[Any, Any], ...] = ()


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
    statement = _update(model, tuple(names), using)
    with connections[using].cursor() as cursor:
        cursor.execute(statement.text, [_document(statement.columns, rows)])
        return int(cursor.rowcount)


@cache
def _update(model: type[models.Model], names: tuple[str, ...], using: str) -> _Statement:
    fields = _fields(model, names)
    key, *rest = [sql.Identifier(str(field.column)) for field in fields]
    query = sql.SQL("UPDATE {table} t SET {sets} FROM {values} WHERE t.{key} = v.{key}").format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(column) for column in rest),
        values=_recordset(fields, using),
        key=key,
    )
    return _Statement(query.as_string(), tuple(str(field.column) for field in fields))


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
    statement = _insert(model, tuple(names), tuple(returning), ignore_conflict_on, using)
    values = [field.get_db_prep_save(_constant(field), connection) for field in statement.constants]
    with connection.cursor() as cursor:
        cursor.execute(statement.text, [*values, _document(statement.columns, rows)])
        return list(cursor.fetchall()) if returning else []


@cache
def _insert(
    model: type[models.Model],
    names: tuple[str, ...],
    returning: tuple[str, ...],
    ignore_conflict_on: str | None,
    using: str,
) -> _Statement:
    fields = _fields(model, names)
    rest = [field for field in model._meta.concrete_fields if field not in fields and not field.primary_key]
    constants = [field for field in rest if not field.null or field.has_default()]
    query = sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM {rows}").format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in [*fields, *constants]),
        values=sql.SQL(", ").join(
            [
                *(sql.SQL("v.{}").format(sql.Identifier(str(field.column))) for field in fields),
                *(sql.SQL("%s::{}").format(_type(field, using)) for field in constants),
            ]
        ),
        rows=_recordset(fields, using),
    )
    if ignore_conflict_on:
        query += sql.SQL(" ON CONFLICT ({}) DO NOTHING").format(sql.Identifier(ignore_conflict_on))
    if returning:
        query += sql.SQL(" RETURNING {}").format(sql.SQL(", ").join(map(sql.Identifier, returning)))
    return _Statement(query.as_string(), tuple(str(field.column) for field in fields), tuple(constants))


def _constant(field: models.Field[Any, Any]) -> Any:
    return field.get_default() if field.has_default() else ""
