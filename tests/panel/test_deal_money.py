"""Finance's own page: what is due to come in, what is to be paid out, what came in last."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from assignment.models import Manager
from core.models import User
from orders.models import Evidence, Order, Payment
from orders.selectors.money import payment_currencies, payments_due
from panel.pages.money import SHOWN
from tests.factories import OrderFactory, PaymentFactory, PayoutFactory
from tests.panel.test_deal_doors import in_english, local
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, said, text
from tests.rop.reading import explained, most_read
from tests.stories.company import HOUR, Company
from tests.stories.dealing import agree_date, ask_money, awaiting, decide, pay, say, take
from tests.stories.inspecting import photo


@pytest.fixture
def marina(company: Company) -> Visitor:
    company.manager("Anna")
    return finance(company)


def confirmed(company: Company, external_id: str) -> Order:
    order = awaiting(company, external_id)
    decide(company, order, "confirmed")
    return order


def due(page: HttpResponse) -> list[tuple[str, Decimal | None]]:
    return [(row.order.external_id, row.left) for row in page.context["due"]]


def bill(company: Company, **changed: str) -> dict[str, str]:
    given = {"amount": "125000", "currency": "RUB", "paid_at": local(company.now), "document": "7"}
    return {**given, **changed}


def test_what_is_confirmed_and_not_paid_in_full_is_due_the_oldest_first(
    company: Company, marina: Visitor
) -> None:
    confirmed(company, "A-1")
    awaiting(company, "A-2")
    partly = confirmed(company, "A-3")
    pay(company, partly, Decimal(60000))
    pay(company, partly, Decimal(900000), currency="USD", document="2")
    paid = confirmed(company, "A-4")
    pay(company, paid)

    page = marina.get("money")

    assert due(page) == [("A-1", Decimal("125000.00")), ("A-3", Decimal("65000.00"))]


def test_a_client_who_changed_their_mind_is_not_due_any_more(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    assert [one.pk for one in payments_due()] == [order.pk]

    decide(company, order, "declined", why="price")

    assert list(payments_due()) == []


def test_money_that_went_back_is_due_again(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    pay(company, order)
    assert list(payments_due()) == []

    say(company, ask_money(company, order, Decimal(5000)).approval, "approve")

    assert due(marina.get("money")) == [("A-1", Decimal("5000.00"))]


def test_a_payment_is_recorded_in_place(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    in_english()

    page = marina.post("money_pay", order.pk, data=bill(company, amount="125 000"))

    assert said(page) == [f"{order.ref}: the payment is recorded."]
    assert page.redirect_chain[-1][0] == "/admin/money/"
    assert due(page) == []
    assert Payment.objects.get().by == marina.user


def test_what_was_refused_is_shown_in_its_row_with_what_was_written(
    company: Company, marina: Visitor
) -> None:
    first, second = confirmed(company, "A-1"), confirmed(company, "A-2")
    in_english()

    page = marina.post(
        "money_pay", second.pk, data=bill(company, amount="1", paid_at=local(company.now + HOUR))
    )

    assert page.status_code == 422
    rows = {row.order.pk: row.form for row in page.context["due"]}
    assert rows[first.pk].errors == {}
    assert list(map(str, rows[second.pk].errors["paid_at"])) == ["Money can't have moved in the future."]
    assert rows[second.pk]["amount"].value() == "1"
    assert not Payment.objects.exists()


def test_only_finance_records_here_and_readers_read(company: Company, lead: Visitor, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    anna = Visitor(company, User.objects.get(username="anna"))
    for reader in (lead, observer(company)):
        page = reader.get("money")
        assert due(page) == [("A-1", Decimal("125000.00"))]
        assert f"/admin/money/{order.pk}/pay/" not in page.content.decode()
        assert reader.post("money_pay", order.pk, data=bill(company)).status_code == 403
    assert anna.get("money").status_code == 403
    assert anna.post("money_pay", order.pk, data=bill(company)).status_code == 403
    assert marina.get("money_pay", order.pk).status_code == 405
    assert marina.post("money_pay", 999_999, data=bill(company)).status_code == 404
    assert not Payment.objects.exists()


def test_the_way_to_money_is_in_the_side_bar_of_those_who_read_it(company: Company, marina: Visitor) -> None:
    def links(visitor: Visitor) -> list[str]:
        groups = visitor.get("index").context["sidebar_navigation"]
        return [item["link"] for group in groups for item in group["items"]]

    assert "/admin/money/" in links(marina)
    assert "/admin/money/" not in links(manager_visitor(company, company.manager("Boris")))


def test_what_was_approved_is_paid_out_with_its_document(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    pay(company, order)
    payout = ask_money(company, order, Decimal(5000))
    assert marina.get("money").context["payouts"] == []
    say(company, payout.approval, "approve")
    in_english()

    page = marina.get("money")
    assert page.context["payouts"] == [payout]
    assert "approved by Olga" in text(page)
    page = marina.post(
        "payouts_pay",
        order.pk,
        payout.pk,
        data={"document": "Order 9", "paid_at": local(company.now), "next": "/admin/money/"},
    )

    assert page.redirect_chain[-1][0] == "/admin/money/"
    assert page.context["payouts"] == []
    payout.refresh_from_db()
    assert (payout.state, payout.paid_by) == ("paid", marina.user)


def test_the_newest_payments_are_there_and_can_be_taken_back(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    pay(company, order, document="Bill 1")
    payment = Payment.objects.get()

    page = marina.post(
        "payments_correct",
        order.pk,
        payment.pk,
        data={"reason": "Another client's", "next": "/admin/money/"},
    )

    assert page.redirect_chain[-1][0] == "/admin/money/"
    assert [one.amount for one in page.context["payments"]] == [
        Decimal("-125000.00"),
        Decimal("125000.00"),
    ]
    assert due(page) == [("A-1", Decimal("125000.00"))]


@pytest.mark.parametrize("asked", ["A-2", "bill 2", "R-{pk}"])
def test_an_order_is_found_by_its_number_its_client_or_a_document(
    company: Company, marina: Visitor, asked: str
) -> None:
    confirmed(company, "A-1")
    second = confirmed(company, "A-2")
    pay(company, second, Decimal(5000), document="Bill 2")

    page = marina.get("money", query={"q": asked.format(pk=second.pk)})

    assert [payment.document for payment in page.context["payments"]] == ["Bill 2"]
    assert [external_id for external_id, _left in due(page)] in (["A-2"], [])


def test_other_orders_that_were_found_are_a_link_away(company: Company, marina: Visitor) -> None:
    order = awaiting(company, "A-1")

    page = marina.get("money", query={"q": "A-1"})

    assert page.context["others"] == [order]
    assert marina.get("money", query={"q": "\x00"}).status_code == 200


def test_many_rows_cost_as_much_as_few(company: Company, marina: Visitor) -> None:
    def rows(number: int) -> None:
        order = confirmed(company, f"A-{number}")
        pay(company, order, Decimal(60000), document=f"Bill {number}")
        other = confirmed(company, f"B-{number}")
        pay(company, other, document=f"Bill B-{number}")
        say(company, ask_money(company, other, Decimal(5000)).approval, "approve")

    rows(1)
    marina.get("money")
    few = queries(marina)
    rows(2)
    rows(3)

    assert queries(marina) == few


def queries(visitor: Visitor) -> int:
    with CaptureQueriesContext(connection) as captured:
        visitor.get("money")
    return len(captured)


def test_what_was_released_is_due_again_only_when_its_money_is_gone(
    company: Company, marina: Visitor
) -> None:
    order = confirmed(company, "A-1")
    pay(company, order)
    agree_date(company, order)
    take(company, order, "release_to_ship")
    assert due(marina.get("money")) == []

    marina.post("payments_correct", order.pk, Payment.objects.get().pk, data={"reason": "Another client's"})

    assert due(marina.get("money")) == [("A-1", Decimal("125000.00"))]
    parts = marina.order_page(order).context["deal_parts"]
    assert [part.code for part in parts if part.is_open] == ["payment", "shipment"]


def test_a_price_of_nothing_is_none(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    Order.objects.filter(pk=order.pk).update(price=0)

    assert due(marina.get("money")) == [("A-1", None)]


def test_finance_attaches_the_bill_on_the_orders_page(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    assert 'name="purpose" value="payment"' in marina.order_page(order).content.decode()
    paper = SimpleUploadedFile("bill.png", photo(7), content_type="image/png")

    marina.post("evidence_add", order.pk, data={"purpose": "payment", "file": paper})

    file = Evidence.objects.get(purpose="payment")
    assert (file.name, file.added_by, file.door) == ("bill.png", marina.user, "admin")
    original = marina.get("evidence_original", order.pk, file.pk)
    assert (original.status_code, original.getvalue()) == (200, photo(7))
    refused = SimpleUploadedFile("parcel.png", photo(8), content_type="image/png")
    marina.post("evidence_add", order.pk, data={"purpose": "delivery", "file": refused})
    assert not Evidence.objects.filter(purpose="delivery").exists()


def test_whoever_records_no_payments_has_no_form_for_their_papers(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    anna = manager_visitor(company, Manager.objects.get())

    assert 'name="purpose" value="payment"' not in anna.order_page(order).content.decode()


def test_the_journal_of_payments_is_looked_through_by_currency(company: Company, marina: Visitor) -> None:
    assert payment_currencies() == []
    order = confirmed(company, "A-1")
    for number, currency in enumerate(("USD", "RUB", "EUR", "RUB"), 1):
        pay(company, order, Decimal(number), currency=currency, document=str(number))
    lead = Visitor(company, company.lead)

    page = lead.get("orders_payment_changelist", query={"currency": "RUB"})

    assert payment_currencies() == ["EUR", "RUB", "USD"]
    assert [payment.document for payment in page.context["cl"].result_list] == ["4", "2"]
    assert [link for link in ("EUR", "RUB", "USD") if f"?currency={link}" not in page.content.decode()] == []


def test_currencies_are_found_by_the_index_and_not_among_all_payments(company: Company) -> None:
    order = OrderFactory(owned=True)
    for number in range(300):
        PaymentFactory(order=order, currency="EUR" if number % 100 == 0 else "RUB", document=f"{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_payment")
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as captured:
        assert payment_currencies() == ["EUR", "RUB"]

    # One row for each currency, and one look that finds no more.
    assert most_read(explained(captured[0]["sql"])) <= 3


def test_no_more_payouts_are_read_than_are_shown_whatever_waits(company: Company, marina: Visitor) -> None:
    order = confirmed(company, "A-1")
    other = confirmed(company, "A-2")
    first = PayoutFactory(order=order, approved=True)
    few = queries(marina)
    PayoutFactory.create_batch(SHOWN, order=other, approved=True)
    assert queries(marina) == few
    in_english()

    page = marina.get("money")
    assert (len(page.context["payouts"]), page.context["payouts"][0]) == (SHOWN, first)
    assert "50+" in text(page)
    found = marina.get("money", query={"q": order.ref})
    assert (found.context["payouts"], found.context["more_payouts"]) == ([first], False)
