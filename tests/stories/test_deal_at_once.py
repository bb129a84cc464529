"""Two people at once: whoever comes second finds what the first one has done."""

from collections.abc import Callable

import pytest
from django.db import transaction

from core.models import User
from core.roles import LEAD
from orders.models import Approval, Order, Payment, StatusEvent
from orders.selectors.deals import deal_of
from orders.services import (
    ApprovalRefused,
    DealRefused,
    PaymentRepeated,
    approval_decide,
    approval_withdraw,
    payment_record,
    payout_pay,
)
from orders.services.payouts import payout_approved
from tests.database.meanwhile import Meanwhile
from tests.factories import OrderFactory, PaymentFactory, PayoutFactory
from tests.stories.company import Company
from tests.stories.dealing import PRICE, ask, ask_money, finance, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(company: Company) -> Order:
    """Anna's, awaiting payment, with a price and the money."""
    anna = company.manager("Anna")
    order = OrderFactory(owned=True, assigned_manager=anna.user, status="awaiting_payment", price=PRICE)
    PaymentFactory(order=order, amount=PRICE, at=company.now)
    finance(company)
    return order


@pytest.fixture
def pavel(company: Company) -> User:
    return company.person("Pavel", LEAD)


def to_cancel(company: Company, order: Order) -> Approval:
    return ask(company, order, "cancel", reason_code="client_refused")


def both(first: Callable[[], object], second: Callable[[], object]) -> Exception | None:
    """What the second one heard, who began while the first had not ended."""
    with transaction.atomic():
        first()
        other = Meanwhile(second)
        other.until_it_waits()
    other.join()
    return other.error


def test_two_deciders_in_parallel_decide_once(company: Company, order: Order, pavel: User) -> None:
    approval = to_cancel(company, order)

    def by(who: User, answer: str) -> Callable[[], object]:
        actor = company.actor(who)
        return lambda: approval_decide(
            approval_id=approval.pk, answer=answer, reason="No", actor=actor, now=company.now
        )

    error = both(by(company.lead, "approve"), by(pavel, "decline"))

    assert isinstance(error, ApprovalRefused)
    assert error.code == "decided_already"
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("approved", company.lead)
    assert StatusEvent.objects.filter(order=order, route="cancel").count() == 1


def test_pressed_twice_in_parallel_it_is_carried_out_once(company: Company, order: Order) -> None:
    approval = to_cancel(company, order)
    actor = company.actor(company.lead)

    def approve() -> object:
        return approval_decide(approval_id=approval.pk, answer="approve", actor=actor, now=company.now)

    assert both(approve, approve) is None
    assert StatusEvent.objects.filter(order=order, route="cancel").count() == 1


@pytest.mark.parametrize("first", ["withdrawn", "approved"])
def test_withdrawn_or_decided_whichever_was_first(company: Company, order: Order, first: str) -> None:
    approval = to_cancel(company, order)
    asker, lead = company.actor(approval.asked_by), company.actor(company.lead)

    def withdraw() -> object:
        return approval_withdraw(approval_id=approval.pk, actor=asker, now=company.now)

    def approve() -> object:
        return approval_decide(approval_id=approval.pk, answer="approve", actor=lead, now=company.now)

    error = both(withdraw, approve) if first == "withdrawn" else both(approve, withdraw)

    assert isinstance(error, ApprovalRefused)
    assert error.code == "decided_already"
    approval.refresh_from_db()
    order.refresh_from_db()
    assert (approval.state, order.status == "cancelled") == (first, first == "approved")


def test_a_payment_recorded_twice_in_parallel_is_one(company: Company, order: Order) -> None:
    def record() -> object:
        return payment_record(
            order_id=order.pk,
            amount=PRICE,
            currency="RUB",
            paid_at=company.now,
            document="1",
            actor=company.actor(finance(company)),
            now=company.now,
        )

    error = both(record, record)
    assert isinstance(error, PaymentRepeated)
    assert error.equal_to == Payment.objects.get(order=order, document="1").pk
    assert Payment.objects.filter(order=order, document="1").count() == 1


def test_a_payout_is_paid_once(company: Company, order: Order) -> None:
    payout = PayoutFactory(order=order, amount=PRICE, approved=True)

    def pay(document: str) -> Callable[[], object]:
        return lambda: payout_pay(
            payout_id=payout.pk,
            document=document,
            paid_at=company.now,
            actor=company.actor(finance(company)),
            now=company.now,
        )

    assert both(pay("R-1"), pay("R-2")) is None
    payout.refresh_from_db()
    assert (payout.state, payout.document) == ("paid", "R-1")


def test_a_refund_is_not_approved_out_of_money_that_has_gone_back(company: Company, order: Order) -> None:
    """Past the services, which keep one request open at a time: the yes looks again at what is held."""
    payout = ask_money(company, order)
    PayoutFactory(order=order, amount=1, approved=True)
    with pytest.raises(ApprovalRefused) as refused:
        say(company, payout.approval, "approve")
    assert refused.value.code == "order_changed"
    with pytest.raises(DealRefused) as more:
        payout_approved(order, payout.approval, actor=company.actor(company.lead), now=company.now)
    assert more.value.code == "more_than_paid"
    payout.refresh_from_db()
    assert payout.state == "asked"
    assert deal_of(order.pk).paid == PRICE - 1
