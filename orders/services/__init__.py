from orders.services.answers import GivenAnswer, inspection_answer, inspection_answer_group
from orders.services.contacts import ContactRefused, contact_add, contact_task
from orders.services.evidence import EvidenceRefused, evidence_add, evidence_place, evidence_remove
from orders.services.importing import Ending, RowOutcome, orders_import
from orders.services.inspecting import InspectionRefused, PointError
from orders.services.intake import IntakeConflict, NewOrder, Received, orders_intake
from orders.services.notes import note_add
from orders.services.routes import order_route
from orders.services.severity import order_set_severity
from orders.services.supervision import lock_order, lock_orders, orders_unlooked, wake, wake_orders_of
from orders.services.tasks import TaskRefused, task_add, task_cancel, task_done
from orders.services.templates import TemplateInvalid, template_draft, template_flaws, template_publish
from orders.services.verdicts import DECIDE, inspection_decide, inspection_verdict

__all__ = [
    "DECIDE",
    "ContactRefused",
    "Ending",
    "EvidenceRefused",
    "GivenAnswer",
    "InspectionRefused",
    "IntakeConflict",
    "NewOrder",
    "PointError",
    "Received",
    "RowOutcome",
    "TaskRefused",
    "TemplateInvalid",
    "contact_add",
    "contact_task",
    "evidence_add",
    "evidence_place",
    "evidence_remove",
    "inspection_answer",
    "inspection_answer_group",
    "inspection_decide",
    "inspection_verdict",
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
    "template_draft",
    "template_flaws",
    "template_publish",
    "wake",
    "wake_orders_of",
]
