"""What does not go smoothly: something in the way, requests for a second person, money that goes back, claims."""

from decimal import Decimal

from orders.gate import RouteData
from orders.models import Order, Payout, PayoutState, Task
from orders.selectors.deals import blockers_open, claims_open, deal_of
from orders.services import (
    blocker_open,
    blocker_resolve,
    claim_open,
    claim_settle,
    opinion_add,
    payout_ask,
    payout_pay,
    price_set,
    route_ask,
)
from panel.simulation import catalogue
from panel.simulation.stages import HOUR, hundreds, later, owner_of
from panel.simulation.world import World

COMPENSATED = 0.5


# ── in the way ──


def blocks(world: World, order: Order) -> None:
    """Recorded by the owner, who removes it, or a lead does."""
    luck = world.about(order.pk, "blocker", order.status_sequence)
    kind, text = luck.choice(catalogue.BLOCKERS)
    owner = luck.choice((owner_of(order), owner_of(order), world.leads[0]))
    blocker_open(
        order_id=order.pk,
        kind=kind,
        text=text,
        owner_id=owner,
        due_at=world.now + luck.choice((2, 4, 8)) * HOUR,
        actor=world.actor(owner_of(order)),
        now=world.now,
    )
    later(world, order, luck.uniform(0.5, 9) * HOUR, _unblocks)


def _unblocks(world: World, order: Order) -> None:
    luck = world.about(order.pk, "unblocked", order.status_sequence)
    for blocker in blockers_open(order.pk):
        blocker_resolve(
            blocker_id=blocker.pk,
            resolution=luck.choice(catalogue.UNBLOCKED),
            actor=world.actor(owner_of(order)),
            now=world.now,
        )


# ── four eyes ──


def ask(world: World, order: Order, route: str, reason_code: str = "") -> None:
    """The owner asks for a step at risk."""
    data = RouteData(reason=catalogue.ASKS[route], reason_code=reason_code)
    route_ask(order_id=order.pk, route=route, actor=world.actor(owner_of(order)), now=world.now, data=data)


def wants_discount(world: World, order: Order) -> None:
    """After the inspection a price changes with a second person's yes."""
    if order.price is None:
        return
    luck = world.about(order.pk, "discount", order.status_sequence)
    price_set(
        order_id=order.pk,
        price=hundreds(order.price, luck.uniform(0.9, 0.97)),
        currency=order.currency,
        reason=catalogue.ASKS["price"],
        actor=world.actor(owner_of(order)),
        now=world.now,
    )


def is_stolen(world: World, order: Order) -> None:
    """AI-GRC sees legal grounds, and a lead asks to reject the order."""
    opinion_add(order_id=order.pk, verdict="grounds", text=catalogue.LEGAL, actor=world.grc, now=world.now)
    lead = world.actor(world.leads[0])
    data = RouteData(reason=catalogue.ASKS["reject"])
    route_ask(order_id=order.pk, route="reject", actor=lead, now=world.now, data=data)


# ── money that goes back ──


def asks_refund(world: World, order: Order, task: Task) -> None:
    """The deal is off: a lead asks to give back what the client has paid."""
    for currency, amount in sorted(deal_of(order.pk).held.items()):
        if amount > 0:
            asks_money(world, order, "refund", amount, currency, by=task.owner_id)


def pays_out(world: World, order: Order, task: Task) -> None:
    """Finance pays whatever was approved of this order."""
    for payout in Payout.objects.filter(order=order, state=PayoutState.APPROVED).order_by("pk"):
        luck = world.about(order.pk, "pays out", f"{payout.amount}", payout.kind)
        payout_pay(
            payout_id=payout.pk,
            document=f"ПП {luck.randrange(1000, 9999)}",
            paid_at=world.now,
            actor=world.actor(task.owner_id),
            now=world.now,
        )


def asks_money(world: World, order: Order, kind: str, amount: Decimal, currency: str, *, by: int) -> None:
    payout_ask(
        order_id=order.pk,
        kind=kind,
        amount=amount,
        currency=currency,
        reason=catalogue.ASKS[kind],
        actor=world.actor(by),
        now=world.now,
    )


# ── claims ──


def complains(world: World, order: Order) -> None:
    luck = world.about(order.pk, "claim")
    kind, text = luck.choice(catalogue.CLAIMS)
    claim_open(order_id=order.pk, kind=kind, text=text, actor=world.actor(owner_of(order)), now=world.now)
    if order.price is not None and luck.random() < COMPENSATED:
        later(world, order, luck.uniform(0.3, 4) * HOUR, _compensates)
    later(world, order, luck.uniform(20, 60) * HOUR, _settles)


def _compensates(world: World, order: Order) -> None:
    luck = world.about(order.pk, "compensates")
    amount = hundreds(order.price or Decimal(10_000), luck.uniform(0.02, 0.08))
    asks_money(world, order, "compensation", amount, order.currency, by=owner_of(order))


def _settles(world: World, order: Order) -> None:
    """With money where that was approved."""
    approved = Payout.objects.filter(order=order, kind="compensation", state__in=_PROMISED).exists()
    for claim in claims_open(order.pk):
        claim_settle(
            claim_id=claim.pk,
            outcome="compensation" if approved else "repaired",
            resolution=catalogue.SETTLED,
            actor=world.actor(owner_of(order)),
            now=world.now,
        )


_PROMISED = (PayoutState.APPROVED, PayoutState.PAID)
