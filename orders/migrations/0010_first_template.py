import json
from pathlib import Path

from django.db import migrations

from core import roles

FIRST = Path(__file__).resolve().parents[1] / "data" / "inspection.json"

GRANTS = [
    ("inspectiontemplate", ["view"], [*roles.READERS, roles.MANAGER]),
    ("inspectiontemplate", ["add", "change"], [roles.LEAD]),
    ("inspectionitem", ["view"], [*roles.READERS, roles.MANAGER]),
    ("inspectionitem", ["add", "change", "delete"], [roles.LEAD]),
    ("inspectionmeasure", ["view"], roles.READERS),
    ("inspection", ["view"], roles.READERS),
    ("evidence", ["view"], roles.READERS),
    ("contact", ["view"], roles.READERS),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="orders", model=model, codenames=codenames, roles=to)


def add_first(apps, schema_editor):
    """Every installation begins with the 28 points for used goods of value; a lead changes them in the admin."""
    alias = schema_editor.connection.alias
    first = json.loads(FIRST.read_text(encoding="utf-8"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    template = apps.get_model("orders", "InspectionTemplate").objects.using(alias).create(
        version=1, title=first["title"], created_at=now
    )
    item = apps.get_model("orders", "InspectionItem")
    item.objects.using(alias).bulk_create(item(template=template, **fields) for fields in first["items"])
    template.published_at = now
    template.save(update_fields=["published_at"])


def begin_inspections(apps, schema_editor):
    """Orders that are under inspection already are inspected by the first template."""
    schema_editor.execute(
        """
        INSERT INTO orders_inspection
            (order_id, number, template_id, started_at, points_open, proof_open, verdict, decision)
        SELECT o.id, 1, t.id, o.status_since,
               ARRAY(SELECT number FROM orders_inspectionitem WHERE template_id = t.id ORDER BY number),
               ARRAY(
                   SELECT number FROM orders_inspectionitem
                    WHERE template_id = t.id AND proof <> '' AND (
                        proof_rule = 'always' OR proof_from_severity <> ''
                            AND array_position(ARRAY['normal', 'high', 'critical'], proof_from_severity::text)
                                <= array_position(ARRAY['normal', 'high', 'critical'], o.severity::text)
                    ) ORDER BY number
               ), '', ''
          FROM orders_order o CROSS JOIN orders_inspectiontemplate t
         WHERE o.status = 'under_inspection' AND o.closed_at IS NULL AND t.version = 1
        """
    )


class Migration(migrations.Migration):

    dependencies = [("orders", "0009_inspection_guards"), ("core", "0003_roles")]

    operations = [
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
        migrations.RunPython(add_first, migrations.RunPython.noop),
        migrations.RunPython(begin_inspections, migrations.RunPython.noop),
    ]
