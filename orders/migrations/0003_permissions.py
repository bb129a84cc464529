from django.db import migrations

from core import roles

LEAD, MANAGER = roles.LEAD, roles.MANAGER

GRANTS = [
    ("order", ["see_all", "view"], roles.READERS),
    ("order", ["act_on_any", "act_on_own", "assign", "intake"], [LEAD]),
    ("order", ["act_on_own", "view"], [MANAGER]),
    ("statusevent", ["view"], roles.READERS),
    ("route", ["view"], roles.READERS),
    ("task", ["view"], roles.READERS),
    ("note", ["view"], roles.READERS),
    ("task", ["add"], [LEAD]),
    ("note", ["add"], [LEAD]),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="orders", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("orders", "0002_guards"), ("core", "0003_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
