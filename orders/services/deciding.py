"""The second person decides; what was approved is carried out in the same breath, once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from core import actors, work
from core.actors import Actor, Door
from core.models import User
from orders import gate
from orders.models import Approval, ApprovalAction, ApprovalState, Order
from orders.services.acting import LINE_AT_MOST, acted, text_given
from orders.services.approvals import (
    DECIDE,
    ApprovalRefused,
    approval_tell_decided,
    hash_now,
    is_unchanged,
    payouts_refuse,
)
from orders.services.money import RECORD
from orders.services.payouts import payout_approved
from orders.services.prices import price_apply
from orders.services.routes import route_take
from orders.services.settling import may_settle, money_kept
from orders.services.supervision import lock_order


class Answer(TextChoices):
    APPROVE = "approve", "approve"
    DECLINE = "decline", "decline"


def approval_decide(
    *,
    approval_id: int,
    answer: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    seen_hash: str | None = None,
) -> Approval:
    """Say yes or no to exactly what was shown. Yes carries it out in this transaction; no needs a reason.

    `seen_hash`: of what the decider's page showed (`hash_now`); None where nobody looked at a page. The same answer of
    the same person again changes nothing. Raises gate.NotAllowed (no right, or the own request), ApprovalRefused
    (decided_already, expired, order_changed, shown_otherwise, unknown_answer), DealRefused (required, too_long), and
    what the execution refuses; Approval.DoesNotExist.
    """
    order_id = Approval.objects.values_list("order_id", flat=True).get(pk=approval_id)
    asked = {"approval": approval_id, "answer": answer if answer in Answer.values else "unknown"}
    with work.command("command.approval_decide", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        approval = Approval.objects.get(pk=approval_id)
        _check_decider(approval, actor)
        if answer not in Answer.values:
            among = ", ".join(Answer.values)
            raise ApprovalRefused("unknown_answer", _("One of these: %(among)s.") % {"among": among})
        state = ApprovalState.APPROVED if answer == Answer.APPROVE else ApprovalState.DECLINED
        if approval.state == state and approval.decided_by_id == actor.user_id:
            return approval
        _check_open(approval, now=now)
        reason = text_given(reason, field="reason", at_most=LINE_AT_MOST, required=answer == Answer.DECLINE)
        if state == ApprovalState.APPROVED:
            approval.order = order
            _check_unchanged(approval, seen_hash)
            approval.executed_at = now
        approval.state, approval.ended_at = state, now
        approval.decided_by_id, approval.decided_door = gate.person_of(actor), actor.door
        approval.decision_reason = reason
        approval.save()
        if state == ApprovalState.APPROVED:
            CARRY_OUT[ApprovalAction(approval.action)](order, approval, actor, now)
        else:
            payouts_refuse([approval.pk], now=now)
        approval_tell_decided(approval, order, actor=actor, now=now)
        acted(order, "command.approval_decide", asked, inputs=asked, actor=actor, now=now, moves=False)
        return approval


def decision_check(approval: Approval, *, actor: Actor, now: datetime) -> None:
    """Whether this person may decide about it now.

    Raises gate.NotAllowed, ApprovalRefused (decided_already, expired).
    """
    _check_decider(approval, actor)
    _check_open(approval, now=now)


def _check_decider(approval: Approval, actor: Actor) -> None:
    if approval.asked_by_id == actor.user_id:
        raise gate.NotAllowed(_("You asked for it yourself: another person has to decide."))
    if actor.user_id is None or not actor.may(DECIDE):
        raise gate.NotAllowed(_("Only whoever is named for it decides about approvals."))


def _check_open(approval: Approval, *, now: datetime) -> None:
    if approval.state != ApprovalState.OPEN:
        raise ApprovalRefused("decided_already", _("This has been decided already."))
    if approval.expires_at <= now:
        raise ApprovalRefused("expired", _("Nobody decided in time: it has to be asked for anew."))


def _check_unchanged(approval: Approval, seen_hash: str | None) -> None:
    if not is_unchanged(approval, hash_now(approval)):
        text = _("The order has changed since this was asked for: it has to be asked for anew.")
        raise ApprovalRefused("order_changed", text)
    if seen_hash is not None and seen_hash != approval.shown_hash:
        text = _("This is not what you were shown. Look again and decide.")
        raise ApprovalRefused("shown_otherwise", text)


def _asker(order: Order, approval: Approval) -> Actor:
    """Whoever asked for it, if they still may: the decider only said yes."""
    asker = actors.person(User.objects.get(pk=approval.asked_by_id), door=Door(approval.door))
    is_money = approval.action in (ApprovalAction.REFUND, ApprovalAction.COMPENSATION)
    if gate.may_act(asker, owner_id=order.assigned_manager_id) or (is_money and asker.may(RECORD)):
        return asker
    raise gate.NotAllowed(_("Whoever asked for this may not do it any more."))


def _carry_out_route(order: Order, approval: Approval, actor: Actor, now: datetime) -> None:
    asker = _asker(order, approval)
    data = gate.RouteData(reason=approval.reason, reason_code=approval.payload.get("reason_code", ""))
    route_take(order, approval.route, actor=asker, seen_version=None, data=data, now=now, approved=True)


def _carry_out_price(order: Order, approval: Approval, actor: Actor, now: datetime) -> None:
    asker = _asker(order, approval)
    price, currency = Decimal(approval.payload["price"]), approval.payload["currency"]
    price_apply(order, price, currency, reason=approval.reason, actor=asker, now=now, approval=approval)


def _carry_out_payout(order: Order, approval: Approval, actor: Actor, now: datetime) -> None:
    _asker(order, approval)
    payout_approved(order, approval, actor=actor, now=now)


def _carry_out_keeping(order: Order, approval: Approval, actor: Actor, now: datetime) -> None:
    may_settle(_asker(order, approval))
    money_kept(order, actor=actor, now=now)


CARRY_OUT: Mapping[ApprovalAction, Callable[[Order, Approval, Actor, datetime], None]] = {
    ApprovalAction.ROUTE: _carry_out_route,
    ApprovalAction.PRICE: _carry_out_price,
    ApprovalAction.REFUND: _carry_out_payout,
    ApprovalAction.COMPENSATION: _carry_out_payout,
    ApprovalAction.KEEP: _carry_out_keeping,
}
"""What a yes does, by what was asked for."""
