"""A client who does not decide: asked step by step, left alone while they think, at last a lead's to decide about.

The first terms: asked at once, after a day and after two, each within four hours; a day later the lead decides.
"""

from datetime import datetime, timedelta

import pytest

from assignment.models import Manager
from core.models import Message
from orders.follow_up_words import follow_up_text
from orders.gate import NotAllowed
from orders.models import Order, Task, Terms
from orders.services import (
    DealRefused,
    TaskRefused,
    client_decision_record,
    order_set_severity,
    task_cancel,
    task_done,
    terms_draft,
)
from rop.replaying import decisions, replay
from sla.models import Clock
from tests.stories.company import TARGETS_IN_MINUTES, Company, moment, running_clock
from tests.stories.dealing import awaiting, decide, step, take, talk

DAY = timedelta(days=1)


@pytest.fixture
def anna(company: Company) -> Manager:
    """She works from nine to nine until Sunday; Pavel is on duty, the admins have a group."""
    company.admins()
    company.on_duty("Pavel", moment("00:00"), moment("00:00", day=7))
    return company.manager(
        "Anna", *((moment("09:00", day=day), moment("21:00", day=day)) for day in range(7))
    )


def tasks(order: Order) -> list[tuple[str, int | None, str, str]]:
    found = Task.objects.filter(order=order).select_related("owner").order_by("pk")
    return [(task.kind, task.number, str(task.status), task.owner.first_name) for task in found]


def test_an_undecided_client_is_followed_up_and_at_last_the_lead_decides(
    company: Company, anna: Manager
) -> None:
    order = awaiting(company)
    assert running_clock(order).kind == "client_decision"
    # Asked late: it was due at four.
    company.go_to(moment("16:30"))
    talk(company, order)
    # A day after the first time; the client wants two days.
    company.go_to(moment("13:00", day=1))
    decide(company, order, "thinks", until=moment("13:00", day=3))
    company.go_to(moment("14:00", day=3))
    talk(company, order, "no_answer")
    company.go_to(moment("15:00", day=4))

    assert company.heard("follow_up", "client_undecided", "sla_breach", "stuck", "escalation") == [
        ("Anna", "follow_up", "02 12:00"),
        ("Anna", "sla_breach", "02 16:00"),
        ("Olga", "escalation", "02 16:00"),
        ("Anna", "follow_up", "03 12:00"),
        # Two days without any movement, as the client wanted.
        ("Anna", "follow_up", "05 13:00"),
        # Four hours after the client wanted to have decided.
        ("Anna", "sla_breach", "05 17:00"),
        ("Olga", "escalation", "05 17:00"),
        ("Pavel", "escalation", "05 18:00"),
        ("admins", "escalation", "05 19:00"),
        # Every four hours, but not in the quiet ones.
        ("admins", "escalation", "06 08:00"),
        ("admins", "escalation", "06 12:00"),
        ("Olga", "client_undecided", "06 13:00"),
        # A day after the talk that came to nothing.
        ("Anna", "stuck", "06 14:00"),
        ("Olga", "escalation", "06 14:00"),
    ]
    assert tasks(order) == [
        ("follow_up", 1, "done", "Anna"),
        ("follow_up", 2, "done", "Anna"),
        ("follow_up", 3, "done", "Anna"),
        ("decide_undecided", 1, "open", "Olga"),
    ]
    assert step(order) == ("record_client_decision", "person", ["lead_decision"])
    assert (order.next_action_user, order.next_action_due) == (company.lead, moment("17:00", day=4))

    company.cancel(order, reason="undecided")
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("cancelled", company.now)
    assert tasks(order)[-1][2] == "cancelled"
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def test_each_step_says_what_to_say_with_the_facts_of_the_order(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    task = Task.objects.get(order=order)
    assert task.follow_up is not None
    text = follow_up_text(task.follow_up, order)
    assert "Client" in text
    assert "Anna" in text
    assert "«Camera»" in text
    assert "125\u00a0000\u00a0₽" in text
    (message,) = Message.objects.filter(template="follow_up")
    assert (message.person, message.context) == (anna.user, {"task": task.pk})


def test_where_nobody_asks_the_lead_decides_all_the_same_and_nobody_is_asked_twice_at_once(
    company: Company, anna: Manager
) -> None:
    order = awaiting(company)
    company.go_to(moment("11:59", day=3))
    assert tasks(order) == [("follow_up", 1, "open", "Anna")]
    company.go_to(moment("12:00", day=3))
    assert tasks(order) == [("follow_up", 1, "open", "Anna"), ("decide_undecided", 1, "open", "Olga")]
    decide(company, order, "confirmed")
    assert [state for _kind, _number, state, _who in tasks(order)] == ["done", "done"]
    assert step(order)[0] == "confirm_payment"


def test_whoever_was_asked_late_is_not_asked_again_at_once(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    company.go_to(moment("09:00", day=1))
    talk(company, order)
    # The second time would be at noon; half of the day between the two lies between.
    company.go_to(moment("20:59", day=1))
    assert len(tasks(order)) == 1
    company.go_to(moment("21:00", day=1))
    assert tasks(order)[1:] == [("follow_up", 2, "open", "Anna")]


def test_who_thinks_again_is_asked_again_and_then_the_leads_again(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("12:00", day=1))
    company.go_to(moment("12:00", day=1))
    decide(company, order, "thinks", until=moment("12:00", day=2))
    company.go_to(moment("12:00", day=2))
    decide(company, order, "thinks", until=moment("12:00", day=3))
    company.go_to(moment("12:00", day=3))
    assert tasks(order)[3:] == [("follow_up", 4, "open", "Anna")]
    company.go_to(moment("12:00", day=4))
    assert tasks(order)[4:] == [("decide_undecided", 1, "open", "Olga")]
    decide(company, order, "thinks", until=moment("12:00", day=5))
    company.go_to(moment("12:00", day=6))
    assert [(kind, number) for kind, number, _state, _who in tasks(order)][5:] == [
        ("follow_up", 5),
        ("decide_undecided", 2),
    ]


def test_to_ask_the_client_is_done_by_recording_the_contact(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    task = Task.objects.get(order=order)
    for who in (anna.user, company.lead):
        with pytest.raises(TaskRefused):
            task_done(task_id=task.pk, actor=company.actor(who), now=company.now)
    with pytest.raises(NotAllowed):
        task_cancel(task_id=task.pk, actor=company.actor(anna), now=company.now)
    talk(company, order)
    assert tasks(order) == [("follow_up", 1, "done", "Anna")]
    assert Task.objects.get().ended_by == anna.user


def test_a_raised_severity_shortens_the_clients_time_but_not_a_day_that_they_named(
    company: Company, anna: Manager
) -> None:
    order = awaiting(company)
    assert running_clock(order).due_at == moment("12:00", day=3)
    raise_to(company, order, "high")
    assert running_clock(order).due_at == moment("12:00", day=2)
    decide(company, order, "thinks", until=moment("12:00", day=4))
    assert running_clock(order).due_at == moment("16:00", day=4)
    raise_to(company, order, "critical")
    assert running_clock(order).due_at == moment("16:00", day=4)
    assert running_clock(order).kind == "client_decision"


def test_the_clients_time_is_a_row_of_the_matrix_or_else_the_stages(company: Company, anna: Manager) -> None:
    before = awaiting(company)
    assert running_clock(before).target_seconds == 72 * 3600
    row = ("client_decision", "awaiting_payment", "elapsed", (1440, 720, 360))
    company.publish_matrix(version=2, targets=[*TARGETS_IN_MINUTES, row])
    order = awaiting(company, "A-2")
    assert (running_clock(order).kind, running_clock(order).due_at) == (
        "client_decision",
        moment("12:00", day=1),
    )
    # What runs keeps the version that it began under; the stage's own row is for what comes after the decision.
    assert running_clock(before).due_at == moment("12:00", day=3)
    decide(company, order, "confirmed")
    assert (running_clock(order).kind, running_clock(order).due_at) == ("stage", moment("12:00", day=3))


def raise_to(company: Company, order: Order, severity: str) -> None:
    order_set_severity(
        order_id=order.pk,
        severity=severity,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()


def test_the_stages_own_clock_runs_from_the_decision_on(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    company.go(DAY)
    decide(company, order, "confirmed")
    clock = running_clock(order)
    assert (clock.kind, clock.started_at, clock.due_at) == (
        "stage",
        moment("12:00", day=1),
        moment("12:00", day=4),
    )
    ended = Clock.objects.get(order_id=order.pk, kind="client_decision")
    assert (ended.state, ended.due_at) == ("met", moment("12:00", day=3))


def test_a_client_who_declined_leaves_the_owner_with_the_cancelling(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    decide(company, order, "declined", why="price")
    assert step(order) == ("record_client_decision", "person", ["cancel"])
    take(company, order, "cancel", reason_code="client_refused")
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("cancelled", company.now)


# ── the whole time of a client ──


def test_a_client_who_thinks_again_and_again_comes_to_the_lead_who_alone_gives_more_time(
    company: Company, anna: Manager
) -> None:
    """Asked at noon on the 2nd: by the manager's word they think until noon on the 16th."""
    order = awaiting(company)
    for day in (5, 10):
        decide(company, order, "thinks", until=moment("12:00", day=day))
        company.go_to(moment("12:00", day=day))
    with pytest.raises(DealRefused) as refused:
        decide(company, order, "thinks", until=moment("12:01", day=14))
    assert (refused.value.code, refused.value.field) == ("thinks_too_long", "until")
    assert "16.03.2026 12:00" in str(refused.value)
    decide(company, order, "thinks", until=moment("12:00", day=14))
    assert step(order) == ("record_client_decision", "person", ["client_decision"])

    # Asked once more; the lead's turn comes a day later.
    company.go_to(moment("12:00", day=14))
    assert step(order)[2] == ["follow_up:4", "client_decision", "time_from_lead"]
    with pytest.raises(DealRefused):
        decide(company, order, "thinks", until=moment("13:00", day=14))
    company.go_to(moment("12:00", day=15))
    assert tasks(order)[-1] == ("decide_undecided", 1, "open", "Olga")

    by_lead(company, order, until=moment("12:00", day=20))
    assert tasks(order)[-1] == ("decide_undecided", 1, "done", "Olga")
    company.go_to(moment("12:00", day=20))
    with pytest.raises(DealRefused):
        decide(company, order, "thinks", until=moment("13:00", day=20))
    company.go_to(moment("12:00", day=21))
    assert tasks(order)[-1] == ("decide_undecided", 2, "open", "Olga")
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def test_whatever_is_left_of_the_scenario_the_lead_waits_no_longer(company: Company, anna: Manager) -> None:
    """Two of three steps are left after the day that the client named; the bound comes before them."""
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("12:00", day=14))
    company.go_to(moment("11:59", day=15))
    assert [kind for kind, *_rest in tasks(order)] == ["follow_up", "follow_up"]
    company.go_to(moment("12:00", day=15))
    assert tasks(order)[2:] == [("decide_undecided", 1, "open", "Olga")]


def test_terms_from_before_there_was_a_bound_have_none(company: Company, anna: Manager) -> None:
    Terms.objects.create(version=2, think_within=None, created_at=company.now)
    Terms.objects.filter(version=2).update(published_at=company.now)
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("12:00", day=60))
    draft = terms_draft(actor=company.actor(company.lead), now=company.now)
    assert draft.think_within == 14 * 86_400


def by_lead(company: Company, order: Order, *, until: datetime) -> None:
    client_decision_record(
        order_id=order.pk,
        decision="thinks",
        until=until,
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()
