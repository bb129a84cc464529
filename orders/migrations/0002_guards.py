from django.db import migrations

from core.dbguards import check_at_commit, check_function, check_now, refuse
from core.dbroles import KEPT, READ_ONLY, Rights, append_only

ROUTES = [
    ("intake", "", "pending_manager"),
    ("accept", "pending_manager", "under_inspection"),
    ("complete_inspection", "under_inspection", "awaiting_payment"),
    ("release_to_ship", "awaiting_payment", "ready_for_shipment"),
    ("ship", "ready_for_shipment", "in_transit"),
    ("deliver", "in_transit", "delivered"),
    ("return_to_queue", "under_inspection", "pending_manager"),
    ("reinspect", "awaiting_payment", "under_inspection"),
    ("reinspect", "ready_for_shipment", "under_inspection"),
    ("return_shipment", "in_transit", "ready_for_shipment"),
    ("cancel", "pending_manager", "cancelled"),
    ("cancel", "under_inspection", "cancelled"),
    ("cancel", "awaiting_payment", "cancelled"),
    ("cancel", "ready_for_shipment", "cancelled"),
    ("cancel_in_transit", "in_transit", "cancelled"),
    ("reject", "pending_manager", "rejected"),
    ("reject", "under_inspection", "rejected"),
    ("reject", "awaiting_payment", "rejected"),
]


def fill_routes(apps, schema_editor):
    Route = apps.get_model("orders", "Route")
    Route.objects.using(schema_editor.connection.alias).bulk_create(
        Route(route=route, from_status=came_from, to_status=goes_to) for route, came_from, goes_to in ROUTES
    )


def empty_routes(apps, schema_editor):
    apps.get_model("orders", "Route").objects.using(schema_editor.connection.alias).all().delete()


ORDER_MATCHES_EVENTS = check_function(
    "order_matches_events",
    declare="checked bigint; found record;",
    body="""
            IF TG_TABLE_NAME = 'orders_order' THEN checked := NEW.id; ELSE checked := NEW.order_id; END IF;
            SELECT o.status, o.status_sequence, last.to_status, last.sequence INTO found
            FROM public.orders_order o
            LEFT JOIN LATERAL (
                SELECT e.to_status, e.sequence FROM public.order_status_events e
                WHERE e.order_id = o.id ORDER BY e.sequence DESC LIMIT 1
            ) last ON true
            WHERE o.id = checked;
            IF (found.status, found.status_sequence) IS DISTINCT FROM (found.to_status, found.sequence) THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'order %s stands at %s (%s), its last status event at %s (%s)',
                    checked, found.status, found.status_sequence, found.to_status, found.sequence));
            END IF;""",
)

STATUS_EVENT_ON_ROUTE = check_function(
    "status_event_on_route",
    """
            PERFORM FROM public.orders_route r
            WHERE r.route = NEW.route AND r.from_status = NEW.from_status AND r.to_status = NEW.to_status;
            IF NOT FOUND THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'no route "%s" leads from "%s" to "%s"', NEW.route, NEW.from_status, NEW.to_status));
            END IF;""",
)

STATUS_EVENT_IN_SEQUENCE = check_function(
    "status_event_in_sequence",
    """
            PERFORM FROM public.order_status_events e
            WHERE e.order_id = NEW.order_id AND e.sequence = NEW.sequence - 1 AND e.to_status = NEW.from_status;
            IF NOT FOUND THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'event %s of order %s, from "%s", does not follow the one before it',
                    NEW.sequence, NEW.order_id, NEW.from_status));
            END IF;""",
)


class Migration(migrations.Migration):
    """The order's own promises: routes, one history that its status follows, facts that stay.

    By induction every committed order has the events 1 … `status_sequence`, each on a route and each from where
    the one before it ended. So the first event is looked at only together with its order.
    """

    dependencies = [("orders", "0001_initial"), ("core", "0002_rights")]

    operations = [
        migrations.RunPython(fill_routes, empty_routes),
        Rights("orders_route", READ_ONLY),
        *append_only("order_status_events"),
        Rights("orders_order", KEPT),
        Rights("orders_task", KEPT),
        Rights("orders_note", KEPT),
        # The status is where the last event led to, whichever of the two was written.
        ORDER_MATCHES_EVENTS,
        check_at_commit(
            "orders_order", "order_begins_with_event", on="INSERT", function="order_matches_events"
        ),
        check_at_commit(
            "orders_order",
            "order_status_is_last_event",
            on="UPDATE OF status, status_sequence",
            when="(OLD.status, OLD.status_sequence) IS DISTINCT FROM (NEW.status, NEW.status_sequence)",
            function="order_matches_events",
        ),
        check_at_commit(
            "order_status_events",
            "status_event_moves_order",
            on="INSERT",
            when="NEW.sequence > 1",
            function="order_matches_events",
        ),
        # An event follows a legal route, and the event before it.
        STATUS_EVENT_ON_ROUTE,
        check_now("order_status_events", "status_event_on_route", on="INSERT", function="status_event_on_route"),
        STATUS_EVENT_IN_SEQUENCE,
        check_now(
            "order_status_events",
            "status_event_in_sequence",
            on="INSERT",
            when="NEW.sequence <> 1 OR NEW.from_status <> ''",
            function="status_event_in_sequence",
        ),
        # What came in stays what came in.
        refuse(
            "orders_order",
            "order_external_id_kept",
            on="UPDATE OF external_id",
            when="NEW.external_id <> OLD.external_id",
            because="the external id never changes",
        ),
        refuse(
            "orders_order",
            "order_created_at_kept",
            on="UPDATE OF created_at",
            when="NEW.created_at <> OLD.created_at",
            because="the moment of its intake never changes",
        ),
        refuse(
            "orders_order",
            "order_version_grows",
            on="UPDATE OF version",
            when="NEW.version < OLD.version",
            because="the version never decreases",
        ),
    ]
