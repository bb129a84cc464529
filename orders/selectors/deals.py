"""Reading deals: what the client said, what was paid, where the goods are, what stands in the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from core import bulk
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
from orders.policies.terms import StepFacts, TermsFacts

ZERO = Decimal(0)


class NoTerms(RuntimeError):
    """No terms have been published. Migrations bring the first ones."""


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
    def is_paid(self) -> bool:
        return self.price is not None and self.paid >= self.price

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
    found = Blocker.objects.filter(order=order_id, resolved_at__isnull=True).select_related("owner")
    return list(found.order_by("due_at", "pk"))


def claims_open(order_id: int) -> list[Claim]:
    return list(Claim.objects.filter(order=order_id, settled_at__isnull=True).order_by("pk"))


def approvals_open(order_id: int) -> list[Approval]:
    found = Approval.objects.filter(order=order_id, state=ApprovalState.OPEN).select_related("asked_by")
    return list(found.order_by("due_at", "pk"))


def payouts_to_pay() -> list[Payout]:
    """What was approved and has to be paid out, the oldest first."""
    waiting = Payout.objects.filter(state=PayoutState.APPROVED).select_related(
        "order", "asked_by", "approval__decided_by"
    )
    return list(waiting.order_by("pk"))


def terms_version_in_force() -> int:
    """Raises NoTerms."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM orders_terms WHERE published_at IS NOT NULL")
        version = cursor.fetchone()[0]
    if version is None:
        raise NoTerms
    return int(version)


@lru_cache(maxsize=32)
def terms(version: int) -> TermsFacts:
    """A published version as a value. Published versions never change, so each process reads one once."""
    row = Terms.objects.get(version=version, published_at__isnull=False)
    return TermsFacts(
        version=version,
        steps=tuple(
            StepFacts(step.pk, step.number, step.delay, step.within) for step in row.steps.order_by("number")
        ),
        lead_after=row.lead_after,
        lead_within=row.lead_within,
        tracking_every=row.tracking_every,
        tracking_within=row.tracking_within,
        approval_within=row.approval_within,
        approval_expires=row.approval_expires,
        payout_within=row.payout_within,
        claim_within=row.claim_within,
        claim_window=row.claim_window,
    )


def terms_in_force() -> TermsFacts:
    """Raises NoTerms."""
    return terms(terms_version_in_force())


def today(now: datetime) -> date:
    """The installation's date at this moment."""
    return timezone.localtime(now).date()


@dataclass(frozen=True, slots=True)
class Hanging:
    """What is open of one order besides its stage."""

    blockers: tuple[Blocker, ...] = ()
    approvals: tuple[Approval, ...] = ()
    claims: tuple[int, ...] = ()
    payouts: tuple[tuple[int, str], ...] = ()


def hanging(order_ids: Iterable[int]) -> dict[int, Hanging]:
    """What is open of these orders, for those that have anything. Queries of the rows only where there are any: one
    query for orders that have nothing, five at most."""
    asked = list(order_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HANGING, {"ids": asked})
        kinds: dict[str, list[int]] = {}
        for kind, row_id in cursor.fetchall():
            kinds.setdefault(kind, []).append(row_id)
    found: dict[int, dict[str, list[object]]] = {}

    def put(order_id: int, what: str, value: object) -> None:
        found.setdefault(order_id, {}).setdefault(what, []).append(value)

    by_due = "WHERE id = ANY(%s) ORDER BY due_at, id"
    by_id = "WHERE id = ANY(%s) ORDER BY id"
    if ids := kinds.get("blocker"):
        for blocker in bulk.read_rows(Blocker, by_due, [ids]):
            put(blocker.order_id, "blockers", blocker)
    if ids := kinds.get("approval"):
        for approval in bulk.read_rows(Approval, by_due, [ids]):
            put(approval.order_id, "approvals", approval)
    if ids := kinds.get("claim"):
        for claim in bulk.read_rows(Claim, by_id, [ids]):
            put(claim.order_id, "claims", claim.pk)
    if ids := kinds.get("payout"):
        for payout in bulk.read_rows(Payout, by_id, [ids]):
            put(payout.order_id, "payouts", (payout.pk, payout.state))
    return {
        order_id: Hanging(**{what: tuple(rows) for what, rows in parts.items()})  # type: ignore[arg-type]
        for order_id, parts in found.items()
    }


_HANGING = """
    SELECT 'blocker', id FROM orders_blocker WHERE order_id = ANY(%(ids)s) AND resolved_at IS NULL
     UNION ALL
    SELECT 'approval', id FROM orders_approval WHERE order_id = ANY(%(ids)s) AND state = 'open'
     UNION ALL
    SELECT 'claim', id FROM orders_claim WHERE order_id = ANY(%(ids)s) AND settled_at IS NULL
     UNION ALL
    SELECT 'payout', id FROM orders_payout WHERE order_id = ANY(%(ids)s) AND state IN ('asked', 'approved')
"""
