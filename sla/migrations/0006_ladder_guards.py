from django.db import migrations

from core import roles
from core.dbguards import check_now

LEAD = [roles.LEAD]

GRANTS = [
    ("rung", ["view"], roles.READERS),
    ("stuckrule", ["view"], roles.READERS),
    # Drafts: a published version is kept by the database.
    ("rung", ["add", "change", "delete"], LEAD),
    ("stuckrule", ["add", "change", "delete"], LEAD),
]
CHANGES = "INSERT OR UPDATE OR DELETE"


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="sla", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):
    """The ladder of a published matrix stays as it was, as its targets do."""

    dependencies = [("sla", "0005_ladder"), ("sla", "0002_guards"), ("core", "0003_roles")]

    operations = [
        check_now("sla_rung", "rung_published_kept", on=CHANGES, function="rule_of_draft"),
        check_now("sla_stuckrule", "stuck_rule_published_kept", on=CHANGES, function="rule_of_draft"),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
