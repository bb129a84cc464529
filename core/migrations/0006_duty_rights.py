from django.db import migrations

from core import roles

GRANTS = [
    ("duty", ["view"], roles.READERS),
    ("duty", ["add", "delete"], [roles.LEAD]),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="core", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("core", "0005_duty")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
