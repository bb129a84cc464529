"""The doors of REST, in one visible list."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from assignment.api import OrderAssign
from core.api import converters  # noqa: F401  (they know <ref:…> and <id:…>)
from core.api.views import NoSuchAddress
from orders.api import refusals  # noqa: F401  (they become problems)
from orders.api.acts import OrderNotes, OrderRoute, OrderSeverity, OrderTasks, TaskDone
from orders.api.deal.approvals import ApprovalDecide, ApprovalWithdraw, OrderApprovals, OrderOpinions
from orders.api.deal.blockers import BlockerPass, BlockerResolve, OrderBlockers
from orders.api.deal.clients import ClaimSettle, OrderClaims, OrderClientDecision
from orders.api.deal.money import (
    OrderMoneyKeep,
    OrderPayments,
    OrderPayouts,
    OrderPrice,
    PaymentCorrect,
    PayoutPay,
)
from orders.api.deal.shipments import OrderLogistics, OrderTracking
from orders.api.inspection.acts import (
    InspectionAnswers,
    InspectionDecision,
    InspectionVerdict,
    OrderInspection,
)
from orders.api.inspection.contacts import OrderContacts
from orders.api.inspection.files import EvidenceFile, EvidencePlace, EvidenceRemove, OrderEvidence
from orders.api.orders import OneOrder, Orders, OrdersBatch
from rop.api import (
    EscalationAcknowledge,
    EscalationResolve,
    OrderExplain,
    OrderSnooze,
    OrderTimeline,
    OrderUnsnooze,
)

urlpatterns = [
    path("orders/", Orders.as_view(), name="api-orders"),
    path("orders/batch/", OrdersBatch.as_view(), name="api-orders-batch"),
    path("orders/<ref:ref>/", OneOrder.as_view(), name="api-order"),
    path("orders/<ref:ref>/routes/<slug:route>/", OrderRoute.as_view(), name="api-order-route"),
    path("orders/<ref:ref>/assign/", OrderAssign.as_view(), name="api-order-assign"),
    path("orders/<ref:ref>/severity/", OrderSeverity.as_view(), name="api-order-severity"),
    path("orders/<ref:ref>/notes/", OrderNotes.as_view(), name="api-order-notes"),
    path("orders/<ref:ref>/tasks/", OrderTasks.as_view(), name="api-order-tasks"),
    path("orders/<ref:ref>/inspection/", OrderInspection.as_view(), name="api-inspection"),
    path("orders/<ref:ref>/inspection/answers/", InspectionAnswers.as_view(), name="api-inspection-answers"),
    path("orders/<ref:ref>/inspection/verdict/", InspectionVerdict.as_view(), name="api-inspection-verdict"),
    path(
        "orders/<ref:ref>/inspection/decision/", InspectionDecision.as_view(), name="api-inspection-decision"
    ),
    path("orders/<ref:ref>/evidence/", OrderEvidence.as_view(), name="api-order-evidence"),
    path("orders/<ref:ref>/contacts/", OrderContacts.as_view(), name="api-order-contacts"),
    path("evidence/<id:evidence_id>/file/", EvidenceFile.as_view(), name="api-evidence-file"),
    path("evidence/<id:evidence_id>/place/", EvidencePlace.as_view(), name="api-evidence-place"),
    path("evidence/<id:evidence_id>/remove/", EvidenceRemove.as_view(), name="api-evidence-remove"),
    path(
        "orders/<ref:ref>/client-decision/", OrderClientDecision.as_view(), name="api-order-client-decision"
    ),
    path("orders/<ref:ref>/price/", OrderPrice.as_view(), name="api-order-price"),
    path("orders/<ref:ref>/payments/", OrderPayments.as_view(), name="api-order-payments"),
    path("payments/<id:payment_id>/correct/", PaymentCorrect.as_view(), name="api-payment-correct"),
    path("orders/<ref:ref>/payouts/", OrderPayouts.as_view(), name="api-order-payouts"),
    path("orders/<ref:ref>/money/keep/", OrderMoneyKeep.as_view(), name="api-order-money-keep"),
    path("payouts/<id:payout_id>/pay/", PayoutPay.as_view(), name="api-payout-pay"),
    path("orders/<ref:ref>/logistics/", OrderLogistics.as_view(), name="api-order-logistics"),
    path("orders/<ref:ref>/tracking/", OrderTracking.as_view(), name="api-order-tracking"),
    path("orders/<ref:ref>/blockers/", OrderBlockers.as_view(), name="api-order-blockers"),
    path("blockers/<id:blocker_id>/resolve/", BlockerResolve.as_view(), name="api-blocker-resolve"),
    path("blockers/<id:blocker_id>/pass/", BlockerPass.as_view(), name="api-blocker-pass"),
    path("orders/<ref:ref>/approvals/", OrderApprovals.as_view(), name="api-order-approvals"),
    path("approvals/<id:approval_id>/decide/", ApprovalDecide.as_view(), name="api-approval-decide"),
    path("approvals/<id:approval_id>/withdraw/", ApprovalWithdraw.as_view(), name="api-approval-withdraw"),
    path("orders/<ref:ref>/claims/", OrderClaims.as_view(), name="api-order-claims"),
    path("claims/<id:claim_id>/settle/", ClaimSettle.as_view(), name="api-claim-settle"),
    path("orders/<ref:ref>/opinions/", OrderOpinions.as_view(), name="api-order-opinions"),
    path("orders/<ref:ref>/explain/", OrderExplain.as_view(), name="api-order-explain"),
    path("orders/<ref:ref>/timeline/", OrderTimeline.as_view(), name="api-order-timeline"),
    path(
        "orders/<ref:ref>/escalation/acknowledge/",
        EscalationAcknowledge.as_view(),
        name="api-escalation-acknowledge",
    ),
    path("orders/<ref:ref>/escalation/resolve/", EscalationResolve.as_view(), name="api-escalation-resolve"),
    path("orders/<ref:ref>/snooze/", OrderSnooze.as_view(), name="api-order-snooze"),
    path("orders/<ref:ref>/unsnooze/", OrderUnsnooze.as_view(), name="api-order-unsnooze"),
    path("tasks/<id:task_id>/done/", TaskDone.as_view(), name="api-task-done"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    # "Split": its script has an address of its own, as our content security policy wants.
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("", NoSuchAddress.as_view()),
    path("<path:rest>", NoSuchAddress.as_view()),
]
