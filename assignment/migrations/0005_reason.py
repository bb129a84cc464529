from django.db import migrations, models

from core.dbguards import refuse

KEPT = (
    "order_id",
    "round",
    "manager_id",
    "assigned_at",
    "by_kind",
    "by_id",
    "because",
    "load_before",
    "snapshot_id",
)


def decision_kept(columns):
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return refuse(
        "ai_assignments",
        "assignment_decision_kept",
        on="UPDATE",
        when=f"({old}) IS DISTINCT FROM ({new})",
        because="what was decided is not rewritten",
    )


def dropped(operation):
    return migrations.RunSQL(operation.reverse_sql, operation.sql)


class Migration(migrations.Migration):
    """What a lead says when giving an order by hand is a part of the decision: kept, and not rewritten."""

    dependencies = [("assignment", "0004_permissions")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="reason",
            field=models.CharField(blank=True, max_length=1000, verbose_name="reason"),
        ),
        dropped(decision_kept(KEPT)),
        decision_kept((*KEPT, "reason")),
    ]
