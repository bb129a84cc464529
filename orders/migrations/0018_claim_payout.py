import django.db.models.deletion
from django.db import migrations, models

from core.dbguards import check_function, check_now

SETTLED_BY_MONEY = check_function(
    "claim_names_its_payout",
    """
            PERFORM FROM public.orders_payout p
            WHERE p.id = NEW.payout_id AND p.order_id = NEW.order_id AND p.kind = NEW.outcome
              AND p.state IN ('approved', 'paid');
            IF NOT FOUND THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'claim %s is settled by a %s that was not approved for it', NEW.id, NEW.outcome));
            END IF;""",
)

# Claims in the order in which they were settled, payouts in the order in which they were asked for.
KNOWN = """
    UPDATE public.orders_claim c SET payout_id = p.id
      FROM (SELECT id, order_id, outcome, opened_at,
                   row_number() OVER (PARTITION BY order_id, outcome ORDER BY settled_at, id) AS nth
              FROM public.orders_claim WHERE outcome IN ('refund', 'compensation')) claims
      JOIN (SELECT id, order_id, kind, asked_at,
                   row_number() OVER (PARTITION BY order_id, kind ORDER BY id) AS nth
              FROM public.orders_payout WHERE state IN ('approved', 'paid')) p
        ON p.order_id = claims.order_id AND p.kind = claims.outcome AND p.nth = claims.nth
     WHERE c.id = claims.id
"""


def name_payouts(apps, schema_editor):
    """Of claims that were settled before they named their payouts; two that share one stay as they are."""
    schema_editor.execute("ALTER TABLE public.orders_claim DISABLE TRIGGER claim_kept")
    schema_editor.execute(KNOWN)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("ALTER TABLE public.orders_claim ENABLE TRIGGER claim_kept")


class Migration(migrations.Migration):
    """One payout settles one claim, whatever writes it."""

    dependencies = [("orders", "0017_money_kept")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="payout",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claim",
                to="orders.payout",
                verbose_name="settled by this money",
            ),
        ),
        migrations.RunPython(name_payouts, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(payout__isnull=True) | models.Q(outcome__in=["refund", "compensation"]),
                name="claim_payout_is_its_money",
            ),
        ),
        SETTLED_BY_MONEY,
        check_now(
            "orders_claim",
            "claim_settled_by_its_payout",
            on="INSERT OR UPDATE OF outcome, payout_id",
            when="NEW.outcome IN ('refund', 'compensation')",
            function="claim_names_its_payout",
        ),
    ]
