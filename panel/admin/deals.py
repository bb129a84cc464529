"""What was asked for, paid, complained about and stood in the way, over all orders: read here, done on their pages."""

from typing import Any

from django.contrib.admin import EmptyFieldListFilter, display
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.approval_words import headline
from orders.models import Approval, ApprovalState, Blocker, Claim, Payment, Payout, PayoutState
from orders.words import money
from panel import marks, moment, words
from panel.admin.journals import order_link
from panel.base import ReadOnlyAdmin
from panel.journal import OrderFilter
from panel.words import Tone

APPROVAL_TONES = {
    ApprovalState.OPEN: Tone.SOON,
    ApprovalState.APPROVED: Tone.GOOD,
    ApprovalState.DECLINED: Tone.LATE,
}
PAYOUT_TONES = {PayoutState.APPROVED: Tone.SOON, PayoutState.ASKED: Tone.INFO, PayoutState.PAID: Tone.GOOD}


class DealAdmin(ReadOnlyAdmin):
    """Rows of orders of everybody, for whoever sees these."""

    list_filter_submit = False
    ordering = ("-id",)
    people: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("order", *self.people)
        return moment.stamped(rows, request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) and request.user.has_perm("orders.see_all")

    @display(description=_("order"))
    def order_(self, row: Any) -> SafeString | str:
        return order_link(row.order_id)


class ApprovalAdmin(DealAdmin):
    list_display = ("asked_at", "order_", "what", "state_", "asked_by", "decided_by")
    list_filter = ("state", "action", OrderFilter)
    people = ("asked_by", "decided_by")
    fields = (
        *("order_", "what", "reason", "asked_by", "asked_at", "door", "due_at", "expires_at"),
        *("state_", "decided_by", "decided_door", "decision_reason", "ended_at", "executed_at"),
    )

    @display(description=_("what"))
    def what(self, approval: Approval) -> str:
        return headline(approval)

    @display(description=_("state"))
    def state_(self, approval: Approval) -> SafeString:
        tone = APPROVAL_TONES.get(ApprovalState(approval.state), Tone.QUIET)
        return marks.mark(approval.get_state_display(), tone)


class PaymentAdmin(DealAdmin):
    list_display = ("at", "order_", "amount_", "paid_at", "document", "by")
    list_filter = ("currency", OrderFilter)
    people = ("by",)
    fields = ("order_", "amount_", "paid_at", "document", "comment", "corrects", "by", "door", "at")

    @display(description=_("amount"))
    def amount_(self, payment: Payment) -> str:
        return money(payment.amount, payment.currency)


class PayoutAdmin(DealAdmin):
    list_display = ("asked_at", "order_", "kind", "amount_", "state_", "asked_by", "paid_by")
    list_filter = ("state", "kind", OrderFilter)
    people = ("asked_by", "paid_by")
    fields = (
        *("order_", "kind", "amount_", "reason", "state_", "asked_by", "asked_at"),
        *("approval", "paid_by", "paid_at", "document", "ended_at"),
    )

    @display(description=_("amount"))
    def amount_(self, payout: Payout) -> str:
        return money(payout.amount, payout.currency)

    @display(description=_("state"))
    def state_(self, payout: Payout) -> SafeString:
        tone = PAYOUT_TONES.get(PayoutState(payout.state), Tone.QUIET)
        return marks.mark(payout.get_state_display(), tone)


class BlockerAdmin(DealAdmin):
    list_display = ("opened_at", "order_", "kind", "text", "owner", "due_")
    list_filter = ("kind", ("resolved_at", EmptyFieldListFilter), OrderFilter)
    people = ("owner", "opened_by", "resolved_by")
    fields = (
        *("order_", "kind", "text", "owner", "due_at", "opened_by", "door", "opened_at"),
        *("resolution", "resolved_by", "resolved_at"),
    )

    @display(description=pgettext_lazy("blocker", "removed"))
    def due_(self, blocker: Blocker) -> SafeString | str:
        now = moment.of(blocker)
        if blocker.resolved_at is not None:
            return words.moment(blocker.resolved_at, now=now)
        return marks.due(blocker.due_at, now=now)


class ClaimAdmin(DealAdmin):
    list_display = ("opened_at", "order_", "kind", "outcome_", "opened_by", "settled_by")
    list_filter = ("kind", "outcome", OrderFilter)
    people = ("opened_by", "settled_by")
    fields = (
        *("order_", "kind", "text", "opened_by", "door", "opened_at"),
        *("outcome_", "resolution", "settled_by", "settled_at"),
    )

    @display(description=_("outcome"))
    def outcome_(self, claim: Claim) -> SafeString:
        if claim.settled_at is None:
            return marks.mark(_("not settled"), Tone.LATE)
        return marks.mark(claim.get_outcome_display(), Tone.GOOD)
