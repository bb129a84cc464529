from django.db import migrations, models
from django.db.models.functions import Upper

from core import roles

READ = [
    *("approval", "clientdecision", "pricechange", "payment", "payout", "logistics", "trackingcheck"),
    *("claim", "blocker", "opinion"),
]
"""What an approval is about: whoever decides reads it first."""


def grant_permissions(apps, schema_editor):
    alias, to = schema_editor.connection.alias, [roles.DECIDER]
    grants = [
        ("order", ["view", "see_all"]),
        ("approval", ["decide_approval"]),
        *((model, ["view"]) for model in READ),
    ]
    for model, codenames in grants:
        roles.grant(apps, alias=alias, app_label="orders", model=model, codenames=codenames, roles=to)


class Migration(migrations.Migration):

    dependencies = [("orders", "0013_first_terms"), ("core", "0008_decider_role")]

    operations = [
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(Upper("document"), name="payment_document"),
        ),
    ]
