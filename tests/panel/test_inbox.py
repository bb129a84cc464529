"""The lead's inbox: one page, one count, each row with its action."""

from datetime import timedelta

import pytest

from core.models import Entry, Message
from orders.models import Order
from rop import loop
from rop.models import Quarantine
from tests.factories import HOUR, AuditFactory, MessageFactory, QuarantineFactory, UpdateFactory
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, said, text
from tests.stories.company import MINUTE, Company
from tests.stories.inspecting import answer, answers, attach_all, conclude


def codes(visitor: Visitor) -> list[str]:
    page = visitor.get("inbox")
    sections = [section.kind.code for section in page.context["sections"]]
    assert page.context["pulse"].inbox == sum(section.count for section in page.context["sections"])
    return sections


def dead_message(company: Company, **fields: object) -> Message:
    message: Message = MessageFactory(
        person=company.lead,
        status="dead",
        ended_at=company.now,
        attempts=5,
        error="Forbidden: blocked",
        **fields,
    )
    return message


def test_an_empty_inbox_says_so(company: Company, lead: Visitor) -> None:
    page = lead.get("inbox")

    assert page.context["sections"] == []
    assert page.context["pulse"].inbox == 0
    assert 'class="count"' not in page.content.decode()


def test_waiting_orders_are_one_line_however_many(company: Company, lead: Visitor) -> None:
    company.order("calm")
    company.now += MINUTE
    critical = company.order("urgent", severity="critical")

    page = lead.get("inbox")
    (section,) = page.context["sections"]
    (row,) = section.rows

    assert (section.kind.code, section.count) == ("waiting", 1)
    assert critical.ref in row.text
    assert row.link == "/admin/orders/order/?view=waiting"


def test_a_waiting_order_that_found_its_manager_leaves_the_inbox(company: Company, lead: Visitor) -> None:
    company.order()
    assert codes(lead) == ["waiting"]

    company.manager("Anna")
    loop.sweep(company.now)

    assert codes(lead) == []


def test_orders_in_work_of_the_absent_are_there_by_owner(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    for external_id in ("A-1", "A-2"):
        company.accept(company.order(external_id))
    company.order("A-3")
    assert codes(lead) == []

    company.absent(anna, company.now, company.now + timedelta(hours=3))

    page = lead.get("inbox")
    stranded = next(s for s in page.context["sections"] if s.kind.code == "stranded")
    assert stranded.count == 1
    assert stranded.rows[0].link == f"/admin/orders/order/?owner={anna.user_id}"
    # What was not accepted went to the queue; two are in work.
    assert stranded.rows[0].text.startswith("2 ")


def test_a_dead_message_is_sent_again(company: Company, lead: Visitor) -> None:
    message = dead_message(company)
    assert codes(lead) == ["dead"]

    lead.post("message_retry", message.pk)

    message.refresh_from_db()
    assert (message.status, message.attempts, message.ended_at, message.error) == ("queued", 0, None, "")
    assert message.not_before == company.now
    assert codes(lead) == []
    assert Entry.objects.get(kind="command.message_retry").actor_id == company.lead.pk


def test_a_dead_message_is_put_aside(company: Company, lead: Visitor) -> None:
    message = dead_message(company)

    lead.post("message_dismiss", message.pk)

    message.refresh_from_db()
    assert (message.status, message.acted_at) == ("dead", company.now)
    assert codes(lead) == []


def test_a_message_that_arrived_is_not_sent_again(company: Company, lead: Visitor) -> None:
    message = MessageFactory(person=company.lead, status="sent", ended_at=company.now, sent_at=company.now)

    page = lead.post("message_retry", message.pk)

    message.refresh_from_db()
    assert message.status == "sent"
    assert len(said(page)) == 1


def test_a_message_that_is_not_there_is_said_not_to_be(company: Company, lead: Visitor) -> None:
    assert len(said(lead.post("message_retry", 12345))) == 1
    assert len(said(lead.post("message_dismiss", 12345))) == 1


def test_an_order_set_aside_is_looked_at_again(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    QuarantineFactory(
        order_id=order.pk, attempts=4, error="RuleMissing", since=company.now, next_at=company.now + HOUR
    )
    Order.objects.filter(pk=order.pk).update(wake_at=company.now + HOUR)
    assert codes(lead) == ["quarantine"]

    lead.post("quarantine_retry", order.pk)
    loop.sweep(company.now)

    assert not Quarantine.objects.exists()
    assert codes(lead) == []


def test_what_the_bot_could_not_handle_matters_for_a_day(company: Company, lead: Visitor) -> None:
    UpdateFactory(state="dead", received_at=company.now - timedelta(hours=23), done_at=company.now)
    UpdateFactory(state="dead", received_at=company.now - timedelta(hours=25), done_at=company.now)
    assert codes(lead) == ["updates"]

    company.now += timedelta(hours=2)
    assert codes(lead) == []


def test_the_last_audit_counts_and_not_those_before(company: Company, lead: Visitor) -> None:
    AuditFactory(at=company.now, total=2, counts={"without_owner": 2, "message_in_limbo": 0})
    assert codes(lead) == ["audit"]
    assert "without_owner: 2" in text(lead.get("inbox"))

    AuditFactory(at=company.now + MINUTE, total=0, counts={"without_owner": 0})
    assert codes(lead) == []


def test_the_count_in_the_header_is_the_number_of_rows(company: Company, lead: Visitor) -> None:
    company.order()
    for _number in range(3):
        dead_message(company)

    page = lead.get("orders_order_changelist")

    assert page.context["pulse"].inbox == 4
    assert '<span class="count">4</span>' in page.content.decode()


def test_after_a_press_one_comes_back_to_where_one_was(company: Company, lead: Visitor) -> None:
    message = dead_message(company)
    here = f"/admin/core/message/{message.pk}/change/"

    assert lead.post("message_retry", message.pk, data={"next": here}).redirect_chain[-1][0] == here
    elsewhere = lead.post("message_retry", message.pk, data={"next": "https://evil.example/"})
    assert elsewhere.redirect_chain[-1][0] == "/admin/inbox/"


@pytest.mark.parametrize("name", ["message_retry", "message_dismiss", "quarantine_retry"])
def test_links_press_nothing(company: Company, lead: Visitor, name: str) -> None:
    assert lead.get(name, 1).status_code == 405


def test_only_a_lead_has_an_inbox(company: Company) -> None:
    message = dead_message(company)

    for visitor in (manager_visitor(company, company.manager("Anna")), observer(company), finance(company)):
        assert visitor.get("inbox").status_code == 403
        assert visitor.post("message_retry", message.pk).status_code == 403
        assert visitor.post("message_dismiss", message.pk).status_code == 403
        assert visitor.post("quarantine_retry", 1).status_code == 403
        assert visitor.get("index").context["pulse"].inbox is None


def test_goods_that_are_not_fit_wait_for_a_decision(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    answer(company, order, answers())
    attach_all(company, order)
    assert codes(lead) == []
    conclude(company, order, "fail", remarks="The frame is bent")

    page = lead.get("inbox")
    (section,) = page.context["sections"]
    (row,) = section.rows

    assert (section.kind.code, section.count) == ("unfit", 1)
    assert "The frame is bent" in row.text
    assert row.link == f"/admin/orders/order/{order.pk}/inspection/#verdict"

    order.refresh_from_db()
    lead.post(
        "inspection_decide",
        order.pk,
        data={"decision": "again", "reason": "Look closer", "version": order.version},
    )
    assert codes(lead) == []
