"""All that is recorded about the deal of one order: a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import F, Model

from orders.approval_words import headline
from orders.follow_up_words import follow_up_text
from orders.gate import Known
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
    PriceChange,
    Task,
    TaskStatus,
    TrackingCheck,
)
from orders.selectors.deals import ZERO, Deal, logistics_current
from orders.selectors.kinds import Kinds
from orders.services.prices import was_inspected
from orders.statuses import FINAL
from panel.deal.words import consequences
from rop.plan.openings import FOLLOW_UP, UNDECIDED

M = TypeVar("M", bound=Model)

SHOWN = 30
"""The newest of each kind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the page of its order shows it."""

    approval: Approval
    headline: str
    consequences: Sequence[str]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What to say to the client now."""

    task: Task
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the client paid and did not get back, in one currency; `price` where it counts towards the price."""

    currency: str
    amount: Decimal
    price: Decimal | None

    @property
    def percent(self) -> int:
        return min(100, max(0, int(self.amount / self.price * 100))) if self.price else 100

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.price - self.amount) if self.price is not None else ZERO


@dataclass(frozen=True, slots=True)
class DealFacts:
    deal: Deal
    decisions: Sequence[ClientDecision]
    follow_up: FollowUp | None
    undecided: Task | None
    held: Sequence[Held]
    prices: Sequence[PriceChange]
    payments: Sequence[Payment]
    payouts: Sequence[Payout]
    logistics: Logistics | None
    checks: Sequence[TrackingCheck]
    claims: Sequence[Claim]
    opinions: Sequence[Opinion]
    blockers: Sequence[Blocker]
    asked: Sequence[Asked]
    decided: Sequence[Asked]
    can_be_blocked: bool
    asks_for_price: bool

    @property
    def claims_open(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.settled_at is None]

    def holds_late_money(self, order: Order) -> bool:
        """Whether the client's money is held of which some came in after the order was closed."""
        closed_at = order.closed_at
        if closed_at is None or not self.deal.holds_money:
            return False
        return any(payment.at > closed_at for payment in self.payments)


def deal_facts(order: Order, kinds: Kinds, known: Known) -> DealFacts:
    """`kinds`: of which there is anything about the order; the others are not asked for."""
    deal = known.deal
    asked = [Asked(one, headline(one), consequences(one, order, deal)) for one in _approvals(order, kinds)]
    tasks = _tasks(order, kinds)

    def newest(kind: type[M], *people: str) -> Sequence[M]:
        if kind not in kinds:
            return ()
        return list(kind._default_manager.filter(order=order).select_related(*people)[:SHOWN])

    return DealFacts(
        deal=deal,
        decisions=newest(ClientDecision, "by"),
        follow_up=_follow_up(order, tasks.get(FOLLOW_UP)),
        undecided=tasks.get(UNDECIDED),
        held=held_of(deal),
        prices=newest(PriceChange, "by", "approval__decided_by"),
        payments=newest(Payment, "by", "corrected_by"),
        payouts=newest(Payout, "asked_by", "paid_by", "approval__decided_by"),
        logistics=logistics_current(order.pk) if Logistics in kinds else None,
        checks=newest(TrackingCheck, "by"),
        claims=newest(Claim, "opened_by", "settled_by"),
        opinions=newest(Opinion),
        blockers=known.blockers,
        asked=[one for one in asked if one.approval.state == ApprovalState.OPEN],
        decided=[one for one in asked if one.approval.state != ApprovalState.OPEN],
        can_be_blocked=order.status not in FINAL,
        asks_for_price=was_inspected(order),
    )


def left_of(deal: Deal) -> Decimal | None:
    """What is left to come in; None while no price is agreed on."""
    if deal.price is None or not deal.has_price:
        return None
    return max(ZERO, deal.price - deal.paid)


def held_of(deal: Deal) -> list[Held]:
    """The currency of the price first, even when nothing came in it."""
    others = sorted(
        currency for currency, amount in deal.held.items() if amount and currency != deal.currency
    )
    return [
        Held(deal.currency, deal.paid, deal.price if deal.has_price else None),
        *(Held(currency, deal.held[currency], None) for currency in others),
    ]


def _approvals(order: Order, kinds: Kinds) -> Sequence[Approval]:
    if Approval not in kinds:
        return ()
    found = Approval.objects.filter(order=order).select_related("asked_by", "decided_by")
    return list(found.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:SHOWN])


def _tasks(order: Order, kinds: Kinds) -> dict[str, Task]:
    if Task not in kinds:
        return {}
    found = Task.objects.filter(
        order=order, kind__in=[FOLLOW_UP, UNDECIDED], status=TaskStatus.OPEN
    ).select_related("owner", "follow_up")
    return {task.kind: task for task in found}


def _follow_up(order: Order, task: Task | None) -> FollowUp | None:
    if task is None or task.follow_up is None:
        return None
    return FollowUp(task, follow_up_text(task.follow_up, order))
