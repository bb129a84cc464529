from django.db import migrations, models


class Migration(migrations.Migration):
    """That the client's money of a deal that is off stays is asked for too."""

    dependencies = [("orders", "0016_think_within")]

    operations = [
        migrations.AlterField(
            model_name="approval",
            name="action",
            field=models.CharField(
                choices=[
                    ("route", "a step at risk"),
                    ("price", "a change of the price"),
                    ("refund", "a refund"),
                    ("compensation", "a compensation"),
                    ("keep_money", "the client's money stays"),
                ],
                max_length=14,
                verbose_name="what",
            ),
        ),
    ]
