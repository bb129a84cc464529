"""One row added, changed or removed, and every way in which code could do that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from psycopg import sql


def nothing() -> None:
    pass


@dataclass(frozen=True)
class Add:
    """A new row. `then` makes the rest fit, so that only one rule is broken."""

    row: models.Model
    then: Callable[[], object] = nothing


@dataclass(frozen=True)
class Change:
    row: models.Model
    values: dict[str, Any] = field(default_factory=dict)
    then: Callable[[], object] = nothing


@dataclass(frozen=True)
class Remove:
    row: models.Model
    then: Callable[[], object] = nothing


def columns_of(row: models.Model) -> dict[str, Any]:
    """What the ORM would write, by column. A key that the database gives is left out."""
    return {
        name.column: name.get_db_prep_save(name.pre_save(row, add=True), connection)
        for name in row._meta.concrete_fields
        if not (name.primary_key and row.pk is None)
    }


def with_values(change: Change) -> models.Model:
    """The instance with the new values, past what protects its attributes."""
    for name, value in change.values.items():
        attribute = change.row._meta.get_field(name)
        change.row.__dict__.pop(attribute.attname, None)
        setattr(change.row, name, value)
    return change.row


def execute(statement: sql.Composed, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def add_by_sql(attempt: Add) -> None:
    columns = columns_of(attempt.row)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(attempt.row._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )
    execute(statement, list(columns.values()))


def change_by_sql(attempt: Change) -> None:
    meta = attempt.row._meta
    written = columns_of(with_values(attempt))
    changed = [meta.get_field(name).column for name in attempt.values]
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(meta.db_table),
        sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in changed),
        sql.Identifier(meta.pk.column),
    )
    execute(statement, [*(written[column] for column in changed), attempt.row.pk])


def remove_by_sql(attempt: Remove) -> None:
    meta = attempt.row._meta
    statement = sql.SQL("DELETE FROM {} WHERE {} = %s").format(
        sql.Identifier(meta.db_table), sql.Identifier(meta.pk.column)
    )
    execute(statement, [attempt.row.pk])


def objects(attempt: Add | Change | Remove) -> models.QuerySet[Any]:
    return type(attempt.row)._base_manager.filter(pk=attempt.row.pk)


WAYS: dict[type, dict[str, Callable[[Any], object]]] = {
    Add: {
        "save": lambda add: add.row.save(force_insert=True),
        "bulk_create": lambda add: type(add.row)._base_manager.bulk_create([add.row]),
        "sql": add_by_sql,
    },
    Change: {
        "save": lambda change: with_values(change).save(),
        "update": lambda change: objects(change).update(**change.values),
        "bulk_update": lambda change: type(change.row)._base_manager.bulk_update(
            [with_values(change)], list(change.values)
        ),
        "sql": change_by_sql,
    },
    Remove: {
        "delete": lambda remove: remove.row.delete(),
        "raw_delete": lambda remove: objects(remove)._raw_delete("default"),
        "sql": remove_by_sql,
    },
}


def attempt_by(way: str, attempt: Add | Change | Remove) -> None:
    """Do it in this way, make the rest fit, and say what COMMIT would say."""
    WAYS[type(attempt)][way](attempt)
    attempt.then()
    connection.check_constraints()
