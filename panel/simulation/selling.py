"""From the client's decision to the delivery, as the simulated people do it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from core import work
from orders.models import Order, Purpose, Task
from orders.selectors.deals import deal_of, today
from orders.services import (
    GivenLogistics,
    client_decision_record,
    contact_add,
    evidence_add_all,
    logistics_record,
    payment_correct,
    payment_record,
    tracking_record,
)
from orders.statuses import Step
from panel.simulation import catalogue
from panel.simulation.photos import photo
from panel.simulation.stages import HOUR, MINUTE, by_finance, hundreds, later, owner_of, take
from panel.simulation.trouble import ask, blocks, complains
from panel.simulation.world import World

NO_ANSWER, CONFIRMS, THINKS, DECLINES = 0.15, 0.65, 0.12, 0.08
"""How a client is met who is asked once more; the others say nothing yet."""

IN_PARTS, IN_DOLLARS = 0.05, 0.02
BLOCKED, COMPLAINS, REGRETS = 0.12, 0.1, 0.03
FATES: Mapping[str, float] = {"arrives": 0.92, "lost": 0.04, "refused": 0.04}
BY_COURIER = 0.7


# ── the client ──


def asks_client(world: World, order: Order, task: Task) -> None:
    """The step of the follow-up, done by talking; sometimes the client decides."""
    luck = world.about(order.pk, "client", order.status_sequence, task.number)
    draw = luck.random()
    contact_add(
        order_id=order.pk,
        whom="client",
        channel=task.follow_up.channel if task.follow_up else "phone",
        outcome="no_answer" if draw < NO_ANSWER else "reached",
        text="" if draw < NO_ANSWER else luck.choice(catalogue.CLIENT_SAID),
        actor=world.actor(task.owner_id),
        now=world.now,
    )
    said = luck.random()
    if draw < NO_ANSWER or said >= CONFIRMS + THINKS + DECLINES:
        return
    after = luck.uniform(0, 1.5) * HOUR
    if said < CONFIRMS:
        later(world, order, after, confirms)
    elif said < CONFIRMS + THINKS:
        later(world, order, after, _thinks)
    else:
        later(world, order, after, _declines)


def confirms(world: World, order: Order) -> None:
    luck = world.about(order.pk, "confirms", order.status_sequence)
    says(world, order, "confirmed")
    later(world, order, luck.uniform(0.2, 2) * HOUR, agrees_date)
    by_finance(world, order, luck.lognormvariate(0.2, 0.9) * HOUR, _payment_comes)
    if luck.random() < REGRETS:
        later(world, order, luck.uniform(3, 9) * HOUR, _regrets)


def _thinks(world: World, order: Order) -> None:
    luck = world.about(order.pk, "thinks", order.status_sequence)
    says(world, order, "thinks", until=luck.uniform(4, 48) * HOUR)


def _declines(world: World, order: Order) -> None:
    luck = world.about(order.pk, "declines", order.status_sequence)
    says(world, order, "declined", reason_code=luck.choice(catalogue.DECLINES))
    later(world, order, luck.uniform(5, 50) * MINUTE, _gives_up)


def _gives_up(world: World, order: Order) -> None:
    take(world, order, "cancel", reason_code="client_refused")


def _regrets(world: World, order: Order) -> None:
    """Paid, and does not want it any more: a second person has to agree to that."""
    if order.next_action in (Step.RELEASE, Step.AGREE_DATE_WITH_SELLER):
        ask(world, order, "cancel", "client_refused")


def says(
    world: World, order: Order, decision: str, *, until: timedelta | None = None, reason_code: str = ""
) -> None:
    client_decision_record(
        order_id=order.pk,
        decision=decision,
        until=world.now + until if until is not None else None,
        reason_code=reason_code,
        channel="phone",
        actor=world.actor(owner_of(order)),
        now=world.now,
    )


# ── the payment and the seller ──


def _payment_comes(world: World, order: Order) -> None:
    """All of it as a rule; sometimes in two parts, or in another currency first, which is taken back."""
    deal = deal_of(order.pk)
    if deal.price is None or deal.is_paid:
        return
    luck = world.about(order.pk, "pays", order.status_sequence, f"{deal.paid}")
    owed = deal.price - deal.paid
    if deal.paid == 0 and luck.random() < IN_PARTS:
        _pay(world, order, hundreds(owed, 0.5), deal.currency)
        by_finance(world, order, luck.uniform(1, 10) * HOUR, _payment_comes)
        return
    if luck.random() < IN_DOLLARS:
        wrong = _pay(world, order, Decimal(1000), "USD")
        actor = world.actor(world.finance[0])
        payment_correct(payment_id=wrong, reason="Ошибка в валюте", actor=actor, now=world.now)
    _pay(world, order, owed, deal.currency)
    later(world, order, luck.uniform(3, 40) * MINUTE, releases)


def _pay(world: World, order: Order, amount: Decimal, currency: str) -> int:
    luck = world.about(order.pk, "document", currency, f"{amount}")
    payment = payment_record(
        order_id=order.pk,
        amount=amount,
        currency=currency,
        paid_at=world.now - luck.uniform(5, 50) * MINUTE,
        document=f"ПП {luck.randrange(1000, 9999)}",
        actor=world.actor(world.finance[0]),
        now=world.now,
    )
    return payment.pk


def agrees_date(world: World, order: Order) -> None:
    luck = world.about(order.pk, "date", order.status_sequence)
    actor = world.actor(owner_of(order))
    with work.unit_of_work(world.now):
        contact_add(
            order_id=order.pk, whom="seller", channel="phone", outcome="agreed", actor=actor, now=world.now
        )
        date = today(world.now) + timedelta(days=luck.randrange(0, 3))
        given = GivenLogistics(seller_date=date)
        logistics_record(order_id=order.pk, given=given, actor=actor, now=world.now)
    later(world, order, luck.uniform(3, 40) * MINUTE, releases)


def releases(world: World, order: Order) -> None:
    """Once the payment and the date are both there: whichever came last brings it about."""
    if order.next_action == Step.RELEASE:
        take(world, order, "release_to_ship")


# ── the shipment ──


def arranges(world: World, order: Order) -> None:
    luck = world.about(order.pk, "arranges", order.status_sequence)
    if luck.random() < BLOCKED:
        later(world, order, luck.uniform(0.3, 1.5) * HOUR, blocks)
    later(world, order, luck.uniform(1, 16) * HOUR, ships)


def ships(world: World, order: Order) -> None:
    """Waits while something stands in the way."""
    luck = world.about(order.pk, "ships", order.status_sequence)
    if order.next_action not in (Step.FIX_LOGISTICS, Step.SHIP):
        later(world, order, 2 * HOUR, ships)
        return
    days = 1 if _by_courier(world, order) else luck.randrange(3, 7)
    given = GivenLogistics(
        carrier=luck.choice(catalogue.CARRIERS),
        tracking=f"{luck.randrange(10**9, 10**10)}",
        promised_date=today(world.now) + timedelta(days=days),
        cost=Decimal(luck.randrange(300, 3000, 50)),
    )
    with work.unit_of_work(world.now):
        actor = world.actor(owner_of(order))
        logistics_record(order_id=order.pk, given=given, actor=actor, now=world.now)
        take(world, order, "ship")


def _by_courier(world: World, order: Order) -> bool:
    return world.about(order.pk, "courier").random() < BY_COURIER


def travels(world: World, order: Order) -> None:
    luck = world.about(order.pk, "travels", order.status_sequence)
    takes = luck.uniform(1, 14) * HOUR if _by_courier(world, order) else luck.uniform(40, 150) * HOUR
    fate = luck.choices(list(FATES), list(FATES.values()))[0]
    later(world, order, takes, {"arrives": arrives, "lost": _lost, "refused": _at_the_door}[fate])


def looks_for_it(world: World, order: Order, task: Task) -> None:
    luck = world.about(order.pk, "looks", order.status_sequence, task.number)
    state = luck.choices(("moving", "arrived", "delayed"), (75, 15, 10))[0]
    _tracked(world, order, state)


def arrives(world: World, order: Order) -> None:
    luck = world.about(order.pk, "arrives", order.status_sequence)
    actor = world.actor(owner_of(order))
    with work.unit_of_work(world.now):
        given = GivenLogistics(delivered_at=world.now)
        logistics_record(order_id=order.pk, given=given, actor=actor, now=world.now)
        files = [photo(luck, "receipt.jpg")]
        evidence_add_all(order_id=order.pk, files=files, purpose=Purpose.DELIVERY, actor=actor, now=world.now)
        take(world, order, "deliver")


def arrived(world: World, order: Order) -> None:
    luck = world.about(order.pk, "arrived")
    if luck.random() < COMPLAINS:
        later(world, order, luck.uniform(0.5, 60) * HOUR, complains)


def _lost(world: World, order: Order) -> None:
    _tracked(world, order, "lost", catalogue.LOST)
    ask(world, order, "cancel_in_transit", "lost")


def _at_the_door(world: World, order: Order) -> None:
    _tracked(world, order, "problem", catalogue.AT_THE_DOOR)
    ask(world, order, "return_shipment")


def _tracked(world: World, order: Order, state: str, text: str = "") -> None:
    tracking_record(
        order_id=order.pk, state=state, text=text, actor=world.actor(owner_of(order)), now=world.now
    )
