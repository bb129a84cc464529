from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from core.dbroles import RightsOperation, application_role


class Command(BaseCommand):
    help = (
        "Repeats what the applied migrations said about the rights of the application's database role: "
        "after its name changed, after the database was restored elsewhere, or after one role became two."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        role = application_role()
        if role is None:
            raise CommandError("The application logs in as the owner: give DATABASE_OWNER_URL.")
        owner = connections["owner"]
        operations = applied_rights(MigrationLoader(owner))
        with transaction.atomic(using="owner"), owner.schema_editor() as editor:
            for operation in operations:
                operation.apply(editor)
        self.stdout.write(f"{role}: {len(operations)} operations.")


def applied_rights(loader: MigrationLoader) -> list[RightsOperation]:
    """In the order in which they were applied: a later one may say less than an earlier one."""
    graph = loader.graph
    plan = dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))
    return [
        operation
        for key in plan
        if key in loader.applied_migrations
        for operation in graph.nodes[key].operations
        if isinstance(operation, RightsOperation)
    ]
