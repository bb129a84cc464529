from orders.models.contacts import TALKED, Contact, ContactChannel, Outcome, Whom
from orders.models.events import Route, StatusEvent
from orders.models.evidence import Evidence, Purpose
from orders.models.inspections import (
    Decision,
    Inspection,
    InspectionAnswer,
    InspectionMeasure,
    InspectionVerdict,
    VerdictCode,
)
from orders.models.notes import Note, Task, TaskStatus
from orders.models.order import Order
from orders.models.templates import (
    POINTS,
    AnswerKind,
    InspectionItem,
    InspectionTemplate,
    Proof,
    ProofRule,
)

__all__ = [
    "POINTS",
    "TALKED",
    "AnswerKind",
    "Contact",
    "ContactChannel",
    "Decision",
    "Evidence",
    "Inspection",
    "InspectionAnswer",
    "InspectionItem",
    "InspectionMeasure",
    "InspectionTemplate",
    "InspectionVerdict",
    "Note",
    "Order",
    "Outcome",
    "Proof",
    "ProofRule",
    "Purpose",
    "Route",
    "StatusEvent",
    "Task",
    "TaskStatus",
    "VerdictCode",
    "Whom",
]
