"""What the application's database role may do, as operations of migrations.

Migrations run as the owner (`manage.py migrate --database owner`). The application's role owns nothing: it gets
the ordinary rights on every table, also on those that later migrations make, except where a migration says less:

    operations = [
        *append_only("core_entry"),           # select and insert; the owner too can change no row
        Rights("core_message", KEPT),         # never deleted
        Rights("orders_route", READ_ONLY),    # written by migrations only
    ]

Such a migration depends on core's `0002_rights`, which grants the ordinary rights on what existed before it.
Where one role does everything (no DATABASE_OWNER_URL) there is nobody to grant to, and these do nothing.
"""

from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from core.dbguards import refuse

ORDINARY = ("SELECT", "INSERT", "UPDATE", "DELETE")
KEPT = ("SELECT", "INSERT", "UPDATE")
APPEND_ONLY = ("SELECT", "INSERT")
READ_ONLY = ("SELECT",)


def application_role() -> str | None:
    """The role that is granted to; None where the application logs in as the owner."""
    if settings.DATABASES["default"]["USER"] == settings.DATABASES["owner"]["USER"]:
        return None
    return str(settings.DATABASE_APP_ROLE)


class RightsOperation(Operation):
    """Changes rights and nothing of the models' state. `manage.py database_rights` repeats all of them."""

    reduces_to_sql = True
    reversible = True

    def grants(self, role: str) -> list[str]:
        """Statements for a quoted role; saying them twice changes nothing."""
        raise NotImplementedError

    def withdrawals(self, role: str) -> list[str]:
        """Statements that undo `grants`."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self.apply(schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if role := application_role():
            for statement in self.withdrawals(schema_editor.quote_name(role)):
                schema_editor.execute(statement)

    def apply(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if role := application_role():
            for statement in self.grants(schema_editor.quote_name(role)):
                schema_editor.execute(statement)


class OrdinaryRights(RightsOperation):
    """Ordinary rights on all tables of the owner: on those that exist, and on those that it will make."""

    def grants(self, role: str) -> list[str]:
        rights = ", ".join(ORDINARY)
        return [
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
            *self._on_existing(f"GRANT {rights} ON TABLE", "GRANT USAGE ON SEQUENCE", f"TO {role}"),
        ]

    def withdrawals(self, role: str) -> list[str]:
        return [
            *self._on_existing("REVOKE ALL ON TABLE", "REVOKE ALL ON SEQUENCE", f"FROM {role}"),
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
        ]

    def _on_existing(self, on_table: str, on_sequence: str, whom: str) -> list[str]:
        """Not `ON ALL TABLES`: an extension's views belong to somebody else, and granting on them fails."""
        return [
            f"""
            DO $do$
            DECLARE
                thing record;
            BEGIN
                FOR thing IN
                    SELECT CASE relkind WHEN 'S' THEN '{on_sequence}' ELSE '{on_table}' END AS start,
                        oid::regclass AS name
                    FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
                        AND relowner = current_user::regrole
                LOOP
                    EXECUTE concat_ws(' ', thing.start, thing.name, $whom${whom}$whom$);
                END LOOP;
            END
            $do$
            """  # noqa: S608
        ]

    def describe(self) -> str:
        return "Grant the ordinary rights to the application's role"


class Rights(RightsOperation):
    """Exactly these rights on a table."""

    def __init__(self, table: str, rights: tuple[str, ...]) -> None:
        self.table = table
        self.rights = rights

    def grants(self, role: str) -> list[str]:
        return self._exactly(self.rights, role)

    def withdrawals(self, role: str) -> list[str]:
        return self._exactly(ORDINARY, role)

    def _exactly(self, rights: tuple[str, ...], role: str) -> list[str]:
        return [
            f'REVOKE ALL ON TABLE public."{self.table}" FROM {role}',
            f'GRANT {", ".join(rights)} ON TABLE public."{self.table}" TO {role}',
        ]

    def describe(self) -> str:
        return f"Let the application's role {', '.join(self.rights)} on {self.table}"


def append_only(table: str) -> list[Operation]:
    """Rows are added and never changed: by rights for the application, by a trigger for everybody.

    Only the owner may TRUNCATE, by its right on the table: tests empty their database this way.
    """
    return [
        Rights(table, APPEND_ONLY),
        refuse(table, f"{table}_append_only", on="UPDATE OR DELETE", because="history is append-only"),
    ]
