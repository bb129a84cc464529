from django.db import migrations

from core import roles


def create_role(apps, schema_editor):
    roles.role_groups_create(apps, alias=schema_editor.connection.alias)


class Migration(migrations.Migration):
    """Whoever decides about approvals without leading: an installation needs two who may."""

    dependencies = [("core", "0007_group_rights")]

    operations = [migrations.RunPython(create_role, migrations.RunPython.noop)]
