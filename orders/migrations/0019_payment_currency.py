from django.db import migrations, models


class Migration(migrations.Migration):
    """The journal of payments asks in which currencies there are any without reading them all."""

    dependencies = [("orders", "0018_claim_payout")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["currency", "-id"], name="payment_currency"),
        ),
    ]
