from django.db import migrations

from core import roles

LEAD = [roles.LEAD]

GRANTS = [
    ("manager", ["view"], roles.READERS),
    ("managerload", ["view"], roles.READERS),
    ("weeklyshift", ["view"], roles.READERS),
    ("shift", ["view"], roles.READERS),
    ("absence", ["view"], roles.READERS),
    ("weighttable", ["view"], roles.READERS),
    ("snapshot", ["view"], roles.READERS),
    ("assignment", ["view"], roles.READERS),
    ("manager", ["add", "change"], LEAD),
    ("weeklyshift", ["add", "change", "delete"], LEAD),
    ("shift", ["add", "change", "delete"], LEAD),
    ("absence", ["add", "change", "delete"], LEAD),
    ("weighttable", ["add"], LEAD),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="assignment", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("assignment", "0003_guards"), ("core", "0003_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
