"""A request on its own page: exactly what will happen, who may decide, and what is said when it can't be."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.models import User
from core.roles import DECIDER
from orders.models import Approval, Order
from orders.services import hash_now
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, said, superuser, text
from tests.stories.company import Company
from tests.stories.dealing import DAY, agree_date, ask, awaiting, decide, pay, price


def in_english() -> None:
    User.objects.update(language="en")


def asked(company: Company, route: str = "reinspect") -> Approval:
    company.manager("Anna")
    return ask(company, awaiting(company), route, reason="Another lens")


def shown(visitor: Visitor, approval: Approval) -> str:
    in_english()
    return text(visitor.get("approval", approval.pk)).replace("\u00a0", " ")


def answer(visitor: Visitor, approval: Approval, answer: str, *, reason: str = "") -> list[str]:
    """Press it on the page as it is now; what the page says then."""
    in_english()
    page = visitor.get("approval", approval.pk)
    given = {"answer": answer, "reason": reason, "seen_hash": page.context["hash_now"]}
    after = visitor.post("approval_decide", approval.pk, data=given)
    if after.status_code == 422:
        return [str(problem) for found in after.context["form"].errors.values() for problem in found]
    return said(after)


def state(approval: Approval) -> str:
    return Approval.objects.get(pk=approval.pk).state


def test_the_page_says_exactly_what_will_happen(company: Company, lead: Visitor) -> None:
    approval = asked(company)

    page = shown(lead, approval)

    assert "Inspect again: from “Awaits the client's decision and payment” to “Under inspection”" in page
    assert "The inspection begins anew, and the client is asked again afterwards." in page
    assert "Another lens" in page
    assert "Anna" in page


def test_a_price_is_shown_before_and_after_with_what_is_paid(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    decide(company, order, "confirmed")
    pay(company, order, Decimal(60000))
    approval = price(company, order, Decimal("98500.00"))
    assert approval is not None

    page = shown(lead, approval)

    assert "Price: from 125,000 ₽ to 98,500 ₽" in page
    assert "60,000 ₽ are paid; 38,500 ₽ will be left to pay." in page


def test_a_cancellation_with_the_clients_money_says_what_becomes_of_it(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    order = awaiting(company)
    pay(company, order, Decimal(60000))
    approval = ask(company, order, "cancel", reason_code="client_refused")

    page = shown(lead, approval)

    assert "Reason: the client refused." in page
    assert "The client's 60,000 ₽ stay here until a lead decides what becomes of them." in page


def test_a_yes_carries_it_out_and_a_no_needs_a_reason(company: Company, lead: Visitor) -> None:
    approval = asked(company)

    assert answer(lead, approval, "decline") == ["Say it in words."]
    assert state(approval) == "open"
    (line,) = answer(lead, approval, "approve")
    assert line.startswith("R-")
    assert "approved — Inspect again" in line
    assert Order.objects.get().status == "under_inspection"
    assert answer(lead, approval, "decline", reason="After all") == ["This has been decided already."]


def test_nobody_decides_about_what_they_asked_for(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    boss = superuser(company)
    company.on_duty("Boris", company.now, company.now + DAY)
    boss.post("order_route", order.pk, "reinspect", data={"version": version(order), "reason": "So"})
    approval = Approval.objects.get()

    assert "You asked for it yourself: another person has to decide." in shown(boss, approval)
    assert answer(boss, approval, "approve") == ["You asked for it yourself: another person has to decide."]
    assert state(approval) == "open"


def version(order: Order) -> int:
    return Order.objects.get(pk=order.pk).version


def test_an_order_that_has_changed_is_asked_about_anew(company: Company, lead: Visitor) -> None:
    approval = asked(company)
    agree_date(company, Order.objects.get())

    page = shown(lead, approval)
    assert "It can't be approved like this any more: it has to be asked for anew." in page
    assert 'value="approve"' not in lead.get("approval", approval.pk).content.decode()
    assert answer(lead, approval, "approve") == [
        "The order has changed since this was asked for: it has to be asked for anew."
    ]
    assert state(approval) == "open"


def test_what_was_not_shown_is_not_approved(company: Company, lead: Visitor) -> None:
    approval = asked(company)
    in_english()

    after = lead.post("approval_decide", approval.pk, data={"answer": "approve", "seen_hash": "0" * 64})

    assert after.status_code == 422
    assert "This is not what you were shown. Look again and decide." in text(after)
    approval.refresh_from_db()
    assert lead.get("approval", approval.pk).context["hash_now"] == hash_now(approval) == approval.shown_hash


def test_nobody_decides_after_it_has_expired(company: Company, lead: Visitor) -> None:
    approval = asked(company)
    company.now = approval.expires_at + timedelta(seconds=1)

    assert "Nobody decided in time: it has to be asked for anew." in shown(lead, approval)
    assert answer(lead, approval, "approve") == ["Nobody decided in time: it has to be asked for anew."]


@pytest.mark.parametrize("role", ["manager", "finance", "observer"])
def test_who_may_not_decide_reads_it_and_is_refused(company: Company, role: str) -> None:
    approval = asked(company)
    visitor = {
        "manager": lambda: Visitor(company, approval.asked_by),
        "finance": lambda: finance(company),
        "observer": lambda: observer(company),
    }[role]()

    assert "Another lens" in shown(visitor, approval)
    assert 'name="answer"' not in visitor.get("approval", approval.pk).content.decode()
    (refusal,) = answer(visitor, approval, "approve")
    assert refusal in (
        "Only whoever is named for it decides about approvals.",
        "You asked for it yourself: another person has to decide.",
    )
    assert state(approval) == "open"


def test_another_manager_does_not_know_of_it(company: Company) -> None:
    approval = asked(company)
    stranger = manager_visitor(company, company.manager("Boris"))

    assert stranger.get("approval", approval.pk).status_code == 404
    assert stranger.post("approval_decide", approval.pk, data={"answer": "approve"}).status_code == 404
    assert stranger.get("approval_decide", approval.pk).status_code == 405
    assert stranger.get("approval", 999_999).status_code == 404


def test_a_second_decider_has_an_inbox_of_approvals_alone(company: Company, lead: Visitor) -> None:
    approval = asked(company)
    company.now += timedelta(hours=30)
    decider = Visitor(company, company.person("Dora", DECIDER))

    page = decider.get("inbox")
    (section,) = page.context["sections"]
    assert (section.kind.code, section.count, page.context["pulse"].inbox) == ("approvals", 1, 1)
    assert section.rows[0].link == f"/admin/approvals/{approval.pk}/"
    assert "Inspect again" in shown(decider, approval)
    assert decider.order_page(approval.order).status_code == 200

    assert "approved" in answer(decider, approval, "approve")[0]
    assert decider.get("inbox").context["pulse"].inbox == 0


def test_ones_own_requests_are_not_in_ones_inbox(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = awaiting(company)
    boris = Visitor(company, company.on_duty("Boris", company.now, company.now + DAY))
    boris.post("order_route", order.pk, "reinspect", data={"version": version(order), "reason": "So"})

    assert [section.kind.code for section in boris.get("inbox").context["sections"]] == []
    assert boris.get("inbox").context["pulse"].inbox == 0
    assert [section.kind.code for section in lead.get("inbox").context["sections"]] == ["approvals"]
    assert lead.get("inbox").context["pulse"].inbox == 1


def test_the_superuser_names_a_second_decider_on_the_page_of_a_person(company: Company) -> None:
    boss = superuser(company)
    marina = finance(company).user
    page = boss.get("core_user_change", marina.pk)
    form = page.context["adminform"].form
    given = {field.html_name: field.value() for field in form if field.value() not in (None, False)}

    boss.post("core_user_change", marina.pk, data={**given, "roles": ["finance", DECIDER]})

    assert User.objects.get(pk=marina.pk).has_perm("orders.decide_approval")
