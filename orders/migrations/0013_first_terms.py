import json
from pathlib import Path

from django.db import migrations

from core import roles

FIRST = Path(__file__).resolve().parents[1] / "data" / "terms.json"

GRANTS = [
    ("order", ["record_payment"], [roles.FINANCE]),
    ("approval", ["view"], [*roles.READERS, roles.MANAGER]),
    ("approval", ["decide_approval"], [roles.LEAD]),
    ("clientdecision", ["view"], roles.READERS),
    ("pricechange", ["view"], roles.READERS),
    ("payment", ["view"], roles.READERS),
    ("payment", ["add"], [roles.FINANCE]),
    ("payout", ["view"], roles.READERS),
    ("logistics", ["view"], roles.READERS),
    ("trackingcheck", ["view"], roles.READERS),
    ("claim", ["view"], roles.READERS),
    ("blocker", ["view"], roles.READERS),
    ("opinion", ["view"], roles.READERS),
    ("terms", ["view"], [*roles.READERS, roles.MANAGER]),
    ("terms", ["add", "change"], [roles.LEAD]),
    ("followupstep", ["view"], [*roles.READERS, roles.MANAGER]),
    ("followupstep", ["add", "change", "delete"], [roles.LEAD]),
]


def grant_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, codenames, to in GRANTS:
        roles.grant(apps, alias=alias, app_label="orders", model=model, codenames=codenames, roles=to)


def add_first(apps, schema_editor):
    """Every installation begins with a scenario of three steps; a lead changes it in the admin."""
    alias = schema_editor.connection.alias
    first = json.loads(FIRST.read_text(encoding="utf-8"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    terms = apps.get_model("orders", "Terms").objects.using(alias).create(
        version=1, title=first["title"], created_at=now
    )
    step = apps.get_model("orders", "FollowUpStep")
    step.objects.using(alias).bulk_create(step(terms=terms, **fields) for fields in first["steps"])
    terms.published_at = now
    terms.save(update_fields=["published_at"])


def wake_what_is_in_a_deal(apps, schema_editor):
    """Their clocks and next steps are others from now on: the sweep looks at them first."""
    schema_editor.execute(
        """
        UPDATE orders_order SET wake_at = least(wake_at, updated_at)
         WHERE closed_at IS NULL AND status NOT IN ('pending_manager', 'under_inspection')
        """
    )


class Migration(migrations.Migration):

    dependencies = [("orders", "0012_deal_guards"), ("core", "0003_roles")]

    operations = [
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
        migrations.RunPython(add_first, migrations.RunPython.noop),
        migrations.RunPython(wake_what_is_in_a_deal, migrations.RunPython.noop),
    ]
