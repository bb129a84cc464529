from orders.services.importing import Ending, RowOutcome, orders_import
from orders.services.intake import IntakeConflict, NewOrder, Received, orders_intake
from orders.services.notes import note_add
from orders.services.routes import order_route
from orders.services.severity import order_set_severity
from orders.services.supervision import lock_order, lock_orders, orders_unlooked, wake, wake_orders_of
from orders.services.tasks import TaskRefused, task_add, task_cancel, task_done

__all__ = [
    "Ending",
    "IntakeConflict",
    "NewOrder",
    "Received",
    "RowOutcome",
    "TaskRefused",
    "lock_order",
    "lock_orders",
    "note_add",
    "order_route",
    "order_set_severity",
    "orders_import",
    "orders_intake",
    "orders_unlooked",
    "task_add",
    "task_cancel",
    "task_done",
    "wake",
    "wake_orders_of",
]
