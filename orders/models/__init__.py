from orders.models.events import Route, StatusEvent
from orders.models.notes import Note, Task, TaskStatus
from orders.models.order import Order

__all__ = ["Note", "Order", "Route", "StatusEvent", "Task", "TaskStatus"]
