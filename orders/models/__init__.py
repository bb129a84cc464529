from orders.models.approvals import (
    Approval,
    ApprovalAction,
    ApprovalState,
    Opinion,
    OpinionVerdict,
)
from orders.models.blockers import Blocker, BlockerKind
from orders.models.contacts import TALKED, Contact, ContactChannel, Outcome, Whom
from orders.models.deals import (
    ClientDecision,
    ClientSaid,
    DeclineReason,
    Payment,
    Payout,
    PayoutKind,
    PayoutState,
    PriceChange,
)
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
from orders.models.shipments import (
    Claim,
    ClaimKind,
    ClaimOutcome,
    Logistics,
    TrackingCheck,
    WayState,
)
from orders.models.templates import (
    POINTS,
    AnswerKind,
    InspectionItem,
    InspectionTemplate,
    Proof,
    ProofRule,
)
from orders.models.terms import FollowUpStep, Terms

__all__ = [
    "POINTS",
    "TALKED",
    "AnswerKind",
    "Approval",
    "ApprovalAction",
    "ApprovalState",
    "Blocker",
    "BlockerKind",
    "Claim",
    "ClaimKind",
    "ClaimOutcome",
    "ClientDecision",
    "ClientSaid",
    "Contact",
    "ContactChannel",
    "Decision",
    "DeclineReason",
    "Evidence",
    "FollowUpStep",
    "Inspection",
    "InspectionAnswer",
    "InspectionItem",
    "InspectionMeasure",
    "InspectionTemplate",
    "InspectionVerdict",
    "Logistics",
    "Note",
    "Opinion",
    "OpinionVerdict",
    "Order",
    "Outcome",
    "Payment",
    "Payout",
    "PayoutKind",
    "PayoutState",
    "PriceChange",
    "Proof",
    "ProofRule",
    "Purpose",
    "Route",
    "StatusEvent",
    "Task",
    "TaskStatus",
    "Terms",
    "TrackingCheck",
    "VerdictCode",
    "WayState",
    "Whom",
]
