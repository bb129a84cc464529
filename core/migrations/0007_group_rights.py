from django.db import migrations

from core import roles


def grant_permissions(apps, schema_editor):
    roles.grant(
        apps,
        alias=schema_editor.connection.alias,
        app_label="core",
        model="chatgroup",
        codenames=["connect_group"],
        roles=[roles.LEAD],
    )


class Migration(migrations.Migration):

    dependencies = [("core", "0006_duty_rights")]

    operations = [
        migrations.AlterModelOptions(
            name="chatgroup",
            options={
                "permissions": [("connect_group", "Connect the admins' group")],
                "verbose_name": "Telegram group",
                "verbose_name_plural": "Telegram groups",
            },
        ),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
