from django.db import migrations

from core import roles
from core.dbguards import refuse
from core.dbroles import KEPT, Rights

GRANTS = [
    ("escalation", ["view"], roles.READERS),
    ("snooze", ["view"], roles.READERS),
    ("proposal", ["view"], roles.READERS),
    ("escalation", ["escalate"], [roles.LEAD]),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="rop", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):
    """Escalations, snoozes and proposals are never deleted; what has ended or was decided stays as it was."""

    dependencies = [("rop", "0004_ladder"), ("core", "0003_roles")]

    operations = [
        Rights("ai_escalations", KEPT),
        Rights("ai_snoozes", KEPT),
        Rights("ai_proposals", KEPT),
        refuse(
            "ai_escalations",
            "escalation_ended_kept",
            on="UPDATE",
            when="OLD.ended_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="an escalation that is over never changes",
        ),
        refuse(
            "ai_escalations",
            "escalation_resolved_kept",
            on="UPDATE OF state",
            when="OLD.state = 'resolved' AND NEW.state <> 'resolved'",
            because="a resolved escalation does not open again",
        ),
        refuse(
            "ai_snoozes",
            "snooze_ended_kept",
            on="UPDATE",
            when="OLD.ended_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="a snooze that has ended never changes",
        ),
        refuse(
            "ai_proposals",
            "proposal_decided_kept",
            on="UPDATE",
            when="OLD.decided_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="a decided proposal never changes",
        ),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
