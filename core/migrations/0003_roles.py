from django.db import migrations

from core import roles

LEAD = [roles.LEAD]

GRANTS = [
    # How the work is organised, and what AI-РОП decided.
    ("user", ["view"], roles.READERS),
    ("team", ["view"], roles.READERS),
    ("calendar", ["view"], roles.READERS),
    ("entry", ["view"], roles.READERS),
    # How people are reached, and whether they were.
    ("message", ["view"], LEAD),
    ("telegramlink", ["view"], LEAD),
    ("chatgroup", ["view"], LEAD),
    ("heartbeat", ["view"], LEAD),
    ("apikey", ["view"], LEAD),
    # A new version of the working hours; a published one is kept by the database.
    ("calendar", ["add", "change"], LEAD),
]


def create_roles(apps, schema_editor):
    alias = schema_editor.connection.alias
    roles.role_groups_create(apps, alias=alias)
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="core", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_rights"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_roles, migrations.RunPython.noop)]
