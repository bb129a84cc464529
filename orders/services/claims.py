"""What the client complains about after the delivery."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import work
from core.actors import Actor
from orders import gate
from orders.models import Claim, ClaimKind, ClaimOutcome, Payout, PayoutState, TaskStatus
from orders.selectors.deals import terms_in_force
from orders.services.acting import DealRefused, acted, check_stage, one_of, order_to_act, text_given
from orders.services.supervision import lock_order
from orders.services.tasks import SETTLE_CLAIM, task_open, tasks_end
from orders.statuses import Status

WITH_MONEY = (ClaimOutcome.REFUND, ClaimOutcome.COMPENSATION)


def claim_open(*, order_id: int, kind: str, text: str, actor: Actor, now: datetime) -> Claim:
    """The client complains, within the window after the delivery. The order stays open until it is settled.

    Raises DealRefused (wrong_stage, window_over, unknown, required, too_long, order_closed), gate.NotAllowed,
    Order.DoesNotExist.
    """
    asked = {"kind": kind if kind in ClaimKind.values else "unknown"}
    with work.command("command.claim_open", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = order_to_act(order_id, actor=actor)
        check_stage(order, Status.DELIVERED)
        terms = terms_in_force()
        if now > order.status_since + timedelta(seconds=terms.claim_window):
            raise DealRefused("window_over", _("The time for claims is over."))
        one_of(kind, ClaimKind.values, field="kind")
        claim = Claim.objects.create(
            order=order,
            kind=kind,
            text=text_given(text, field="text"),
            opened_by_id=gate.person_of(actor),
            door=actor.door,
            opened_at=now,
        )
        task_open(
            order,
            kind=SETTLE_CLAIM,
            title=gettext_lazy("Settle the client's claim"),
            owner_id=order.assigned_manager_id or gate.person_of(actor),
            due_at=now + timedelta(seconds=terms.claim_within),
            actor=actor,
            now=now,
        )
        acted(order, "command.claim_open", {"claim": claim.pk}, inputs=asked, actor=actor, now=now)
        return claim


def claim_settle(*, claim_id: int, outcome: str, resolution: str, actor: Actor, now: datetime) -> Claim:
    """How it ended. With money only when that money was approved: AI-РОП and the manager promise none, and what one
    claim was settled by settles no other. Twice is once.

    Raises DealRefused (unknown, required, too_long, payout_missing), gate.NotAllowed, Claim.DoesNotExist.
    """
    order_id = Claim.objects.values_list("order_id", flat=True).get(pk=claim_id)
    asked = {"claim": claim_id, "outcome": outcome if outcome in ClaimOutcome.values else "unknown"}
    with work.command("command.claim_settle", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        if not gate.may_act(actor, owner_id=order.assigned_manager_id):
            raise gate.NotAllowed
        claim = Claim.objects.get(pk=claim_id)
        if claim.settled_at is not None:
            return claim
        one_of(outcome, ClaimOutcome.values, field="outcome")
        if outcome in WITH_MONEY:
            claim.payout = _its_payout(claim, outcome)
        claim.outcome = outcome
        claim.resolution = text_given(resolution, field="resolution")
        claim.settled_by_id, claim.settled_at = gate.person_of(actor), now
        claim.save(update_fields=["outcome", "resolution", "settled_by", "settled_at", "payout"])
        if not Claim.objects.filter(order=order, settled_at__isnull=True).exists():
            tasks_end(order, kinds=[SETTLE_CLAIM], status=TaskStatus.DONE, actor=actor, now=now)
        acted(order, "command.claim_settle", asked, inputs=asked, actor=actor, now=now)
        return claim


def _its_payout(claim: Claim, kind: str) -> Payout:
    """The first that was asked for since the client complained and has settled nothing yet."""
    approved = Payout.objects.filter(
        order=claim.order_id,
        kind=kind,
        asked_at__gte=claim.opened_at,
        state__in=[PayoutState.APPROVED, PayoutState.PAID],
    )
    free = approved.filter(claim__isnull=True).order_by("pk").first()
    if free is not None:
        return free
    text = _("Ask for this money first: a second person has to approve it.")
    if approved.exists():
        text = _(
            "That money has settled another claim: ask for this one's, a second person has to approve it."
        )
    raise DealRefused("payout_missing", text, field="outcome")
