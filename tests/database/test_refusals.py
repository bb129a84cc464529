"""What the database refuses: by every way in which code could try, as the application's role and as the owner."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from orders.models import Order
from orders.statuses import Status
from tests.database.attempts import WAYS, attempt_by
from tests.database.cases import CASES, IMPLIED, Case, our_models
from tests.factories import OrderFactory

PERMISSION_DENIED = "42501"

TABLES = [model._meta.db_table for model in our_models()]


def blamed(error: DatabaseError) -> str:
    """The rule that refused, or the code of a right that is missing."""
    said = error.__cause__.diag
    return str(said.sqlstate if said.sqlstate == PERMISSION_DENIED else said.constraint_name)


def refusal(case: Case, way: str) -> str:
    """Who refuses the attempt; "" when nobody does."""
    attempt = case.make()
    connection.check_constraints()
    try:
        with transaction.atomic():
            attempt_by(way, attempt)
    except DatabaseError as error:
        return blamed(error)
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "way"),
    [
        pytest.param(case, way, id=f"{case.rule}-{number}-{way}")
        for number, case in enumerate(CASES)
        for way in WAYS[case.kind]
    ],
)
def test_the_application_can_not_break_a_rule(case: Case, way: str) -> None:
    assert refusal(case, way) == (PERMISSION_DENIED if case.by_rights else case.rule)


@pytest.fixture
def as_owner(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The owner of the tables in the place of the application, in a transaction that leaves nothing behind."""
    application = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = connections["owner"]
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connections["default"] = application


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.rule}-{n}") for n, case in enumerate(CASES)])
def test_each_rule_is_needed(case: Case, as_owner: None) -> None:
    """Not even the owner of the tables breaks it; without it nothing, or only what the case names, refuses."""
    with transaction.atomic():
        assert refusal(case, "sql") == case.rule
        transaction.set_rollback(True)
    drop(case.rule)
    assert refusal(case, "sql") == case.without


def drop(rule: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
            FROM pg_constraint WHERE conname = %(rule)s AND contype <> 't'
            UNION ALL
            SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass) FROM pg_trigger WHERE tgname = %(rule)s
            UNION ALL
            SELECT format('DROP INDEX %%s', oid::regclass) FROM pg_class WHERE relname = %(rule)s AND relkind = 'i'
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = pg_class.oid)
            """,
            {"rule": rule},
        )
        (statement,) = cursor.fetchone()
        cursor.execute(statement)


@pytest.mark.django_db
def test_every_rule_of_our_tables_has_a_case() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname FROM pg_constraint
            WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype IN ('c', 'u', 'x')
            UNION
            SELECT tgname FROM pg_trigger WHERE tgrelid = ANY (%(tables)s::regclass[]) AND NOT tgisinternal
            UNION
            SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE indrelid = ANY (%(tables)s::regclass[]) AND indisunique AND NOT indisprimary
            """,
            {"tables": TABLES},
        )
        rules = {name for (name,) in cursor.fetchall()}
    assert rules == {case.rule for case in CASES} | set(IMPLIED)


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_at_commit_is_not_committed() -> None:
    order = OrderFactory(owned=True)
    rows = Order.objects.filter(pk=order.pk)
    with pytest.raises(IntegrityError, match=r"order \d+ stands at under_inspection"), transaction.atomic():
        # Nobody objects before COMMIT: the event may still be on its way.
        assert rows.update(status=Status.UNDER_INSPECTION) == 1
    assert rows.get().status == Status.PENDING_MANAGER
