"""What comes next of a deal if nobody acts, worked out by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from orders.models import Order
from orders.services import blocker_open
from rop.explain import explain, explain_sentences
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import ask, awaiting, decide, in_transit, paid
from tests.stories.inspecting import owners

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ASKED = {"ask_client", "lead_decides", "look_for_parcel", "promised_date_over", "approval_expires"}


@pytest.fixture
def company(db: None) -> Company:
    company = Company()
    company.manager("Anna", (moment("00:00"), moment("00:00", day=30)))
    return company


def told(company: Company, order: Order, *codes: str) -> list[tuple[str, str, Any]]:
    """(what, whom, when) of these things to come."""
    order.refresh_from_db()
    found = explain(order.pk, company.now)["next"]
    return [(one["what"], one["whom"]["name"], one["at"]) for one in found if one["what"] in (codes or ASKED)]


def test_when_a_client_who_thinks_is_asked_and_when_a_lead_decides(company: Company) -> None:
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("15:00", day=1))

    # Step 2 then; while it is open nobody is asked again. The scenario ends a day after it (steps 2 and 3 are a day
    # apart), and the lead has their turn a day later.
    assert told(company, order) == [
        ("ask_client", "Anna", moment("15:00", day=1)),
        ("lead_decides", "Olga", moment("15:00", day=3)),
    ]


def test_an_open_question_is_not_asked_again(company: Company) -> None:
    order = awaiting(company)

    # Its first step is open already: steps 2 and 3 wait for it, the lead does not.
    assert told(company, order) == [("lead_decides", "Olga", moment("12:00", day=3))]


def test_when_the_parcel_is_looked_for_and_the_promised_day_is_over(company: Company) -> None:
    order = in_transit(company, in_days=1)

    assert told(company, order) == [
        ("promised_date_over", "Anna", moment("00:00", day=2)),
        ("look_for_parcel", "Anna", moment("12:00", day=2)),
    ]


def test_when_a_request_expires(company: Company) -> None:
    order = paid(company)
    ask(company, order, "reinspect")

    assert ("approval_expires", "AI-РОП", moment("12:00", day=2)) in told(company, order, "approval_expires")


def test_deadlines_that_people_named_explain_themselves(company: Company) -> None:
    order = paid(company)
    ask(company, order, "reinspect")
    blocker_open(
        order_id=order.pk,
        kind="papers",
        text="No receipt",
        owner_id=company.lead.pk,
        due_at=moment("18:00") + timedelta(microseconds=7),
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()

    clocks = {
        clock["kind"]: clock
        for clock in explain(order.pk, company.now)["clocks"]
        if clock["state"] == "running"
    }
    for kind, seconds in (("blocker", 6 * 3600), ("approval", 4 * 3600)):
        assert [(part["kind"], part["seconds"]) for part in clocks[kind]["segments"]] == [
            ("counted", seconds)
        ]
    with translation.override("en"):
        said = explain_sentences(order.pk, company.now)
    assert any("Time" in text and "18:00" in text for text in said)


def test_everything_that_is_foretold_happens_then(company: Company) -> None:
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("15:00", day=1))
    foretold = told(company, order)

    company.go_to(moment("15:00", day=3) + HOUR)
    opened = (
        order.tasks.exclude(kind="general")
        .order_by("pk")
        .values_list("kind", "created_at", "owner__first_name")
    )
    assert list(opened)[1:] == [
        ("follow_up", foretold[0][2], "Anna"),
        ("decide_undecided", foretold[1][2], "Olga"),
    ]


def test_every_thing_to_come_has_a_sentence(company: Company) -> None:
    order = in_transit(company, in_days=1)
    with translation.override("en"):
        said = explain_sentences(order.pk, company.now)
    assert any(text.endswith("the promised date is over, Anna finds out what happened") for text in said)
