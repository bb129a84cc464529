from django.db import migrations

from core import roles

LEAD = [roles.LEAD]

GRANTS = [
    ("update", ["view"], LEAD),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="telegram_bot", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("telegram_bot", "0001_initial"), ("core", "0003_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
