from django.db import migrations

from core.dbguards import check_function, check_now

PRICE_AGREED = check_function(
    "price_change_follows_approval",
    """
            IF NEW.approval_id IS NULL THEN
                PERFORM FROM public.order_status_events e
                WHERE e.order_id = NEW.order_id AND e.route = 'complete_inspection';
                IF FOUND THEN
                    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                        'price change %s after the inspection has no approval', NEW.id));
                END IF;
            ELSE
                PERFORM FROM public.orders_approval a
                WHERE a.id = NEW.approval_id AND a.state = 'approved' AND a.order_id = NEW.order_id
                  AND a.action = 'price';
                IF NOT FOUND THEN
                    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                        'price change %s without its approval', NEW.id));
                END IF;
            END IF;""",
)


class Migration(migrations.Migration):
    """After an inspection was completed no price changes without its approved request, whatever writes it."""

    dependencies = [("orders", "0014_second_decider")]

    operations = [
        PRICE_AGREED,
        check_now(
            "orders_pricechange",
            "price_change_needs_approval",
            on="INSERT",
            function="price_change_follows_approval",
        ),
    ]
