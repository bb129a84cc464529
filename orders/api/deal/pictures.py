"""The facts of a deal as the API shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from orders import gate
from orders.api.people import person_picture
from orders.approval_words import headline
from orders.models import (
    Approval,
    ApprovalState,
    Blocker,
    Claim,
    ClientDecision,
    Logistics,
    Opinion,
    Order,
    Payment,
    Payout,
    TrackingCheck,
)
from orders.selectors.deals import (
    Deal,
    approvals_open,
    claims_open,
    terms_in_force,
)
from orders.selectors.kinds import Kinds
from orders.services import PriceAnswer
from orders.services.approvals import hash_of, is_unchanged, shown_now
from orders.statuses import FINAL, Status

AFTER_THE_DECISION = frozenset({Status.READY_FOR_SHIPMENT, Status.IN_TRANSIT, *FINAL})


def deal_parts(order: Order, kinds: Kinds, known: gate.Known) -> dict[str, Any]:
    """What an order's own picture says of its deal, and what is open of it."""
    return {
        "deal": _deal_picture(order, known.deal),
        "blockers": [blocker_picture(one) for one in known.blockers],
        "approvals": [approval_picture(one) for one in approvals_open(order.pk)] if Approval in kinds else [],
        "claims": [claim_picture(one) for one in claims_open(order.pk)] if Claim in kinds else [],
    }


def _thinks_at_latest(order: Order) -> datetime | None:
    if order.status != Status.AWAITING_PAYMENT:
        return None
    return terms_in_force().thinks_until(order.status_since)


def _decision(order: Order, deal: Deal) -> str:
    """While the client is asked, what they said since; afterwards what the deal went on with, or ended by."""
    if deal.decision or order.status not in AFTER_THE_DECISION:
        return deal.decision
    said = ClientDecision.objects.filter(order=order).order_by("-pk").values_list("decision", flat=True)
    return said.first() or ""


def _deal_picture(order: Order, deal: Deal) -> dict[str, Any]:
    return {
        "decision": _decision(order, deal),
        "until": deal.until,
        "thinks_at_latest": _thinks_at_latest(order),
        **sums_picture(deal),
        "seller_date": deal.seller_date,
        "carrier": deal.carrier,
        "tracking": deal.tracking,
        "promised_date": deal.promised_date,
        "delivered_at": deal.delivered_at,
        "proof": deal.has_proof,
    }


def sums_picture(deal: Deal) -> dict[str, Any]:
    return {
        "price": _money(deal.price),
        "currency": deal.currency,
        "paid": _money(deal.paid),
        "held": {currency: _money(amount) for currency, amount in sorted(deal.held.items())},
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def decision_picture(said: ClientDecision) -> dict[str, Any]:
    return {
        "id": said.pk,
        "order": f"R-{said.order_id}",
        "decision": said.decision,
        "until": said.until,
        "reason_code": said.reason_code,
        "text": said.text,
        "channel": said.channel,
        "by": person_picture(said.by),
        "at": said.at,
    }


def price_picture(order: Order, answer: PriceAnswer) -> dict[str, Any]:
    """`order` as it is after the command."""
    approval = answer.approval
    return {
        "state": "waits" if approval else "applied" if answer.change else "unchanged",
        "price": _money(order.price),
        "currency": order.currency,
        "approval": approval_picture(approval) if approval else None,
    }


def payment_picture(payment: Payment) -> dict[str, Any]:
    counter = getattr(payment, "corrected_by", None)
    return {
        "id": payment.pk,
        "order": f"R-{payment.order_id}",
        "amount": _money(payment.amount),
        "currency": payment.currency,
        "paid_at": payment.paid_at,
        "document": payment.document,
        "comment": payment.comment,
        "corrects": payment.corrects_id,
        "corrected_by": counter.pk if counter else None,
        "by": person_picture(payment.by),
        "at": payment.at,
    }


def payout_picture(payout: Payout) -> dict[str, Any]:
    return {
        "id": payout.pk,
        "order": f"R-{payout.order_id}",
        "kind": payout.kind,
        "amount": _money(payout.amount),
        "currency": payout.currency,
        "reason": payout.reason,
        "state": payout.state,
        "approval": payout.approval_id,
        "asked_by": person_picture(payout.asked_by),
        "asked_at": payout.asked_at,
        "decided_by": person_picture(payout.approval.decided_by),
        "paid_by": person_picture(payout.paid_by),
        "paid_at": payout.paid_at,
        "document": payout.document,
        "ended_at": payout.ended_at,
    }


def logistics_picture(record: Logistics) -> dict[str, Any]:
    return {
        "id": record.pk,
        "order": f"R-{record.order_id}",
        "shipment": record.shipment,
        "seller_date": record.seller_date,
        "carrier": record.carrier,
        "tracking": record.tracking,
        "promised_date": record.promised_date,
        "cost": _money(record.cost),
        "cost_currency": record.cost_currency,
        "delivered_at": record.delivered_at,
        "comment": record.comment,
        "by": person_picture(record.by),
        "at": record.at,
    }


def tracking_picture(check: TrackingCheck) -> dict[str, Any]:
    return {
        "id": check.pk,
        "order": f"R-{check.order_id}",
        "shipment": check.shipment,
        "state": check.state,
        "text": check.text,
        "by": person_picture(check.by),
        "at": check.at,
    }


def blocker_picture(blocker: Blocker) -> dict[str, Any]:
    return {
        "id": blocker.pk,
        "order": f"R-{blocker.order_id}",
        "kind": blocker.kind,
        "text": blocker.text,
        "owner": person_picture(blocker.owner),
        "due_at": blocker.due_at,
        "opened_by": person_picture(blocker.opened_by),
        "opened_at": blocker.opened_at,
        "resolution": blocker.resolution,
        "resolved_by": person_picture(blocker.resolved_by),
        "resolved_at": blocker.resolved_at,
    }


def approval_picture(approval: Approval) -> dict[str, Any]:
    """While it is open, with exactly what will happen and the hash of that."""
    is_open = approval.state == ApprovalState.OPEN
    shown = shown_now(approval) if is_open else None
    now_hash = hash_of(shown) if shown else approval.shown_hash
    return {
        "id": approval.pk,
        "order": f"R-{approval.order_id}",
        "action": approval.action,
        "route": approval.route,
        "title": headline(approval),
        "shown": shown,
        "hash": now_hash,
        "is_current": is_open and is_unchanged(approval, now_hash),
        "reason": approval.reason,
        "state": approval.state,
        "asked_by": person_picture(approval.asked_by),
        "asked_at": approval.asked_at,
        "due_at": approval.due_at,
        "expires_at": approval.expires_at,
        "decided_by": person_picture(approval.decided_by),
        "decision_reason": approval.decision_reason,
        "ended_at": approval.ended_at,
        "executed_at": approval.executed_at,
    }


def claim_picture(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.pk,
        "order": f"R-{claim.order_id}",
        "kind": claim.kind,
        "text": claim.text,
        "opened_by": person_picture(claim.opened_by),
        "opened_at": claim.opened_at,
        "outcome": claim.outcome,
        "resolution": claim.resolution,
        "settled_by": person_picture(claim.settled_by),
        "settled_at": claim.settled_at,
        "payout": claim.payout_id,
    }


def opinion_picture(opinion: Opinion) -> dict[str, Any]:
    return {
        "id": opinion.pk,
        "order": f"R-{opinion.order_id}",
        "source": opinion.source,
        "verdict": opinion.verdict,
        "text": opinion.text,
        "at": opinion.at,
    }
