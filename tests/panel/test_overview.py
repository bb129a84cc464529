"""The first page: a lead's overview, a manager's day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignment.models import Shift
from core import heartbeats
from core.models import User
from core.roles import DECIDER
from orders.services import task_add
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, text
from tests.stories.company import HOUR, MINUTE, Company


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")
    company.lead.refresh_from_db()


def beat_all(company: Company) -> None:
    for name in heartbeats.REQUIRED:
        heartbeats.beat(name, now=company.now)


def test_a_silent_part_is_a_red_banner(company: Company, lead: Visitor) -> None:
    company.person("Dora", DECIDER)
    beat_all(company)
    assert 'class="banner"' not in lead.get("index").content.decode()

    company.now += timedelta(seconds=61)
    heartbeats.beat("loop", now=company.now)
    shown = text(lead.get("index"))

    assert "A part of AI-ROP makes no progress" in shown
    assert "The bot: silent for 1 min" in shown
    assert "The loop that watches deadlines: silent" not in shown


def test_a_part_that_never_started_is_said_to_be_so(company: Company, lead: Visitor) -> None:
    assert "The auditor: has not started yet" in text(lead.get("index"))


def test_a_loop_that_lags_is_a_banner_though_everything_beats(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.order()
    company.now += 45 * MINUTE
    beat_all(company)

    # The first warning was due 15 minutes after 12:00, half an hour ago.
    assert "AI-ROP is late by 30 min" in text(lead.get("index"))


def test_the_numbers_are_those_of_the_orders(company: Company, lead: Visitor) -> None:
    company.manager("Anna", capacity=2)
    company.receive("A-1", "A-2", "A-3", severity="normal")

    page = lead.get("index")

    assert page.context["board"].total == 3
    assert (page.context["pulse"].waiting, page.context["pulse"].burning) == (1, 0)
    assert page.context["at_work"] == 1
    (person,) = page.context["people"]
    assert (person.name, person.load.share) == ("Anna", 100)


def test_orders_are_counted_by_stage_and_severity(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.accept(company.order("A-1"))
    company.order("A-2", severity="critical")
    company.cancel(company.order("A-3"))

    stages = {
        stage.status: dict(stage.counts) for stage in lead.get("index").context["board"].stages if stage.total
    }

    assert stages == {
        "pending_manager": {"critical": 1, "high": 0, "normal": 0},
        "under_inspection": {"critical": 0, "high": 0, "normal": 1},
    }


def test_what_burns_longest_is_shown_first(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    for external_id, severity in (("calm", "normal"), ("urgent", "critical")):
        company.accept(company.order(external_id, severity=severity))
    company.go(timedelta(hours=9))

    assert [order.external_id for order in lead.get("index").context["burning"]] == ["urgent", "calm"]


def test_everybody_who_sees_all_orders_has_the_overview(company: Company) -> None:
    for visitor in (finance(company), observer(company)):
        assert "panel/overview.html" in [template.name for template in visitor.get("index").templates]


def test_the_overview_costs_the_same_with_many_orders(company: Company, lead: Visitor) -> None:
    company.manager("Anna", capacity=100)
    company.receive("A-1")
    lead.get("index")
    with CaptureQueriesContext(connection) as few:
        lead.get("index")
    company.receive(*(f"B-{number}" for number in range(30)))

    with CaptureQueriesContext(connection) as many:
        lead.get("index")

    assert len(many) == len(few)


# ── a manager's day ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_managers_first_page_is_the_own_day(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    company.order("hers")
    company.capacity(company.manager("Boris"), 100)
    company.order("his")

    page = anna.get("index")

    assert [order.external_id for order in page.context["orders"]] == ["hers"]
    assert page.context["numbers"] == {"open": 1, "to_accept": 1, "overdue": 0, "within_hour": 1}


def test_the_day_goes_by_urgency(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    for external_id, severity in (("calm", "normal"), ("high", "high"), ("critical", "critical")):
        company.order(external_id, severity=severity)

    assert [order.external_id for order in anna.get("my_day").context["orders"]] == [
        "critical",
        "high",
        "calm",
    ]


def test_the_tasks_of_the_day_come_from_any_order(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")
    actor = company.actor(company.lead)
    task_add(
        order_id=order.pk,
        title="Lend a hand",
        owner_id=boris.user_id,
        due_at=company.now + HOUR,
        actor=actor,
        now=company.now,
    )

    assert [asked.task.title for asked in manager_visitor(company, boris).get("my_day").context["tasks"]] == [
        "Lend a hand"
    ]


def test_a_manager_starts_and_ends_the_shift(company: Company) -> None:
    anna = company.manager("Anna", (company.now + 6 * HOUR, company.now + 9 * HOUR))
    visitor = manager_visitor(company, anna)
    assert not visitor.get("my_day").context["shift"].running

    visitor.post("my_shift", data={"on": "1"})
    # Eight hours, but the next one begins in six.
    assert visitor.get("my_day").context["shift"].moment == company.now + 6 * HOUR

    company.now += MINUTE
    visitor.post("my_shift", data={"on": "0"})
    assert not visitor.get("my_day").context["shift"].running
    assert Shift.objects.filter(manager=anna, source="hand", ends_at=company.now).exists()


def test_whoever_is_no_manager_starts_no_shift(company: Company, lead: Visitor) -> None:
    lead.post("my_shift", data={"on": "1"})

    assert not Shift.objects.exists()
