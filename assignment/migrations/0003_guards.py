from django.db import migrations

from core.dbguards import check_at_commit, check_function, refuse
from core.dbroles import KEPT, Rights, append_only

ORDER_MATCHES_ASSIGNMENT = check_function(
    "order_matches_assignment",
    declare="checked bigint; found record;",
    body="""
            IF TG_TABLE_NAME = 'orders_order' THEN checked := NEW.id; ELSE checked := NEW.order_id; END IF;
            SELECT CASE WHEN o.closed_at IS NULL THEN o.assigned_manager_id END AS owner, a.manager_id AS holder
            INTO found
            FROM public.orders_order o
            LEFT JOIN public.ai_assignments a ON a.order_id = o.id AND a.ended_at IS NULL
            WHERE o.id = checked;
            IF found.owner IS DISTINCT FROM found.holder THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'order %s belongs to %s, its active assignment to %s', checked, found.owner, found.holder));
            END IF;""",
)


class Migration(migrations.Migration):
    """The owner of an open order is the manager of its one active assignment; a closed order has none.

    A closed order keeps its last owner in its column, for the record.
    """

    dependencies = [("assignment", "0002_initial"), ("orders", "0002_guards")]

    operations = [
        *append_only("assignment_snapshot"),
        *append_only("assignment_weighttable"),
        Rights("ai_assignments", KEPT),
        ORDER_MATCHES_ASSIGNMENT,
        check_at_commit(
            "orders_order",
            "order_begins_assigned",
            on="INSERT",
            when="NEW.assigned_manager_id IS NOT NULL",
            function="order_matches_assignment",
        ),
        check_at_commit(
            "orders_order",
            "order_owner_is_assigned",
            on="UPDATE OF assigned_manager_id, closed_at",
            when="""OLD.assigned_manager_id IS DISTINCT FROM NEW.assigned_manager_id
                OR (OLD.closed_at IS NULL) <> (NEW.closed_at IS NULL)""",
            function="order_matches_assignment",
        ),
        check_at_commit(
            "ai_assignments",
            "assignment_begins_as_owner",
            on="INSERT",
            when="NEW.ended_at IS NULL",
            function="order_matches_assignment",
        ),
        check_at_commit(
            "ai_assignments",
            "assignment_ends_with_ownership",
            on="UPDATE OF ended_at",
            when="OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL",
            function="order_matches_assignment",
        ),
        # Who was given what, and because of what, is a decision: it is not rewritten, and its end is its end.
        refuse(
            "ai_assignments",
            "assignment_decision_kept",
            on="UPDATE",
            when="""(OLD.order_id, OLD.round, OLD.manager_id, OLD.assigned_at, OLD.by_kind, OLD.by_id,
                    OLD.because, OLD.load_before, OLD.snapshot_id)
                IS DISTINCT FROM (NEW.order_id, NEW.round, NEW.manager_id, NEW.assigned_at, NEW.by_kind, NEW.by_id,
                    NEW.because, NEW.load_before, NEW.snapshot_id)""",
            because="what was decided is not rewritten",
        ),
        refuse(
            "ai_assignments",
            "assignment_ended_kept",
            on="UPDATE",
            when="OLD.ended_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="an ended assignment never changes",
        ),
    ]
