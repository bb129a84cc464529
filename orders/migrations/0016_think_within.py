from django.db import migrations, models

DAY = 86_400
BOUND = 14 * DAY


def bound(apps, schema_editor):
    """A published version says what it said: where decisions were taken by it, the next one says the bound."""
    alias = schema_editor.connection.alias
    terms = apps.get_model("orders", "Terms").objects.using(alias)
    terms.filter(published_at__isnull=True).update(think_within=BOUND)
    newest = terms.filter(published_at__isnull=False).order_by("-version").first()
    if newest is None:
        return
    if apps.get_model("orders", "Order").objects.using(alias).exists():
        publish_next(apps, schema_editor, newest)
        return
    schema_editor.execute("ALTER TABLE public.orders_terms DISABLE TRIGGER terms_published_kept")
    terms.filter(pk=newest.pk).update(think_within=BOUND)
    schema_editor.execute("ALTER TABLE public.orders_terms ENABLE TRIGGER terms_published_kept")


def publish_next(apps, schema_editor, newest):
    """A draft that is being written stays the newest."""
    alias = schema_editor.connection.alias
    terms = apps.get_model("orders", "Terms").objects.using(alias)
    terms.filter(published_at__isnull=True).update(version=models.F("version") + 1)
    steps = list(apps.get_model("orders", "FollowUpStep").objects.using(alias).filter(terms=newest))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    newest.pk, newest.version, newest.think_within = None, newest.version + 1, BOUND
    newest.created_at, newest.published_at = now, None
    newest.save(using=alias, force_insert=True)
    for step in steps:
        step.pk, step.terms_id = None, newest.pk
        step.save(using=alias, force_insert=True)
    newest.published_at = now
    newest.save(using=alias, update_fields=["published_at"])


class Migration(migrations.Migration):
    """How long a client thinks by the manager's word alone."""

    dependencies = [("orders", "0015_price_guard")]

    operations = [
        migrations.AddField(
            model_name="terms",
            name="think_within",
            field=models.PositiveIntegerField(
                null=True, verbose_name="the client thinks by the manager's word at most"
            ),
        ),
        migrations.AlterField(
            model_name="terms",
            name="think_within",
            field=models.PositiveIntegerField(
                default=BOUND, null=True, verbose_name="the client thinks by the manager's word at most"
            ),
        ),
        migrations.RunPython(bound, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(
                condition=models.Q(think_within__isnull=True) | models.Q(think_within__gte=3600),
                name="terms_think_within",
            ),
        ),
    ]
