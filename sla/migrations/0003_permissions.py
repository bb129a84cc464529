from django.db import migrations

from core import roles

LEAD = [roles.LEAD]

GRANTS = [
    ("matrix", ["view"], roles.READERS),
    ("rule", ["view"], roles.READERS),
    ("clock", ["view"], roles.READERS),
    ("violation", ["view"], roles.READERS),
    # Drafts: a published version is kept by the database.
    ("matrix", ["add", "change", "delete"], LEAD),
    ("rule", ["add", "change", "delete"], LEAD),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="sla", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("sla", "0002_guards"), ("core", "0003_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
