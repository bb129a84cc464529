from django.db import migrations

from core import roles


def grant_permissions(apps, schema_editor):
    # Sending again what did not arrive, and putting it aside.
    roles.grant(
        apps,
        alias=schema_editor.connection.alias,
        app_label="core",
        model="message",
        codenames=["change"],
        roles=[roles.LEAD],
    )


class Migration(migrations.Migration):

    dependencies = [("core", "0003_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
