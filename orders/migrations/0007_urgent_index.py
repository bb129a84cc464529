from django.db import migrations, models


class Migration(migrations.Migration):
    """A list of critical orders read every open one until it had counted enough of them."""

    dependencies = [("orders", "0006_ordered_lists")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("severity__in", ["high", "critical"])),
                fields=["severity", "due_at"],
                name="order_urgent_open",
            ),
        ),
    ]
