"""What happened to the inspection of an order, in words that its manager understands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import Entry
from core.refusals import Refusal
from orders.models import Order
from orders.services import (
    ContactRefused,
    GivenAnswer,
    contact_add,
    evidence_place,
    evidence_remove,
    inspection_decide,
)
from rop.timeline import timeline
from rop.timeline.inspecting import numbers
from tests.stories.company import MINUTE, Company, moment
from tests.stories.inspecting import (
    answer,
    answers,
    attach,
    attach_all,
    complete,
    conclude,
    owners,
    under_inspection,
)


def said(order: Order) -> list[tuple[str, str]]:
    """(title, detail) of what was done about the inspection, oldest first."""
    with translation.override("en"):
        items = reversed(timeline(order.pk, 200))
    kinds = ("command.inspection", "command.evidence", "command.contact")
    return [(item.title, item.detail) for item in items if item.kind.startswith(kinds) and not item.refused]


def refused(order: Order) -> tuple[str, str]:
    """Of the newest refusal."""
    with translation.override("en"):
        item = next(item for item in timeline(order.pk) if item.refused)
    return item.title, item.detail


def test_a_look_that_changed_nothing_is_left_to_the_journal(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, [GivenAnswer(4, "no")])
    company.go(MINUTE)
    before = [item.cursor for item in timeline(order.pk)]
    looks = Entry.objects.filter(order_id=order.pk, kind="decision.plan").count()

    answer(company, order, [GivenAnswer(5, "yes")])
    answer(company, order, [GivenAnswer(7, "yes")])

    assert Entry.objects.filter(order_id=order.pk, kind="decision.plan").count() == looks + 2
    newest, next_, *others = timeline(order.pk)
    assert [newest.kind, next_.kind] == ["command.inspection_answer"] * 2
    assert [item.cursor for item in others] == before
    with translation.override("en"):
        assert "AI-ROP looked at the order" not in [item.title for item in timeline(order.pk)]


def test_everything_of_an_inspection_is_said_in_words(company: Company) -> None:
    company.manager("Anna")
    other = under_inspection(company, "A-1")
    attach(company, other, 1, seed=1)
    order = under_inspection(company, "A-2")
    by = {"actor": owners(company, order), "now": company.now}
    contact = {"order_id": order.pk, "whom": "seller", "channel": "phone", **by}

    contact_add(outcome="call_back", next_at=moment("15:00"), text="Busy", **contact)
    contact_add(outcome="agreed", **contact)
    answer(
        company, order, [GivenAnswer(7, "no", remark="A gap"), GivenAnswer(12, "yes"), GivenAnswer(3, "box")]
    )
    answer(company, order, answers(p7="", p12="", p3=""))
    photo = attach(company, order, None, seed=1)
    evidence_place(evidence_id=photo.pk, point=7, **by)
    evidence_place(evidence_id=photo.pk, point=None, **by)
    evidence_remove(evidence_id=photo.pk, **by)
    attach(company, order, 7, seed=2)
    attach_all(company, order)
    conclude(company, order, "fail", remarks="The frame is bent")
    inspection_decide(
        order_id=order.pk,
        decision="go_on",
        reason="The client knows",
        actor=company.actor(company.lead),
        now=company.now,
    )

    assert said(order) == [
        ("Contact with the seller", "call back later; phone; Busy; the next one: 15:00"),
        ("Contact with the seller", "agreed; phone"),
        ("Answers to the inspection", "points 3, 7, 12; not the norm: 3, 7"),
        ("Answers to the inspection", "points 1, 2, 4–6, 8–11, 13–28"),
        ("A photo was attached", "the same file was there before"),
        ("A file was put at its point", "point 7; the same file was there before"),
        ("A file was taken from its point", ""),
        ("A file was taken away", "the same file was there before"),
        ("A photo was attached", "point 7"),
        ("Verdict: not fit", "The frame is bent"),
        ("Decided about “not fit”: go on all the same", "The client knows"),
    ]


def test_what_was_refused_says_what_is_missing_and_not_by_codes(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers(p7="", p12=""))
    attach_all(company, order, but=[21])

    for attempt, expected in (
        (
            lambda: conclude(company, order),
            (
                "Refused: Give the verdict",
                "something is missing (answers to points 7, 12, a file at point 21)",
            ),
        ),
        (
            lambda: complete(company, order),
            (
                "Refused: Complete the inspection",
                "something is missing (answers to points 7, 12, a file at point 21, the verdict of the inspection)",
            ),
        ),
        (
            lambda: answer(company, order, [GivenAnswer(7, "maybe")]),
            ("Refused: Answer the inspection", "this is no answer to it (the answer to point 7)"),
        ),
    ):
        with pytest.raises(Refusal):
            attempt()
        assert refused(order) == expected
    with pytest.raises(ContactRefused):
        contact_add(
            order_id=order.pk,
            whom="seller",
            channel="phone",
            outcome="call_back",
            actor=owners(company, order),
            now=company.now,
        )
    assert refused(order) == ("Refused: Record a contact", "without the moment of the next one")


def test_it_costs_two_queries_more_at_most(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    for number in range(3):
        answer(company, order, [GivenAnswer(7, "no", remark=str(number))])
        contact_add(
            order_id=order.pk,
            whom="seller",
            channel="phone",
            outcome="agreed",
            actor=owners(company, order),
            now=company.now,
        )

    with CaptureQueriesContext(connection) as captured:
        timeline(order.pk)

    assert len(captured) <= 10


@pytest.mark.parametrize(
    ("points", "text"),
    [([], ""), ([7], "7"), ([8, 7], "7, 8"), ([3, 1, 2], "1–3"), ([1, 2, 4, 5, 6, 28], "1, 2, 4–6, 28")],
)
def test_points_in_a_row_are_a_stretch(points: list[int], text: str) -> None:
    assert numbers(points) == text
