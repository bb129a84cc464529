"""Reading deals: what the client said, what was paid, where the goods are, what stands in the way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from orders.models import (
    Approval,
    ApprovalState,
    Blocker,
    Claim,
    Logistics,
    Payout,
    PayoutState,
    Purpose,
    Terms,
)
from orders.policies.terms import NO_TERMS, StepFacts, TermsFacts

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deal:
    """Where the deal of one order stands.

    `decision` is the last one of the present stage entry. `held` is by currency what the client paid and did not get
    back: payments and counter-entries, less refunds that are approved or paid out.
    """

    order_id: int
    price: Decimal | None
    currency: str
    decision_id: int | None = None
    decision: str = ""
    decided_at: datetime | None = None
    until: datetime | None = None
    held: Mapping[str, Decimal] = field(default_factory=dict)
    shipment: int = 0
    seller_date: date | None = None
    carrier: str = ""
    tracking: str = ""
    promised_date: date | None = None
    delivered_at: datetime | None = None
    has_proof: bool = False

    @property
    def paid(self) -> Decimal:
        """In the currency of the price."""
        return self.held.get(self.currency, ZERO)

    @property
    def has_price(self) -> bool:
        """A price of nothing, as an intake may bring one, was agreed on by nobody."""
        return self.price is not None and self.price > 0

    @property
    def is_paid(self) -> bool:
        return self.price is not None and self.has_price and self.paid >= self.price

    @property
    def holds_money(self) -> bool:
        return any(amount > 0 for amount in self.held.values())


_DEALS = """
    SELECT o.id, o.price, o.currency, d.id, d.decision, d.at, d.until, m.currencies, m.amounts,
           l.shipment, l.seller_date, l.carrier, l.tracking, l.promised_date, l.delivered_at,
           EXISTS (
               SELECT FROM orders_evidence e WHERE e.order_id = o.id AND e.purpose = %(delivery)s
                  AND e.removed_at IS NULL AND e.at >= o.status_since
           )
      FROM orders_order o
      LEFT JOIN LATERAL (
          SELECT id, decision, at, until FROM orders_clientdecision
           WHERE order_id = o.id AND stage = o.status_sequence ORDER BY id DESC LIMIT 1
      ) d ON true
      LEFT JOIN LATERAL (
          SELECT array_agg(currency) AS currencies, array_agg(amount) AS amounts FROM (
              SELECT currency, sum(amount) AS amount FROM (
                  SELECT currency, amount FROM orders_payment WHERE order_id = o.id
                   UNION ALL
                  SELECT currency, -amount FROM orders_payout
                   WHERE order_id = o.id AND kind = 'refund' AND state IN ('approved', 'paid')
              ) entries GROUP BY currency
          ) sums
      ) m ON true
      LEFT JOIN LATERAL (
          SELECT * FROM orders_logistics WHERE order_id = o.id ORDER BY id DESC LIMIT 1
      ) l ON true
     WHERE o.id = ANY(%(ids)s)
"""


def deals(order_ids: Iterable[int]) -> dict[int, Deal]:
    """By order. One query; none for no orders."""
    asked = list(order_ids)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_DEALS, {"ids": asked, "delivery": Purpose.DELIVERY})
        rows = cursor.fetchall()
    return {row[0]: _deal(*row) for row in rows}


def deal_of(order_id: int) -> Deal:
    return deals([order_id])[order_id]


def _deal(
    order_id: int,
    price: Decimal | None,
    currency: str,
    decision_id: int | None,
    decision: str | None,
    decided_at: datetime | None,
    until: datetime | None,
    currencies: list[str] | None,
    amounts: list[Decimal] | None,
    shipment: int | None,
    seller_date: date | None,
    carrier: str | None,
    tracking: str | None,
    promised_date: date | None,
    delivered_at: datetime | None,
    has_proof: bool,
) -> Deal:
    return Deal(
        order_id=order_id,
        price=price,
        currency=currency,
        decision_id=decision_id,
        decision=decision or "",
        decided_at=decided_at,
        until=until,
        held=dict(zip(currencies or (), amounts or (), strict=True)),
        shipment=shipment or 0,
        seller_date=seller_date,
        carrier=carrier or "",
        tracking=tracking or "",
        promised_date=promised_date,
        delivered_at=delivered_at,
        has_proof=has_proof,
    )


def logistics_current(order_id: int) -> Logistics | None:
    return Logistics.objects.filter(order=order_id).order_by("-pk").first()


def blockers_open(order_id: int) -> list[Blocker]:
    """What stands in the way of this order, the most urgent first."""
    found = Blocker.objects.filter(order=order_id, resolved_at__isnull=True).select_related(
        "owner", "opened_by"
    )
    return list(found.order_by("due_at", "pk"))


def claims_open(order_id: int) -> list[Claim]:
    found = Claim.objects.filter(order=order_id, settled_at__isnull=True).select_related("opened_by")
    return list(found.order_by("pk"))


def approvals_open(order_id: int) -> list[Approval]:
    found = Approval.objects.filter(order=order_id, state=ApprovalState.OPEN).select_related(
        "asked_by", "order"
    )
    return list(found.order_by("due_at", "pk"))


def payouts_to_pay(*, at_most: int, order_ids: Collection[int] | None = None) -> list[Payout]:
    """What was approved and has to be paid out, the oldest first; of these orders, or of any."""
    waiting = Payout.objects.filter(state=PayoutState.APPROVED).select_related(
        "order", "asked_by", "approval__decided_by"
    )
    if order_ids is not None:
        waiting = waiting.filter(order__in=order_ids)
    return list(waiting.order_by("asked_at", "pk")[:at_most])


@lru_cache(maxsize=32)
def terms(version: int) -> TermsFacts:
    """A published version as a value; 0 is what holds before any was published. Versions never change, so each
    process reads one once."""
    if version == 0:
        return NO_TERMS
    row = Terms.objects.get(version=version, published_at__isnull=False)
    return TermsFacts(
        version=version,
        steps=tuple(
            StepFacts(step.pk, step.number, step.delay, step.within) for step in row.steps.order_by("number")
        ),
        lead_after=row.lead_after,
        lead_within=row.lead_within,
        think_within=row.think_within,
        tracking_every=row.tracking_every,
        tracking_within=row.tracking_within,
        approval_within=row.approval_within,
        approval_expires=row.approval_expires,
        payout_within=row.payout_within,
        claim_within=row.claim_within,
        claim_window=row.claim_window,
    )


def terms_in_force() -> TermsFacts:
    newest = Terms.objects.filter(published_at__isnull=False).order_by("-version").first()
    return terms(newest.version if newest else 0)


def today(now: datetime) -> date:
    """The date at this moment: where its reader is, in the chat; otherwise the installation's."""
    return timezone.localtime(now).date()
