"""No goods leave without the whole price, in its currency, recorded by a person of finance; no money goes out that is
not there, or twice."""

from decimal import Decimal

import pytest

from core import actors
from core.models import Message
from core.roles import LEAD
from orders.gate import NotAllowed, RouteRefused
from orders.models import Order, Payment, Payout, PriceChange, Task, TaskStatus
from orders.selectors.deals import deal_of
from orders.services import (
    DealRefused,
    NewOrder,
    PaymentRepeated,
    approvals_expire_closed,
    money_keep_ask,
    orders_intake,
    payment_correct,
    payment_record,
    payout_ask,
    payout_pay,
    price_set,
)
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import (
    PRICE,
    agree_date,
    ask,
    ask_money,
    awaiting,
    decide,
    finance,
    fix_carrier,
    in_transit,
    pay,
    pay_out,
    price,
    ready,
    say,
    step,
    take,
)
from tests.stories.inspecting import answer, answers, attach_all, complete, conclude, owners

RUBLE, CENT = Decimal("1.00"), Decimal("0.01")


@pytest.fixture
def agreed(company: Company) -> Order:
    """Confirmed and the date agreed on, nothing paid."""
    company.manager("Anna")
    order = awaiting(company)
    decide(company, order, "confirmed")
    agree_date(company, order)
    return order


def lacks(company: Company, order: Order, route: str) -> list[str]:
    with pytest.raises(RouteRefused) as refused:
        take(company, order, route)
    return refused.value.lacks()


def correct(company: Company, payment: Payment) -> Payment:
    counter = payment_correct(
        payment_id=payment.pk,
        reason="It never came",
        actor=company.actor(finance(company)),
        now=company.now,
    )
    company.commit()
    return counter


# ── in ──


def test_a_ruble_is_not_the_price_and_it_is_said_what_is_there(company: Company, agreed: Order) -> None:
    pay(company, agreed, RUBLE)
    with pytest.raises(RouteRefused) as refused:
        take(company, agreed, "release_to_ship")
    assert refused.value.lacks() == ["payment"]
    assert "1\u00a0₽" in str(refused.value)
    assert "125\u00a0000\u00a0₽" in str(refused.value)
    pay(company, agreed, PRICE - RUBLE - CENT, document="2")
    assert lacks(company, agreed, "release_to_ship") == ["payment"]
    pay(company, agreed, CENT, document="3")
    assert take(company, agreed, "release_to_ship").status == "ready_for_shipment"


def test_another_currency_does_not_count_and_is_named(company: Company, agreed: Order) -> None:
    pay(company, agreed, PRICE, currency="USD")
    with pytest.raises(RouteRefused) as refused:
        take(company, agreed, "release_to_ship")
    assert refused.value.lacks() == ["payment"]
    assert "125\u00a0000\u00a0$" in str(refused.value)
    assert step(agreed) == ("confirm_payment", "finance", ["payment"])


def test_money_is_recorded_by_finance_alone(company: Company, agreed: Order) -> None:
    row = {
        "order_id": agreed.pk,
        "amount": PRICE,
        "currency": "RUB",
        "paid_at": company.now,
        "document": "1",
        "now": company.now,
    }
    for who in (owners(company, agreed), company.actor(company.lead), actors.agent(1), actors.rop()):
        with pytest.raises(NotAllowed):
            payment_record(actor=who, **row)
    assert not Payment.objects.exists()
    assert lacks(company, agreed, "release_to_ship") == ["payment"]


def test_what_can_not_be_a_payment_is_refused_by_name(company: Company, agreed: Order) -> None:
    row = {"amount": PRICE, "currency": "RUB", "paid_at": company.now, "document": "1"}
    by = {"order_id": agreed.pk, "actor": company.actor(finance(company)), "now": company.now}
    for changed, code in (
        ({"amount": Decimal(0)}, "not_positive"),
        ({"amount": Decimal(-1)}, "not_positive"),
        ({"amount": Decimal("NaN")}, "not_positive"),
        ({"amount": Decimal("Infinity")}, "not_positive"),
        ({"amount": Decimal("1e400")}, "too_large"),
        ({"amount": Decimal("0.001")}, "too_precise"),
        ({"currency": "rub"}, "not_a_currency"),
        ({"currency": "РУБ"}, "not_a_currency"),
        ({"paid_at": company.now + HOUR}, "in_future"),
        ({"paid_at": moment("12:00", day=-367)}, "too_early"),
        ({"document": "  "}, "required"),
        ({"document": "1" * 101}, "too_long"),
    ):
        with pytest.raises(DealRefused) as refused:
            payment_record(**{**row, **changed}, **by)
        assert refused.value.code == code
    assert not Payment.objects.exists()


def test_the_same_document_is_the_same_payment_until_it_is_taken_back(
    company: Company, agreed: Order
) -> None:
    first = pay(company, agreed)
    company.go(HOUR)
    with pytest.raises(PaymentRepeated) as repeated:
        pay(company, agreed)
    assert (repeated.value.code, repeated.value.field) == ("recorded_already", "document")
    assert "02.03.2026 12:00" in str(repeated.value)
    assert "Fyodor" in str(repeated.value)
    assert Payment.objects.count() == 1
    counter = correct(company, first)
    assert (counter.amount, correct(company, first)) == (-PRICE, counter)
    with pytest.raises(DealRefused) as refused:
        correct(company, counter)
    assert refused.value.code == "is_counter_entry"
    assert pay(company, agreed) != first
    assert deal_of(agreed.pk).paid == PRICE


def test_two_equal_payments_by_one_document_are_two_when_somebody_says_so_and_one_press_is_one(
    company: Company, agreed: Order
) -> None:
    first = pay(company, agreed, PRICE / 2)
    second = pay(company, agreed, PRICE / 2, beside=first)
    assert deal_of(agreed.pk).paid == PRICE
    # The same press, delivered again.
    with pytest.raises(PaymentRepeated) as repeated:
        pay(company, agreed, PRICE / 2, beside=first)
    assert repeated.value.equal_to == second.pk
    assert Payment.objects.count() == 2
    # Beside what is another amount it is the first one.
    assert pay(company, agreed, RUBLE, beside=first).amount == RUBLE


def test_a_price_of_nothing_was_agreed_on_by_nobody(company: Company) -> None:
    company.manager("Anna")
    row = NewOrder(external_id="A-1", client_name="Client", item="Camera", price=Decimal(0))
    orders_intake(rows=[row], actor=actors.agent(1), now=company.now)
    assert not deal_of(Order.objects.get().pk).is_paid
    order = awaiting_of(company, Order.objects.get())
    decide(company, order, "confirmed")
    agree_date(company, order)
    assert lacks(company, order, "release_to_ship") == ["price"]
    assert step(order) == ("confirm_payment", "person", ["price"])


def awaiting_of(company: Company, order: Order) -> Order:
    """With its price as it came in."""
    from_stories = company.accept(order)
    answer(company, from_stories, answers())
    attach_all(company, from_stories)
    conclude(company, from_stories)
    return complete(company, from_stories)


# ── after the release ──


def test_a_payment_that_never_came_holds_the_goods_back_after_the_release_too(
    company: Company, agreed: Order
) -> None:
    payment = pay(company, agreed)
    take(company, agreed, "release_to_ship")
    fix_carrier(company, agreed)
    assert step(agreed)[0] == "ship"

    correct(company, payment)
    assert step(agreed) == ("confirm_payment", "finance", ["payment"])
    assert lacks(company, agreed, "ship") == ["payment"]
    pay(company, agreed, document="2")
    assert take(company, agreed, "ship").status == "in_transit"


def test_a_refund_below_the_price_holds_them_back_until_the_price_is_lower(
    company: Company, agreed: Order
) -> None:
    pay(company, agreed)
    take(company, agreed, "release_to_ship")
    fix_carrier(company, agreed)
    payout = ask_money(company, agreed, RUBLE)
    # Asked for, it is not given yet.
    assert deal_of(agreed.pk).paid == PRICE
    say(company, payout.approval, "approve")
    assert lacks(company, agreed, "ship") == ["payment"]
    pay_out(company, payout)
    assert lacks(company, agreed, "ship") == ["payment"]

    approval = price(company, agreed, PRICE - RUBLE)
    assert approval is not None
    say(company, approval, "approve")
    assert take(company, agreed, "ship").status == "in_transit"


def test_a_price_that_rose_after_the_release_is_paid_before_the_goods_leave(
    company: Company, agreed: Order
) -> None:
    pay(company, agreed)
    take(company, agreed, "release_to_ship")
    fix_carrier(company, agreed)
    approval = price(company, agreed, PRICE + RUBLE)
    assert approval is not None
    say(company, approval, "approve")
    assert step(agreed) == ("confirm_payment", "finance", ["payment"])
    assert lacks(company, agreed, "ship") == ["payment"]


# ── the price ──


def test_the_price_is_the_managers_before_the_inspection_is_completed_and_asked_for_afterwards(
    company: Company,
) -> None:
    company.manager("Anna")
    order = awaiting(company)
    assert PriceChange.objects.get().approval is None
    approval = price(company, order, RUBLE)
    assert approval is not None
    assert deal_of(order.pk).price == PRICE
    say(company, approval, "approve")
    assert deal_of(order.pk).price == RUBLE
    change = PriceChange.objects.order_by("pk").last()
    assert change is not None
    assert (change.approval, change.price_before, change.by_id) == (approval, PRICE, approval.asked_by_id)


def test_to_inspect_again_is_no_way_around_the_approval_of_a_price(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    say(company, ask(company, order, "reinspect"), "approve")
    order.refresh_from_db()
    assert order.status == "under_inspection"
    assert price(company, order, RUBLE) is not None
    assert deal_of(order.pk).price == PRICE


def test_a_first_price_after_the_inspection_is_asked_for_too(company: Company) -> None:
    company.manager("Anna")
    order = awaiting_of(company, company.order())
    approval = price(company, order, PRICE)
    assert approval is not None
    assert approval.payload["before"] is None
    say(company, approval, "approve")
    assert deal_of(order.pk).price == PRICE


def test_the_price_of_an_order_that_is_over_stands(company: Company, agreed: Order) -> None:
    pay(company, agreed)
    say(company, ask(company, agreed, "cancel", reason_code="client_refused"), "approve")
    agreed.refresh_from_db()
    assert agreed.closed_at is None
    with pytest.raises(DealRefused) as refused:
        price_set(
            order_id=agreed.pk,
            price=RUBLE,
            currency="RUB",
            reason="So it is",
            actor=company.actor(company.lead),
            now=company.now,
        )
    assert refused.value.code == "wrong_stage"


# ── out ──


def test_no_more_is_refunded_than_is_held(company: Company, agreed: Order) -> None:
    pay(company, agreed)
    for amount, currency in ((PRICE + CENT, "RUB"), (RUBLE, "USD")):
        with pytest.raises(DealRefused) as refused:
            ask_money(company, agreed, amount, currency=currency)
        assert refused.value.code == "more_than_paid"
    first = ask_money(company, agreed, PRICE - RUBLE)
    say(company, first.approval, "approve")
    with pytest.raises(DealRefused):
        ask_money(company, agreed, RUBLE + CENT)
    second = ask_money(company, agreed, RUBLE)
    say(company, second.approval, "approve")
    assert not deal_of(agreed.pk).holds_money
    with pytest.raises(DealRefused):
        ask_money(company, agreed, CENT)


def test_asked_for_twice_only_the_last_request_counts(company: Company, agreed: Order) -> None:
    pay(company, agreed)
    first, second = ask_money(company, agreed), ask_money(company, agreed)
    first.refresh_from_db()
    assert (first.state, first.approval.state) == ("refused", "withdrawn")
    say(company, second.approval, "approve")
    assert Payout.objects.filter(state="approved").count() == 1


def test_money_goes_out_once_after_a_yes_by_finance_with_its_document(
    company: Company, agreed: Order
) -> None:
    pay(company, agreed)
    payout = ask_money(company, agreed, RUBLE)
    with pytest.raises(DealRefused) as refused:
        pay_out(company, payout)
    assert refused.value.code == "not_approved"
    say(company, payout.approval, "approve")
    (task,) = Task.objects.filter(kind="pay_out")
    assert (task.owner, task.status) == (finance(company), TaskStatus.OPEN)
    for who in (owners(company, agreed), company.actor(company.lead), actors.agent(1)):
        with pytest.raises(NotAllowed):
            payout_pay(payout_id=payout.pk, document="R", paid_at=company.now, actor=who, now=company.now)
    paid = pay_out(company, payout)
    assert (paid.state, paid.document, paid.paid_by) == ("paid", "R-1", finance(company))
    assert pay_out(company, payout, document="R-2").document == "R-1"
    task.refresh_from_db()
    assert task.status == "done"
    assert deal_of(agreed.pk).paid == PRICE - RUBLE


def test_a_refund_of_a_payment_that_never_came_is_not_paid_out(company: Company, agreed: Order) -> None:
    real, wrong = pay(company, agreed, RUBLE), pay(company, agreed, PRICE, document="2")
    small = ask_money(company, agreed, RUBLE)
    say(company, small.approval, "approve")
    large = ask_money(company, agreed, PRICE)
    say(company, large.approval, "approve")

    correct(company, wrong)
    small.refresh_from_db()
    large.refresh_from_db()
    # One ruble came and goes back; the rest never was there.
    assert (small.state, large.state) == ("approved", "refused")
    with pytest.raises(DealRefused):
        pay_out(company, large)
    assert Task.objects.get(kind="pay_out").status == "open"
    correct(company, real)
    small.refresh_from_db()
    assert small.state == "refused"
    assert Task.objects.get(kind="pay_out").status == "done"
    assert not any(deal_of(agreed.pk).held.values())


def test_a_compensation_is_not_out_of_what_the_client_paid(company: Company) -> None:
    company.manager("Anna")
    order = in_transit(company)
    payout = ask_money(company, order, RUBLE, kind="compensation")
    say(company, payout.approval, "approve")
    pay_out(company, payout)
    assert deal_of(order.pk).paid == PRICE


# ── an order that is closed ──


@pytest.fixture
def closed(company: Company) -> Order:
    """Called off before anything was paid."""
    company.manager("Anna")
    order = awaiting(company)
    take(company, order, "cancel", reason_code="client_refused")
    order.refresh_from_db()
    assert order.closed_at == company.now
    return order


def test_what_comes_in_after_the_closing_is_recorded_the_lead_is_told_and_it_goes_back(
    company: Company, closed: Order
) -> None:
    was_closed, moved = closed.closed_at, closed.moved_at
    company.go(HOUR)
    pay(company, closed, PRICE, document="late")
    assert company.heard("payment_late") == [("Olga", "payment_late", "02 13:00")]
    assert Task.objects.get(kind="settle_money").owner == company.lead
    payout = ask_by_finance(company, closed, PRICE)
    assert company.heard("approval_asked")[-1] == ("Olga", "approval_asked", "02 13:00")
    say(company, payout.approval, "approve")
    assert not Task.objects.filter(kind="settle_money", status=TaskStatus.OPEN).exists()
    pay_out(company, payout)

    assert not Task.objects.filter(status=TaskStatus.OPEN).exists()
    closed.refresh_from_db()
    assert (closed.closed_at, closed.moved_at, closed.wake_at) == (was_closed, moved, None)
    assert not deal_of(closed.pk).holds_money
    company.go(HOUR)
    assert company.audit() == {}


def test_a_late_payment_may_be_another_orders_or_stay(company: Company, closed: Order) -> None:
    pavel = company.person("Pavel", LEAD)
    wrong = pay(company, closed, PRICE, document="late")
    correct(company, wrong)
    assert not Task.objects.filter(status=TaskStatus.OPEN).exists()
    pay(company, closed, RUBLE, document="2")
    approval = money_keep_ask(
        order_id=closed.pk, reason="A deposit", actor=company.actor(company.lead), now=company.now
    )
    say(company, approval, "approve", who=pavel)
    assert not Task.objects.filter(status=TaskStatus.OPEN).exists()
    with pytest.raises(DealRefused) as refused:
        ask_money(company, closed, RUBLE, kind="compensation")
    assert refused.value.code == "order_closed"
    assert company.audit() == {}


def test_what_nobody_decides_about_a_closed_order_expires_too(company: Company, closed: Order) -> None:
    pay(company, closed, PRICE, document="late")
    payout = ask_by_finance(company, closed, PRICE)
    company.go_to(moment("11:59", day=2))
    assert approvals_expire_closed(now=company.now) == 0
    company.go_to(moment("12:00", day=2))
    assert approvals_expire_closed(now=company.now) == 1
    payout.refresh_from_db()
    assert (payout.state, payout.approval.state) == ("refused", "expired")
    assert company.heard("approval_expired") == [("Fyodor", "approval_expired", "04 12:00")]
    assert company.audit() == {}


def ask_by_finance(company: Company, order: Order, amount: Decimal) -> Payout:
    payout = payout_ask(
        order_id=order.pk,
        kind="refund",
        amount=amount,
        currency="RUB",
        reason="It came too late",
        actor=company.actor(finance(company)),
        now=company.now,
    )
    company.commit()
    return payout


# ── a deal that is off ──


def test_money_that_comes_after_the_cancelling_is_a_leads_to_settle_too(company: Company) -> None:
    company.manager("Anna")
    order = ready(company)
    say(company, ask(company, order, "cancel", reason_code="client_refused"), "approve")
    payout = ask_money(company, order)
    say(company, payout.approval, "approve")
    assert not Task.objects.filter(kind="settle_money", status=TaskStatus.OPEN).exists()
    # Still open until it is paid out; a last instalment comes in.
    pay(company, order, RUBLE, document="late")
    pay_out(company, payout)
    order.refresh_from_db()
    assert order.closed_at is None
    assert step(order) == ("do_task", "person", ["lead_decision"])
    assert order.next_action_user == company.lead


def test_a_payment_that_never_came_leaves_nothing_to_settle(company: Company, agreed: Order) -> None:
    payment = pay(company, agreed)
    say(company, ask(company, agreed, "cancel", reason_code="client_refused"), "approve")
    assert step(agreed) == ("do_task", "person", ["lead_decision"])
    correct(company, payment)
    agreed.refresh_from_db()
    assert agreed.closed_at == company.now
    assert company.audit() == {}


def test_no_message_about_money_goes_to_telegrams_group(company: Company, agreed: Order) -> None:
    company.admins()
    pay(company, agreed)
    say(company, ask_money(company, agreed).approval, "approve")
    assert not Message.objects.filter(group__isnull=False).exists()
