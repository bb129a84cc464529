"""A deal as people do it, from the finished inspection to the delivery. Worked out by hand."""

from datetime import datetime, timedelta
from decimal import Decimal

from core.models import User
from core.roles import FINANCE
from orders.gate import RouteData
from orders.models import Approval, Blocker, Claim, Order, Payment, Payout, Purpose
from orders.selectors.deals import today
from orders.services import (
    GivenLogistics,
    approval_decide,
    blocker_open,
    claim_open,
    client_decision_record,
    contact_add,
    evidence_add,
    logistics_record,
    order_route,
    payment_record,
    payout_ask,
    payout_pay,
    price_set,
    route_ask,
)
from tests.stories.company import Company
from tests.stories.inspecting import (
    answer,
    answers,
    attach_all,
    complete,
    conclude,
    owners,
    photo,
    under_inspection,
)

PRICE = Decimal("125000.00")
DAY = timedelta(days=1)


def finance(company: Company, name: str = "Fyodor") -> User:
    found = User.objects.filter(username=name.lower()).first()
    return found or company.person(name, FINANCE)


def awaiting(company: Company, external_id: str = "A-1", *, severity: str = "normal") -> Order:
    """An order whose inspection is completed, with a price that was agreed on before."""
    order = under_inspection(company, external_id, severity=severity)
    price(company, order, PRICE)
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order, "remarks", remarks="No papers")
    return complete(company, order)


def price(company: Company, order: Order, amount: Decimal, currency: str = "RUB") -> Approval | None:
    said = price_set(
        order_id=order.pk,
        price=amount,
        currency=currency,
        reason="Agreed by phone",
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()
    return said.approval


def decide(
    company: Company, order: Order, decision: str, *, until: datetime | None = None, why: str = ""
) -> None:
    client_decision_record(
        order_id=order.pk,
        decision=decision,
        until=until,
        reason_code=why,
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()


def pay(
    company: Company,
    order: Order,
    amount: Decimal = PRICE,
    *,
    currency: str = "RUB",
    document: str = "1",
    beside: Payment | None = None,
) -> Payment:
    payment = payment_record(
        order_id=order.pk,
        amount=amount,
        currency=currency,
        paid_at=company.now,
        document=document,
        beside=beside.pk if beside else None,
        actor=company.actor(finance(company)),
        now=company.now,
    )
    company.commit()
    return payment


def ask_money(
    company: Company, order: Order, amount: Decimal = PRICE, *, kind: str = "refund", currency: str = "RUB"
) -> Payout:
    """By the owner."""
    payout = payout_ask(
        order_id=order.pk,
        kind=kind,
        amount=amount,
        currency=currency,
        reason="The deal is off",
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()
    return payout


def pay_out(company: Company, payout: Payout, *, document: str = "R-1") -> Payout:
    paid = payout_pay(
        payout_id=payout.pk,
        document=document,
        paid_at=company.now,
        actor=company.actor(finance(company)),
        now=company.now,
    )
    company.commit()
    return paid


def talk(company: Company, order: Order, outcome: str = "reached") -> None:
    """With the client, by the owner."""
    contact_add(
        order_id=order.pk,
        whom="client",
        channel="phone",
        outcome=outcome,
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()


def block(company: Company, order: Order, owner: User, due_at: datetime, *, kind: str = "carrier") -> Blocker:
    """By the order's owner."""
    blocker = blocker_open(
        order_id=order.pk,
        kind=kind,
        text="The lorry broke down",
        owner_id=owner.pk,
        due_at=due_at,
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()
    return blocker


def complain(company: Company, order: Order) -> Claim:
    claim = claim_open(
        order_id=order.pk,
        kind="damaged",
        text="A scratch",
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()
    return claim


def logistics(company: Company, order: Order, **given: object) -> None:
    logistics_record(
        order_id=order.pk,
        given=GivenLogistics(**given),  # type: ignore[arg-type]
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()


def agree_date(company: Company, order: Order, *, in_days: int = 1) -> None:
    logistics(company, order, seller_date=today(company.now) + in_days * DAY)


def fix_carrier(company: Company, order: Order, *, in_days: int = 5) -> None:
    promised = today(company.now) + in_days * DAY
    logistics(company, order, carrier="CDEK", tracking="10 2345 678", promised_date=promised)


def take(company: Company, order: Order, route: str, *, reason: str = "", reason_code: str = "") -> Order:
    """By the owner."""
    moved = order_route(
        order_id=order.pk,
        route=route,
        actor=owners(company, order),
        seen_version=None,
        now=company.now,
        data=RouteData(reason=reason, reason_code=reason_code),
    )
    company.commit()
    return moved


def ask(
    company: Company,
    order: Order,
    route: str,
    *,
    reason: str = "So it is",
    reason_code: str = "",
    by: User | None = None,
) -> Approval:
    """By the owner unless somebody else is named."""
    approval = route_ask(
        order_id=order.pk,
        route=route,
        actor=company.actor(by) if by else owners(company, order),
        now=company.now,
        data=RouteData(reason=reason, reason_code=reason_code),
    )
    company.commit()
    return approval


def say(
    company: Company, approval: Approval, answer: str, *, reason: str = "", who: User | None = None
) -> Approval:
    """By the lead unless somebody else is named."""
    decided = approval_decide(
        approval_id=approval.pk,
        answer=answer,
        reason=reason,
        actor=company.actor(who or company.lead),
        now=company.now,
    )
    company.commit()
    return decided


def prove_delivery(company: Company, order: Order, *, seed: int = 9_000) -> None:
    evidence_add(
        order_id=order.pk,
        content=photo(seed),
        name="receipt.png",
        purpose=Purpose.DELIVERY,
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()


def paid(company: Company, external_id: str = "A-1") -> Order:
    """Confirmed, paid, the date agreed on: it can be released."""
    order = awaiting(company, external_id)
    decide(company, order, "confirmed")
    pay(company, order)
    agree_date(company, order)
    return order


def ready(company: Company, external_id: str = "A-1") -> Order:
    return take(company, paid(company, external_id), "release_to_ship")


def in_transit(company: Company, external_id: str = "A-1", *, in_days: int = 5) -> Order:
    order = ready(company, external_id)
    fix_carrier(company, order, in_days=in_days)
    return take(company, order, "ship")


def delivered(company: Company, external_id: str = "A-1") -> Order:
    order = in_transit(company, external_id)
    logistics(company, order, delivered_at=company.now)
    prove_delivery(company, order)
    return take(company, order, "deliver")


def step(order: Order) -> tuple[str, str, list[str]]:
    """The next step: its code, whose it is, what it waits for."""
    order.refresh_from_db()
    return order.next_action, order.next_action_whose, order.next_action_missing
