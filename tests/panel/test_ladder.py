"""The ladder in the panel: what climbed, what a lead says to it, what AI-РОП proposes, what is silent."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import User
from orders.models import Order
from panel import pulse
from panel.inbox import KINDS, Section
from panel.inbox.rows import COUNTED, SHOWN
from rop.models import Escalation, EscalationState, Proposal, ProposalState, Snooze
from tests.factories import EscalationFactory, ProposalFactory
from tests.panel.visitor import Visitor, manager_visitor, observer, said, text
from tests.stories.company import HOUR, MINUTE, Company, moment, owner_of


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")


def late_inspection(company: Company, external_id: str = "A-1") -> Order:
    """Accepted at 12:00 on Monday, with eight working hours for the inspection: an hour late at 21:00."""
    order = company.accept(company.order(external_id))
    company.go_to(moment("21:00"))
    return order


def kinds(visitor: Visitor) -> dict[str, int]:
    sections = visitor.get("inbox").context["sections"]
    return {section.kind.code: section.count for section in sections}


def test_the_page_says_what_is_escalated_why_and_who_was_told(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    page = lead.order_page(order)

    (climb,) = page.context["climbs"]
    assert (climb.title, climb.step, climb.whose) == (
        "The stage takes longer than allowed",
        "Contact the seller",
        "Anna",
    )
    assert [(stair.level, stair.was_told, stair.at) for stair in climb.stairs] == [
        (1, True, moment("20:00")),
        (2, True, moment("20:00")),
        (3, True, moment("21:00")),
        # Two hours after the deadline: the group, and the proposal of another manager.
        (2, False, moment("22:00")),
        (4, False, moment("22:00")),
    ]
    assert "Escalations" in text(page)


def test_an_order_on_which_nothing_is_escalated_shows_nothing_of_it(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    page = lead.order_page(company.order())

    assert page.context["climbs"] == []
    assert "window-snooze" in page.content.decode()
    assert "Escalations" not in text(page)


def test_a_lead_is_at_it_for_an_hour(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    lead.post("order_acknowledge", order.pk)

    (climb,) = lead.order_page(order).context["climbs"]
    assert (climb.taken_by, climb.taken_until) == ("Olga", moment("22:00"))
    assert kinds(lead) == {}


def test_the_owner_may_be_at_it_and_decide_nothing_else(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    order = late_inspection(company)

    page = anna.order_page(order).content.decode()
    assert "order_acknowledge" not in page
    assert f"/admin/orders/order/{order.pk}/acknowledge/" in page
    assert f"/admin/orders/order/{order.pk}/snooze/" not in page

    assert said(anna.post("order_resolve", order.pk, data={"reason": "solved"})) == [
        "Решение по эскалациям принимает РОП."
    ]
    anna.post("order_acknowledge", order.pk)
    assert Escalation.objects.get().state == EscalationState.ACKNOWLEDGED


def test_an_escalation_is_resolved_with_a_reason_of_the_list_or_in_words(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    first, second = company.accept(company.order("A-1")), company.accept(company.order("A-2"))
    company.go_to(moment("21:00"))

    lead.post("order_resolve", first.pk, data={"reason": "agreed"})
    lead.post("order_resolve", second.pk, data={"reason": "other", "words": "He is on his way"})

    reasons = dict(Escalation.objects.values_list("order", "reason"))
    assert reasons == {first.pk: "agreed", second.pk: "He is on his way"}
    assert kinds(lead) == {}


@pytest.mark.parametrize(
    ("door", "data"),
    [
        ("order_resolve", {}),
        ("order_resolve", {"reason": "whatever"}),
        ("order_resolve", {"reason": "other", "words": " "}),
        ("order_snooze", {"how_long": "1h"}),
        ("order_snooze", {"reason": "client_asked"}),
        ("order_snooze", {"reason": "client_asked", "how_long": "until"}),
        ("order_snooze", {"reason": "client_asked", "how_long": "until", "until": "2026-03-02T20:59"}),
        ("order_snooze", {"reason": "client_asked", "how_long": "until", "until": "2026-03-03T21:01"}),
        ("order_snooze", {"reason": "client_asked", "how_long": "until", "until": "tomorrow"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    company: Company, lead: Visitor, door: str, data: dict[str, str]
) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    assert len(said(lead.post(door, order.pk, data=data))) == 1

    assert Escalation.objects.get().state == EscalationState.OPEN
    assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("how_long", "until"),
    [
        ({"how_long": "1h"}, moment("22:00")),
        ({"how_long": "3h"}, moment("00:00", day=1)),
        ({"how_long": "morning"}, moment("09:00", day=1)),
        ({"how_long": "until", "until": "2026-03-02T23:15"}, moment("23:15")),
    ],
)
def test_an_order_is_silent_for_a_while_and_leaves_the_inbox(
    company: Company, lead: Visitor, how_long: dict[str, str], until: object
) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    lead.post("order_snooze", order.pk, data={**how_long, "reason": "client_asked"})

    assert Snooze.objects.get().until == until
    page = text(lead.order_page(order))
    assert "the client asked to wait (Olga). Deadlines go on." in page
    assert kinds(lead) == {}
    assert "silent until" in text(lead.get("orders_order_changelist"))


def test_silence_is_ended_by_a_press(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)
    lead.post("order_snooze", order.pk, data={"how_long": "3h", "reason": "client_asked"})

    lead.post("order_unsnooze", order.pk)

    assert Snooze.objects.get().ended_at == company.now
    assert kinds(lead) == {"escalations": 1}


def test_a_proposal_is_taken_by_one_press(company: Company, lead: Visitor) -> None:
    company.now = moment("10:00")
    company.manager("Anna")
    order = company.accept(company.order())
    boris = company.manager("Boris")
    # Eight working hours, and two more.
    company.go_to(moment("20:00"))
    order.refresh_from_db()
    proposal = Proposal.objects.get()

    page = lead.order_page(order)
    assert "Give it to Boris instead of Anna" in text(page)
    lead.post("proposal_accept", order.pk, proposal.pk, data={"version": order.version})

    assert owner_of(order) == str(boris)
    assert Proposal.objects.get().state == ProposalState.ACCEPTED


def test_a_proposal_for_what_has_changed_since_is_refused(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    boris = company.manager("Boris")
    proposal = ProposalFactory(order=order, to_user=boris.user, created_at=company.now)

    lead.post("proposal_accept", order.pk, proposal.pk, data={"version": order.version - 1})
    assert owner_of(order) == "Anna"

    lead.post("proposal_dismiss", order.pk, proposal.pk)
    assert Proposal.objects.get().state == ProposalState.DISMISSED
    again = lead.post("proposal_accept", order.pk, proposal.pk, data={"version": order.version})
    assert said(again) == ["This proposal was decided already, or no longer fits."]


def test_a_proposal_of_another_order_is_not_taken_here(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    first, second = company.accept(company.order("A-1")), company.accept(company.order("A-2"))
    proposal = ProposalFactory(order=second, to_user=company.manager("Boris").user, created_at=company.now)

    answer = lead.post("proposal_accept", first.pk, proposal.pk, data={"version": first.version})

    assert said(answer) == ["There is no such proposal here."]
    assert owner_of(second) == "Anna"


def test_the_inbox_has_one_row_for_an_order_with_what_can_be_done(company: Company, lead: Visitor) -> None:
    anna, boris = company.manager("Anna"), company.manager("Boris")
    order = late_inspection(company)
    other = boris.user if owner_of(order) == "Anna" else anna.user
    EscalationFactory(order=order, trigger="stuck", level=2, opened_at=company.now)
    ProposalFactory(order=order, to_user=other, created_at=company.now)

    (section,) = lead.get("inbox").context["sections"]

    assert (section.kind.code, section.count) == ("escalations", 1)
    (row,) = section.rows
    assert "The stage takes longer than allowed, the order stands still" in row.text
    assert [press.label for press in row.presses] == [f"Give it to {other}", "I am at it"]
    assert [ask.label for ask in row.asks] == ["Snooze", "Resolve"]


def test_the_most_urgent_is_first_in_the_inbox(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    refs = []
    for severity in ("normal", "critical", "high"):
        order = company.accept(company.order(severity, severity=severity))
        EscalationFactory(order=order, severity=severity, level=2, opened_at=company.now)
        refs.append(order.ref)

    (section,) = lead.get("inbox").context["sections"]

    shown = [row.title.split(" · ")[0] for row in section.rows]
    assert shown == [refs[1], refs[2], refs[0]]


def test_what_only_the_owner_was_told_is_not_in_the_leads_inbox(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    EscalationFactory(order=order, level=1, opened_at=company.now)
    assert kinds(lead) == {}

    Escalation.objects.update(untold_since=company.now)
    assert kinds(lead) == {"untold": 1}


def test_orders_without_an_owner_stay_one_line_when_they_climb(company: Company, lead: Visitor) -> None:
    company.receive("A-1", "A-2")
    company.go(HOUR)

    assert Escalation.objects.filter(trigger="assign", level__gte=2).count() == 2
    assert kinds(lead) == {"waiting": 1}


def test_from_the_inbox_one_comes_back_to_it(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    back = lead.post("order_acknowledge", order.pk, data={"next": "/admin/inbox/"})

    assert back.redirect_chain[-1][0] == "/admin/inbox/"


def test_the_list_of_what_is_escalated_says_how_high_it_climbed(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)
    company.go(timedelta(hours=12))
    calm = company.order("calm")

    page = lead.get("orders_order_changelist", query={"view": "escalated"})

    assert [shown.pk for shown in page.context["cl"].result_list] == [order.pk]
    assert "climbed to:" in text(page)
    assert calm.ref not in text(page)


def test_the_list_costs_the_same_with_many_escalations(company: Company, lead: Visitor) -> None:
    company.manager("Anna")

    def escalated(number: int) -> None:
        order = company.accept(company.order(f"A-{number}"))
        EscalationFactory(order=order, level=2, opened_at=company.now)

    escalated(0)
    for page in ("orders_order_changelist", "inbox"):
        lead.get(page)
    with CaptureQueriesContext(connection) as few:
        for page in ("orders_order_changelist", "inbox"):
            lead.get(page)
    for number in range(1, 8):
        escalated(number)

    with CaptureQueriesContext(connection) as many:
        for page in ("orders_order_changelist", "inbox"):
            lead.get(page)

    assert len(many) == len(few)


@pytest.mark.parametrize("door", ["order_acknowledge", "order_resolve", "order_snooze", "order_unsnooze"])
def test_links_say_nothing_to_the_ladder_and_observers_neither(
    company: Company, lead: Visitor, door: str
) -> None:
    company.manager("Anna")
    order = late_inspection(company)

    assert lead.get(door, order.pk).status_code == 405
    data = {"reason": "solved", "how_long": "1h"}
    observer(company).post(door, order.pk, data=data)

    assert Escalation.objects.get().state == EscalationState.OPEN
    assert not Snooze.objects.exists()


def test_nobody_decides_about_what_came_after_the_page_was_shown(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)
    shown = Escalation.objects.get().pk
    EscalationFactory(order=order, trigger="stuck", level=2, opened_at=company.now)

    for door in ("order_acknowledge", "order_resolve"):
        answer = lead.post(door, order.pk, data={"seen": shown, "reason": "solved"})
        assert said(answer) == ["Something else has happened to this order since. Look again and decide."]

    assert set(Escalation.objects.values_list("state", flat=True)) == {EscalationState.OPEN}


def test_whoever_is_at_it_takes_one_more_hour(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = late_inspection(company)
    lead.post("order_acknowledge", order.pk, data={"seen": Escalation.objects.get().pk})
    company.now += 30 * MINUTE

    assert "One more hour" in text(lead.order_page(order))
    lead.post("order_acknowledge", order.pk)

    assert Escalation.objects.get().acknowledged_until == company.now + HOUR


def test_a_stranger_s_order_is_not_found(company: Company) -> None:
    company.manager("Anna")
    order = late_inspection(company)
    boris = manager_visitor(company, company.manager("Boris"))

    assert boris.post("order_acknowledge", order.pk).status_code == 404


def test_an_order_that_stands_still_is_in_the_lists_by_the_matrix(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    company.now += 24 * HOUR
    assert not list(lead.get("orders_order_changelist", query={"view": "stuck24"}).context["cl"].result_list)

    company.now += MINUTE

    stuck = lead.get("orders_order_changelist", query={"view": "stuck24"}).context["cl"].result_list
    assert [shown.pk for shown in stuck] == [order.pk]


def test_whatever_the_inbox_does_not_show_is_one_press_away(company: Company, lead: Visitor) -> None:
    for number in range(SHOWN + 2):
        EscalationFactory(order=company.order(f"A-{number}"), level=3)

    page = lead.get("inbox")

    section = next(one for one in page.context["sections"] if one.kind.code == "escalations")
    assert (section.said, section.more) == ("22", "2")
    assert (
        '<a class="link" href="/admin/orders/order/?view=escalated">and 2 more</a>' in page.content.decode()
    )


def test_a_count_that_stopped_says_that_it_goes_on() -> None:
    kind = next(kind for kind in KINDS if kind.code == "escalations")

    section = Section(kind, COUNTED, ())

    assert (section.said, section.more) == ("1000+", "1000+")
    assert pulse.said(COUNTED + 3) == "1000+"
