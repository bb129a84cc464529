"""Everything about a deal that an order's page lets be done, by whom, and what is said when it is refused."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from core.models import User
from core.roles import LEAD
from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Logistics,
    Order,
    Payment,
    Payout,
    PriceChange,
    TrackingCheck,
)
from orders.selectors.deals import approvals_open
from panel.deal.acts import ACTS, ROW_ACTS
from panel.deal.doors import row_url_name, url_name
from tests.panel.visitor import (
    Visitor,
    finance,
    manager_visitor,
    observer,
    said,
    text,
    with_a_single_decider,
)
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import (
    DAY,
    ask,
    ask_money,
    awaiting,
    block,
    decide,
    delivered,
    in_transit,
    pay,
    ready,
    say,
    take,
)
from tests.stories.inspecting import photo, under_inspection


def local(at: object) -> str:
    """As a browser's field of date and time sends it."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")  # type: ignore[arg-type]


def in_english() -> None:
    User.objects.update(language="en")


def refreshed(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def version(order: Order) -> int:
    return refreshed(order).version


def errors(response: object, form: str) -> dict[str, list[str]]:
    """By field; Django's own sentences are made when they are read."""
    with translation.override("en"):
        return {name: list(map(str, found)) for name, found in response.context[form].errors.items()}  # type: ignore[attr-defined]


def test_a_deal_goes_from_the_inspection_to_the_delivery_by_the_page_alone(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    marina = finance(company)
    order = awaiting(company)

    anna.post("order_client", order.pk, data={"version": version(order), "decision": "confirmed"})
    marina.post(
        "order_payment",
        order.pk,
        data={
            "amount": "125 000,00",
            "currency": "rub",
            "paid_at": local(company.now),
            "document": "Bill 7",
        },
    )
    date = timezone.localdate(company.now)
    anna.post(
        "order_seller_date",
        order.pk,
        data={"version": version(order), "seller_date": (date + DAY).isoformat()},
    )
    anna.post("order_route", order.pk, "release_to_ship", data={"version": version(order)})
    assert refreshed(order).status == "ready_for_shipment"

    anna.post(
        "order_shipment",
        order.pk,
        data={
            "version": version(order),
            "carrier": "CDEK",
            "tracking": "10 2345 678",
            "promised_date": (date + 5 * DAY).isoformat(),
            "cost": "890",
            "cost_currency": "RUB",
        },
    )
    anna.post("order_route", order.pk, "ship", data={"version": version(order)})
    assert refreshed(order).status == "in_transit"

    anna.post("order_tracking", order.pk, data={"state": "moving", "text": "In Tver"})
    anna.post(
        "order_delivery", order.pk, data={"version": version(order), "delivered_at": local(company.now)}
    )
    receipt = SimpleUploadedFile("receipt.png", photo(9_001), content_type="image/png")
    anna.post("evidence_add", order.pk, data={"purpose": "delivery", "file": receipt})
    anna.post("order_route", order.pk, "deliver", data={"version": version(order)})

    assert refreshed(order).status == "delivered"
    (payment,) = Payment.objects.all()
    assert (payment.amount, payment.currency, payment.by) == (Decimal("125000.00"), "RUB", marina.user)
    last = Logistics.objects.latest("pk")
    assert (last.seller_date, last.carrier, last.cost, last.cost_currency) == (
        *(date + DAY, "CDEK"),
        *(Decimal("890.00"), "RUB"),
    )
    assert TrackingCheck.objects.get().text == "In Tver"


def test_what_belongs_to_another_answer_is_not_meant(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)

    anna.post(
        "order_client",
        order.pk,
        data={
            "version": version(order),
            "decision": "declined",
            "until": local(company.now + DAY),
            "reason_code": "price",
        },
    )

    (decision,) = ClientDecision.objects.all()
    assert (decision.decision, decision.until, decision.reason_code) == ("declined", None, "price")


def test_a_refusal_stands_at_its_field_and_what_was_written_stays(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    in_english()

    page = anna.post(
        "order_client",
        order.pk,
        data={
            "version": version(order),
            "decision": "thinks",
            "until": local(company.now - HOUR),
            "text": "After the holidays",
        },
    )

    assert page.status_code == 422
    assert errors(page, "client_form") == {"until": ["This has to be in the future."]}
    assert "After the holidays" in page.content.decode()
    assert next(part for part in page.context["deal_parts"] if part.code == "client").is_open
    assert not ClientDecision.objects.exists()


def test_an_order_that_has_changed_meanwhile_is_looked_at_again(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    in_english()

    page = anna.post("order_client", order.pk, data={"version": 1, "decision": "confirmed"})

    assert errors(page, "client_form") == {
        "__all__": ["The order has changed since you looked at it. Look again and decide."]
    }
    assert f'name="version" value="{version(order)}"' in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("amount", "much", "Write an amount as 125 000 or 125 000.50."),
        ("amount", "-5", "An amount is more than nothing."),
        ("amount", "1.005", "An amount has two decimal places at most."),
        ("currency", "RU", "A currency is three letters, such as RUB."),
        ("document", "", "This field is required."),
    ],
)
def test_a_payment_that_can_not_be_is_refused_at_its_field(
    company: Company, field: str, value: str, error: str
) -> None:
    company.manager("Anna")
    marina = finance(company)
    order = awaiting(company)
    in_english()
    given = {"amount": "100", "currency": "RUB", "paid_at": local(company.now), "document": "7"}

    page = marina.post("order_payment", order.pk, data={**given, field: value})

    assert (page.status_code, errors(page, "payment_form")) == (422, {field: [error]})
    assert not Payment.objects.exists()


def test_only_finance_records_money(company: Company, lead: Visitor) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    watcher, marina = observer(company), finance(company)
    order = awaiting(company)
    in_english()
    given = {"amount": "125000", "currency": "RUB", "paid_at": local(company.now), "document": "7"}

    for visitor in (anna, lead, watcher):
        page = visitor.post("order_payment", order.pk, data=given)
        assert errors(page, "payment_form") == {"__all__": ["Only finance records money."]}
        assert "Record the payment" not in text(visitor.order_page(order))
    assert not Payment.objects.exists()
    assert "Record the payment" in text(marina.order_page(order))


def test_a_payment_is_taken_back_by_a_counter_entry(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    pay(company, order)
    marina = finance(company)
    wrong = Payment.objects.get()

    marina.post("payments_correct", order.pk, wrong.pk, data={"reason": "Another client's"})

    counter = Payment.objects.get(corrects=wrong)
    assert (counter.amount, counter.comment) == (Decimal("-125000.00"), "Another client's")
    in_english()
    shown = text(marina.order_page(order))
    assert "counter-entry" in shown
    assert "125,000 ₽ left to pay" in shown.replace("\u00a0", " ")


def test_a_price_is_agreed_on_before_the_verdict_and_asked_for_after_it(
    company: Company, lead: Visitor
) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = under_inspection(company)
    given = {"price": "98 500", "currency": "RUB", "reason": "As agreed"}

    anna.post("order_price", order.pk, data={**given, "version": version(order)})
    assert refreshed(order).price == Decimal("98500.00")

    second = awaiting(company, "A-2")
    company.on_duty("Boris", company.now, company.now + DAY)
    anna.post("order_price", second.pk, data={**given, "version": version(second)})
    assert refreshed(second).price == Decimal("125000.00")
    approval = Approval.objects.get(action="price")
    say(company, approval, "approve")
    assert refreshed(second).price == Decimal("98500.00")
    assert PriceChange.objects.latest("pk").approval == approval


def test_money_goes_back_when_another_person_approved_it_and_finance_paid_it(
    company: Company, lead: Visitor
) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    marina = finance(company)
    order = awaiting(company)
    decide(company, order, "confirmed")
    pay(company, order)
    in_english()

    too_much = anna.post(
        "order_payout",
        order.pk,
        data={"kind": "refund", "amount": "125001", "currency": "RUB", "reason": "He asks"},
    )
    assert errors(too_much, "payout_form") == {"amount": ["More than the client has paid can't be refunded."]}

    anna.post(
        "order_payout",
        order.pk,
        data={"kind": "refund", "amount": "5000", "currency": "RUB", "reason": "A scratch"},
    )
    payout = Payout.objects.get()
    early = {"document": "Order 9", "paid_at": local(company.now)}
    assert said(marina.post("payouts_pay", order.pk, payout.pk, data=early)) == [
        "Only what was approved is paid out."
    ]
    say(company, payout.approval, "approve")
    anna.post("payouts_pay", order.pk, payout.pk, data=early)
    assert Payout.objects.get().state == "approved"

    marina.post("payouts_pay", order.pk, payout.pk, data=early)
    payout.refresh_from_db()
    assert (payout.state, payout.document, payout.paid_by) == ("paid", "Order 9", marina.user)


def test_what_stands_in_the_way_is_on_top_and_stops_the_shipping(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    boris = company.manager("Boris")
    order = ready(company)
    owner = Visitor(company, refreshed(order).assigned_manager)  # type: ignore[arg-type]
    other = boris if owner.user == anna.user else anna
    in_english()

    owner.post(
        "order_blocker",
        order.pk,
        data={
            "kind": "papers",
            "text": "No bill of sale",
            "owner": other.user_id,
            "due_at": local(company.now + HOUR),
        },
    )
    blocker = Blocker.objects.get()
    page = owner.order_page(order)
    content = page.content.decode()
    assert content.index("No bill of sale") < content.index('aria-label="Deal"')
    ship = next(button for button in page.context["buttons"] if button.route == "ship")
    assert "Something stands in the way: No bill of sale" in ship.missing

    # Whoever has to remove it sees the order, and it is in their day.
    stranger = manager_visitor(company, other)
    assert "No bill of sale" in text(stranger.get("my_day"))
    assert stranger.order_page(order).status_code == 200

    # A lead passes it on, nobody else does.
    passed = {"owner": owner.user.pk, "due_at": local(company.now + 2 * HOUR), "reason": "He is away"}
    assert said(owner.post("blockers_pass", order.pk, blocker.pk, data=passed)) == [
        "Only a lead passes on what stands in the way."
    ]
    lead.post("blockers_pass", order.pk, blocker.pk, data=passed)
    blocker.refresh_from_db()
    assert blocker.owner == owner.user

    owner.post("blockers_remove", order.pk, blocker.pk, data={"resolution": "It came by mail"})
    blocker.refresh_from_db()
    assert (blocker.resolution, blocker.resolved_by) == ("It came by mail", owner.user)


def test_a_claim_is_written_down_and_settled(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = delivered(company)
    in_english()

    anna.post("order_claim", order.pk, data={"kind": "damaged", "text": "The lens is scratched"})
    claim = Claim.objects.get()
    refused = anna.post(
        "claims_settle", order.pk, claim.pk, data={"outcome": "refund", "resolution": "Half of it"}
    )
    why = "Ask for this money first: a second person has to approve it."
    assert row_errors(refused, "claims/settle", claim.pk) == {"outcome": [why]}
    body = refused.content.decode()
    assert refused.status_code == 422
    assert '<option value="refund" selected>' in body
    assert 'value="Half of it"' in body
    assert why in body

    anna.post("claims_settle", order.pk, claim.pk, data={"outcome": "unfounded", "resolution": "It was so"})
    claim.refresh_from_db()
    assert (claim.outcome, claim.settled_by) == ("unfounded", anna.user)


def test_a_step_at_risk_is_asked_for_and_not_dead(company: Company, lead: Visitor) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    in_english()

    page = anna.order_page(order)
    button = next(button for button in page.context["buttons"] if button.route == "reinspect")
    assert (button.asks, button.asked, button.missing) == (True, False, [])
    assert reverse("admin:order_route", args=[order.pk, "reinspect"]) in page.content.decode()

    anna.post(
        "order_route", order.pk, "reinspect", data={"version": version(order), "reason": "Another lens"}
    )
    approval = Approval.objects.get()
    assert (approval.route, approval.reason, approval.asked_by) == ("reinspect", "Another lens", anna.user)
    page = anna.order_page(order)
    assert next(button for button in page.context["buttons"] if button.route == "reinspect").asked
    assert "Withdraw the request" in text(page)

    anna.post("approvals_withdraw", order.pk, approval.pk)
    approval.refresh_from_db()
    assert approval.state == "withdrawn"


def test_only_whoever_asked_withdraws(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    approval = ask(company, order, "reinspect")
    in_english()

    page = lead.post("approvals_withdraw", order.pk, approval.pk)

    assert said(page) == ["Only whoever asked for an approval withdraws it."]


def test_a_step_that_lacks_more_than_the_approval_names_it(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    in_english()

    reject = next(b for b in lead.order_page(order).context["buttons"] if b.route == "reject")
    assert reject.missing == ["The opinion of AI-GRC is missing."]
    page = lead.post("order_route", order.pk, "reject", data={"version": version(order), "reason": "Stolen"})

    assert said(page) == ["The opinion of AI-GRC is missing."]
    assert not Approval.objects.exists()


def test_without_a_second_decider_nobody_is_asked(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    with_a_single_decider()
    in_english()

    page = lead.post("order_route", order.pk, "reinspect", data={"version": version(order), "reason": "So"})

    assert said(page) == ["There is nobody besides you who could approve this: name a second decider first."]


def test_a_promise_that_has_passed_does_not_keep_the_rest_from_being_recorded(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = in_transit(company, in_days=1)
    promised = Logistics.objects.latest("pk").promised_date
    company.go_to(moment("12:00", day=3))

    page = anna.post(
        "order_shipment",
        order.pk,
        data={
            "version": version(order),
            "carrier": "CDEK",
            "tracking": "10 2345 679",
            "promised_date": promised.isoformat(),  # type: ignore[union-attr]
            "cost_currency": "RUB",
        },
    )

    assert page.status_code == 200
    assert Logistics.objects.latest("pk").tracking == "10 2345 679"


def test_a_lead_asks_that_the_clients_money_stays_and_may_not_say_so_alone(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    company.person("Pavel", LEAD)
    order = awaiting(company)
    pay(company, order, Decimal(60000))
    say(company, ask(company, order, "cancel", reason_code="client_refused"), "approve")
    in_english()

    empty = lead.post("order_keep_money", order.pk, data={"reason": ""})
    assert errors(empty, "keep_money_form") == {"reason": ["This field is required."]}
    page = lead.post("order_keep_money", order.pk, data={"reason": "A deposit"})

    assert said(page) == ["A second person is asked whether the client's money stays."]
    (approval,) = approvals_open(order.pk)
    assert approval.payload == {"held": {"RUB": "60000.00"}}
    assert "money stays with us: 60" in text(page)


def test_the_same_payment_again_is_asked_about_with_what_was_typed(company: Company) -> None:
    company.manager("Anna")
    order, marina = awaiting(company), finance(company)
    in_english()
    paid = {"amount": "500", "currency": "RUB", "paid_at": "2026-03-02T11:00", "document": "Order 9"}
    marina.post("order_payment", order.pk, data=paid)

    asked = marina.post("order_payment", order.pk, data=paid)

    first = Payment.objects.get()
    told = "Already recorded on 2 Mar 2026 12:00 by Marina. If the client has paid once more, say so."
    assert errors(asked, "payment_form") == {"document": [told]}
    assert f'name="beside" value="{first.pk}"' in asked.content.decode()
    assert asked.context["payment_form"]["document"].value() == "Order 9"
    for _press in range(2):
        marina.post("order_payment", order.pk, data={**paid, "beside": first.pk})
    assert Payment.objects.count() == 2


def test_finance_records_what_came_in_after_the_closing_and_asks_for_it_back(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = awaiting(company)
    take(company, order, "cancel", reason_code="client_refused")
    assert refreshed(order).closed_at is not None
    marina = finance(company)
    in_english()
    assert reverse("admin:order_payment", args=[order.pk]) in marina.order_page(order).content.decode()
    assert reverse("admin:order_payment", args=[order.pk]) not in anna.order_page(order).content.decode()

    paid = {"amount": "60000", "currency": "RUB", "paid_at": "2026-03-02T11:00", "document": "Order 9"}
    marina.post("order_payment", order.pk, data=paid)
    back = {"kind": "refund", "amount": "60000", "currency": "RUB", "reason": "Too late"}
    page = marina.post("order_payout", order.pk, data=back)

    assert said(page) == ["A second person is asked about the client's money."]
    assert refreshed(order).closed_at is not None


def row_errors(page: Any, act: str, row_id: int) -> dict[str, list[str]]:
    form = page.context["row_refused"][f"{act}:{row_id}"]
    return {name: list(problems) for name, problems in form.errors.items()}


def test_a_row_that_was_refused_comes_back_with_what_was_typed(company: Company, lead: Visitor) -> None:
    other = company.manager("Boris")
    company.manager("Anna")
    order = ready(company)
    blocker = block(company, order, company.lead, company.now + HOUR)
    payment = Payment.objects.get()
    in_english()

    passed = {"owner": other.user_id, "due_at": local(company.now - HOUR), "reason": "She knows <them>"}
    page = lead.post("blockers_pass", order.pk, blocker.pk, data=passed)
    assert row_errors(page, "blockers/pass", blocker.pk) == {"due_at": ["This has to be in the future."]}
    body = page.content.decode()
    assert f'<option value="{other.user_id}" selected>' in body
    assert f'value="{passed["due_at"]}"' in body
    assert 'value="She knows &lt;them&gt;"' in body
    assert "This has to be in the future." in body
    blocker.refresh_from_db()
    assert blocker.owner == company.lead

    long = {"resolution": "x" * 1001}
    page = lead.post("blockers_remove", order.pk, blocker.pk, data=long)
    assert list(row_errors(page, "blockers/remove", blocker.pk)) == ["resolution"]
    assert long["resolution"] in page.content.decode()

    marina = finance(company)
    page = marina.post("payments_correct", order.pk, payment.pk, data={"reason": " "})
    assert list(row_errors(page, "payments/correct", payment.pk)) == ["reason"]
    assert next(part for part in page.context["deal_parts"] if part.code == "payment").is_open


def test_what_was_typed_of_a_payout_comes_back(company: Company) -> None:
    company.manager("Anna")
    order = ready(company)
    payout = ask_money(company, order, Decimal(100))
    say(company, payout.approval, "approve")
    marina = finance(company)
    in_english()

    ahead = {"document": "Order 9", "paid_at": local(company.now + HOUR)}
    page = marina.post("payouts_pay", order.pk, payout.pk, data=ahead)

    why = "Money can't have moved in the future."
    assert row_errors(page, "payouts/pay", payout.pk) == {"paid_at": [why]}
    body = page.content.decode()
    assert 'value="Order 9"' in body
    assert f'value="{ahead["paid_at"]}"' in body
    assert "have moved in the future." in body


@pytest.mark.parametrize("act", ACTS)
def test_no_door_of_a_deal_opens_to_strangers_or_by_a_link(company: Company, act: str) -> None:
    company.manager("Anna")
    order = awaiting(company)
    stranger = manager_visitor(company, company.manager("Boris"))

    assert stranger.post(url_name(act), order.pk).status_code == 404
    assert stranger.get(url_name(act), order.pk).status_code == 405


@pytest.mark.parametrize("act", ROW_ACTS)
def test_what_hangs_on_another_order_is_not_reached_through_this_one(company: Company, act: str) -> None:
    company.manager("Anna")
    order = awaiting(company)
    owner = Visitor(company, refreshed(order).assigned_manager)  # type: ignore[arg-type]

    assert owner.post(row_url_name(act), order.pk, 999_999).status_code == 404
    assert owner.get(row_url_name(act), order.pk, 1).status_code == 405


def test_an_observer_reads_all_of_it_and_does_nothing(company: Company) -> None:
    company.manager("Anna")
    order = in_transit(company)
    watcher = observer(company)
    in_english()

    page = watcher.order_page(order)
    assert "CDEK" in text(page)
    body = page.content.decode()
    for act in ACTS:
        assert reverse(f"admin:{url_name(act)}", args=[order.pk]) not in body
    refused = watcher.post("order_tracking", order.pk, data={"state": "moving"})
    assert errors(refused, "tracking_form") == {"__all__": ["This order is not yours to move."]}
