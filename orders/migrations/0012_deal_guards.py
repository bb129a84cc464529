from django.db import migrations

from core.dbguards import check_function, check_now, refuse
from core.dbroles import KEPT, Rights, append_only

# FOR SHARE: a step must not slip in while another transaction publishes the terms.
STEP_OF_DRAFT = check_function(
    "follow_up_step_of_draft",
    declare="terms record;",
    body="""
            FOR terms IN
                SELECT t.id, t.published_at FROM public.orders_terms t
                WHERE t.id IN (OLD.terms_id, NEW.terms_id) FOR SHARE
            LOOP
                IF terms.published_at IS NOT NULL THEN
                    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                        '%s of a step of the published terms %s', TG_OP, terms.id));
                END IF;
            END LOOP;""",
)

COUNTER_ENTRY = check_function(
    "payment_takes_back_all",
    declare="wrong record;",
    body="""
            SELECT order_id, amount, currency, corrects_id INTO wrong
            FROM public.orders_payment WHERE id = NEW.corrects_id;
            IF (wrong.order_id, -wrong.amount, wrong.currency) IS DISTINCT FROM
               (NEW.order_id, NEW.amount, NEW.currency) OR wrong.corrects_id IS NOT NULL THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'counter-entry %s does not take back payment %s', NEW.id, NEW.corrects_id));
            END IF;""",
)

PAYOUT_APPROVED = check_function(
    "payout_follows_approval",
    """
            PERFORM FROM public.orders_approval a
            WHERE a.id = NEW.approval_id AND a.state = 'approved' AND a.order_id = NEW.order_id AND a.action = NEW.kind;
            IF NOT FOUND THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'payout %s is %s without its approval', NEW.id, NEW.state));
            END IF;""",
)


def changed(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


class Migration(migrations.Migration):
    """Money, decisions, logistics and opinions are entries that stay; requests are decided once, by somebody else.

    A payout can't be approved or paid out without its approved request, whatever writes it.
    """

    dependencies = [("orders", "0011_deals"), ("core", "0002_rights")]

    operations = [
        *append_only("orders_clientdecision"),
        *append_only("orders_pricechange"),
        *append_only("orders_payment"),
        *append_only("orders_logistics"),
        *append_only("orders_trackingcheck"),
        *append_only("orders_opinion"),
        Rights("orders_payout", KEPT),
        Rights("orders_approval", KEPT),
        Rights("orders_blocker", KEPT),
        Rights("orders_claim", KEPT),
        refuse(
            "orders_terms",
            "terms_published_kept",
            on="UPDATE OR DELETE",
            when="OLD.published_at IS NOT NULL",
            because="a published version never changes",
        ),
        STEP_OF_DRAFT,
        check_now(
            "orders_followupstep",
            "follow_up_published_kept",
            on="INSERT OR UPDATE OR DELETE",
            function="follow_up_step_of_draft",
        ),
        COUNTER_ENTRY,
        check_now(
            "orders_payment",
            "counter_entry_takes_back_all",
            on="INSERT",
            when="NEW.corrects_id IS NOT NULL",
            function="payment_takes_back_all",
        ),
        PAYOUT_APPROVED,
        check_now(
            "orders_payout",
            "payout_needs_approval",
            on="INSERT OR UPDATE OF state",
            when="NEW.state IN ('approved', 'paid')",
            function="payout_follows_approval",
        ),
        refuse(
            "orders_payout",
            "payout_kept",
            on="UPDATE",
            when=changed(
                "order_id", "kind", "amount", "currency", "reason", "approval_id", "asked_by_id", "asked_at"
            )
            + " OR OLD.ended_at IS NOT NULL",
            because="what was asked for stays, and what ended has ended",
        ),
        refuse(
            "orders_approval",
            "approval_kept",
            on="UPDATE",
            when=changed(
                "order_id",
                "action",
                "route",
                "payload",
                "reason",
                "shown_hash",
                "order_version",
                "asked_by_id",
                "door",
                "asked_at",
                "due_at",
                "expires_at",
            )
            + " OR OLD.ended_at IS NOT NULL",
            because="a request stays what was asked for, and is decided once",
        ),
        refuse(
            "orders_blocker",
            "blocker_kept",
            on="UPDATE",
            when=changed("order_id", "kind", "text", "opened_by_id", "door", "opened_at")
            + " OR OLD.resolved_at IS NOT NULL",
            because="what stood in the way stays written, and is removed once",
        ),
        refuse(
            "orders_claim",
            "claim_kept",
            on="UPDATE",
            when=changed("order_id", "kind", "text", "opened_by_id", "door", "opened_at")
            + " OR OLD.settled_at IS NOT NULL",
            because="a claim stays what it was, and is settled once",
        ),
    ]
