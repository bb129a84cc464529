from orders.services.acting import DealRefused
from orders.services.answers import GivenAnswer, inspection_answer, inspection_answer_group
from orders.services.approvals import (
    ApprovalRefused,
    approval_withdraw,
    approvals_expire,
    approvals_expire_closed,
    deciders_for,
    hash_now,
    route_ask,
)
from orders.services.blockers import blocker_open, blocker_pass, blocker_resolve
from orders.services.claims import claim_open, claim_settle
from orders.services.clients import client_decision_record
from orders.services.contacts import ContactRefused, contact_add, contact_task
from orders.services.deciding import Answer, approval_decide
from orders.services.evidence import (
    EvidenceRefused,
    GivenFile,
    evidence_add,
    evidence_add_all,
    evidence_place,
    evidence_remove,
)
from orders.services.importing import Ending, RowOutcome, orders_import
from orders.services.inspecting import InspectionRefused, PointError
from orders.services.intake import IntakeConflict, NewOrder, Received, orders_intake
from orders.services.notes import note_add
from orders.services.opinions import opinion_add
from orders.services.payments import PaymentRepeated, payment_correct, payment_record
from orders.services.payouts import payout_ask, payout_pay
from orders.services.prices import PriceAnswer, price_set
from orders.services.routes import order_route
from orders.services.settling import money_keep_ask
from orders.services.severity import order_set_severity
from orders.services.shipments import GivenLogistics, logistics_record, tracking_record
from orders.services.supervision import lock_order, lock_orders, orders_unlooked, wake, wake_orders_of
from orders.services.tasks import TaskRefused, task_add, task_cancel, task_done, tasks_pass
from orders.services.templates import TemplateInvalid, template_draft, template_flaws, template_publish
from orders.services.terms import TermsInvalid, terms_draft, terms_publish
from orders.services.verdicts import DECIDE, inspection_decide, inspection_verdict

__all__ = [
    "DECIDE",
    "Answer",
    "ApprovalRefused",
    "ContactRefused",
    "DealRefused",
    "Ending",
    "EvidenceRefused",
    "GivenAnswer",
    "GivenFile",
    "GivenLogistics",
    "InspectionRefused",
    "IntakeConflict",
    "NewOrder",
    "PaymentRepeated",
    "PointError",
    "PriceAnswer",
    "Received",
    "RowOutcome",
    "TaskRefused",
    "TemplateInvalid",
    "TermsInvalid",
    "approval_decide",
    "approval_withdraw",
    "approvals_expire",
    "approvals_expire_closed",
    "blocker_open",
    "blocker_pass",
    "blocker_resolve",
    "claim_open",
    "claim_settle",
    "client_decision_record",
    "contact_add",
    "contact_task",
    "deciders_for",
    "evidence_add",
    "evidence_add_all",
    "evidence_place",
    "evidence_remove",
    "hash_now",
    "inspection_answer",
    "inspection_answer_group",
    "inspection_decide",
    "inspection_verdict",
    "lock_order",
    "lock_orders",
    "logistics_record",
    "money_keep_ask",
    "note_add",
    "opinion_add",
    "order_route",
    "order_set_severity",
    "orders_import",
    "orders_intake",
    "orders_unlooked",
    "payment_correct",
    "payment_record",
    "payout_ask",
    "payout_pay",
    "price_set",
    "route_ask",
    "task_add",
    "task_cancel",
    "task_done",
    "tasks_pass",
    "template_draft",
    "template_flaws",
    "template_publish",
    "terms_draft",
    "terms_publish",
    "tracking_record",
    "wake",
    "wake_orders_of",
]
