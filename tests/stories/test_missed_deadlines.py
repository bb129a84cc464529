"""A deadline passes: reminded before, escalated once, written down for good, and nothing is taken away."""

from datetime import timedelta

import pytest

from assignment.services import order_assign
from core.models import Message
from orders import gate
from orders.models import Task
from orders.services import order_set_severity, task_add, task_cancel, task_done
from sla.models import Clock, Violation
from tests.stories.company import (
    HOUR,
    TARGETS_IN_MINUTES,
    Company,
    moment,
    owner_of,
    rounds_of,
    running_clock,
)


def told_at(company: Company, template: str) -> list[tuple[str, str, int | None]]:
    """(who, when in UTC, share) of each message of this template, oldest first."""
    return [
        (
            message.person.first_name if message.person else "",
            f"{message.created_at:%d %H:%M}",
            message.context.get("share"),
        )
        for message in Message.objects.filter(template=template).select_related("person").order_by("pk")
    ]


def test_a_stage_is_reminded_of_and_escalated_to_the_owner_and_the_lead_once(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.accept(order)

    # Eight working hours from 12:00: warnings after 4, 6 and 7:12 hours. Moscow is three hours ahead of UTC.
    company.go_to(moment("20:59"))

    assert told_at(company, "sla_reminder") == [
        ("Anna", "02 13:00", 50),
        ("Anna", "02 15:00", 75),
        ("Anna", "02 16:12", 90),
    ]
    assert told_at(company, "sla_breach") == [("Anna", "02 17:00", None)]
    assert told_at(company, "escalation") == [("Olga", "02 17:00", None)]
    breach = Violation.objects.get()
    assert (breach.kind, breach.stage, breach.due_at) == ("stage", "under_inspection", moment("20:00"))
    assert owner_of(order) == "Anna"
    assert rounds_of(order) == [("Anna", "accepted")]

    company.go_to(moment("18:00", day=3))
    assert Message.objects.filter(template="sla_breach").count() == 1
    assert Violation.objects.count() == 1
    clock = running_clock(order)
    assert (clock.state, clock.breached_at) == ("running", moment("20:00"))
    assert company.audit() == {}


def test_a_stage_is_counted_by_the_working_hours_of_the_team(company: Company) -> None:
    company.manager("Anna", (moment("09:00"), moment("21:00", day=1)))
    company.now = moment("18:00")
    order = company.order()
    company.accept(order)

    # Three hours are left of Monday; five more are counted on Tuesday from nine.
    assert running_clock(order).due_at == moment("14:00", day=1)


def test_a_breach_stays_written_although_the_work_is_done_later(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.accept(order)
    company.go_to(moment("20:30"))

    company.cancel(order)

    assert Clock.objects.get(order_id=order.pk, kind="stage").state == "missed"
    assert Violation.objects.filter(order_id=order.pk).count() == 1
    assert company.audit() == {}


def test_a_task_is_reminded_of_and_its_missed_deadline_is_told_to_its_owner_and_the_lead(
    company: Company,
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.accept(order)
    task_add(
        order_id=order.pk,
        title="Ask for the serial number",
        owner_id=anna.user_id,
        due_at=moment("14:00"),
        actor=company.actor(anna),
        now=company.now,
    )
    order.refresh_from_db()
    assert order.due_at == moment("14:00")

    company.go_to(moment("14:05"))

    # 75 % of two hours.
    assert told_at(company, "sla_reminder") == [("Anna", "02 10:30", 75)]
    assert told_at(company, "sla_breach") == [("Anna", "02 11:00", None)]
    assert told_at(company, "escalation") == [("Olga", "02 11:00", None)]
    assert Violation.objects.get().kind == "task"
    assert company.audit() == {}


def test_a_task_that_is_done_in_time_reminds_nobody(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.accept(order)
    task = task_add(
        order_id=order.pk,
        title="Ask for the serial number",
        owner_id=anna.user_id,
        due_at=moment("14:00"),
        actor=company.actor(anna),
        now=company.now,
    )
    company.go_to(moment("13:00"))

    task_done(task_id=task.pk, actor=company.actor(anna), now=company.now)
    company.go_to(moment("15:00"))

    assert told_at(company, "sla_reminder") == []
    assert Clock.objects.get(kind="task").state == "met"
    order.refresh_from_db()
    assert order.due_at == moment("20:00")


@pytest.mark.parametrize(("accepted", "missed_at"), [(False, "12:30"), (True, "20:00")])
def test_a_deadline_that_nobody_saw_pass_is_charged_to_whoever_had_the_order_then(
    company: Company, accepted: bool, missed_at: str
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    if accepted:
        company.accept(order)
    boris = company.manager("Boris")
    # An outage: nobody looks until a lead gives the order to somebody else.
    company.now = moment("20:30")

    order_assign(
        order_id=order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )

    breach = Violation.objects.get()
    assert (breach.due_at, breach.breached_at) == (moment(missed_at), moment("20:30"))
    assert breach.owner_id == anna.user_id


def test_a_task_that_was_done_too_late_is_charged_to_its_owner(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.accept(order)
    task = task_add(
        order_id=order.pk,
        title="Ask for the box",
        owner_id=company.lead.pk,
        due_at=moment("14:00"),
        actor=company.actor(anna),
        now=company.now,
    )
    company.now = moment("14:30")

    task_done(task_id=task.pk, actor=company.actor(company.lead), now=company.now)

    breach = Violation.objects.get()
    assert (breach.kind, breach.owner_id) == ("task", company.lead.pk)


def test_a_task_that_was_cancelled_was_not_kept(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    lead = company.actor(company.lead)
    cancelled, done = (
        task_add(
            order_id=order.pk,
            title=title,
            owner_id=anna.user_id,
            due_at=moment("14:00"),
            actor=lead,
            now=company.now,
        )
        for title in ("Ask for the serial number", "Ask for the box")
    )

    task_cancel(task_id=cancelled.pk, actor=lead, now=company.now)
    task_done(task_id=done.pk, actor=company.actor(anna), now=company.now)

    states = Clock.objects.filter(kind="task").values_list("subject_id", "state")
    assert dict(states) == {cancelled.pk: "cancelled", done.pk: "met"}
    assert company.audit() == {}


def test_a_task_is_cancelled_by_whoever_gave_it_or_a_lead(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.accept(order)
    by_lead, by_anna, hers = (
        task_add(
            order_id=order.pk,
            title="Ask",
            owner_id=anna.user_id,
            due_at=moment("14:00"),
            actor=company.actor(giver),
            now=company.now,
        )
        for giver in (company.lead, anna, anna)
    )

    with pytest.raises(gate.NotAllowed):
        task_cancel(task_id=by_lead.pk, actor=company.actor(anna), now=company.now)
    task_cancel(task_id=by_anna.pk, actor=company.actor(anna), now=company.now)
    task_cancel(task_id=hers.pk, actor=company.actor(company.lead), now=company.now)

    assert [Task.objects.get(pk=task.pk).status for task in (by_lead, by_anna, hers)] == [
        "open",
        "cancelled",
        "cancelled",
    ]


def test_a_raised_severity_shortens_the_deadline_from_the_same_beginning(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.accept(order)
    company.go_to(moment("13:00"))

    order_set_severity(
        order_id=order.pk,
        severity="critical",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()

    # Two working hours from noon, of which one is over: the warning at 50 % is not told after the fact.
    first, second = Clock.objects.filter(order_id=order.pk, kind="stage").order_by("pk")
    assert first.state == "cancelled"
    assert (second.started_at, second.due_at, second.warned) == (moment("12:00"), moment("14:00"), 50)
    company.go_to(moment("14:00"))
    assert [share for _who, _at, share in told_at(company, "sla_reminder")] == [75, 90]
    assert Violation.objects.get().due_at == moment("14:00")
    assert company.audit() == {}


def test_a_severity_that_is_raised_too_late_is_a_breach_at_once(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.accept(order)
    company.go_to(moment("15:00"))

    order_set_severity(
        order_id=order.pk,
        severity="critical",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()

    breach = Violation.objects.get()
    assert (breach.due_at, breach.breached_at) == (moment("14:00"), moment("15:00"))
    assert [who for who, _at, _share in told_at(company, "sla_breach")] == ["Anna"]
    # An hour late already: as critical as it is, the lead and the lead on duty are told in one.
    assert [who for who, _at, _share in told_at(company, "escalation")] == ["Olga"]
    assert company.audit() == {}


def test_clocks_keep_the_matrix_that_they_started_under(company: Company) -> None:
    company.manager("Anna")
    before = company.order("A-1")
    shorter = [
        (kind, stage, mode, (12, 6, 3) if kind == "accept" else minutes)
        for kind, stage, mode, minutes in TARGETS_IN_MINUTES
    ]
    company.publish_matrix(version=2, targets=shorter)
    after = company.order("A-2")
    company.go(timedelta(minutes=1))

    assert [(clock.policy_version, clock.due_at) for clock in map(running_clock, (before, after))] == [
        (1, moment("12:30")),
        (2, moment("12:12")),
    ]


def test_after_an_outage_everything_overdue_fires_at_the_first_sweep(company: Company) -> None:
    company.manager("Anna")
    orders = company.receive("A-1", "A-2", "A-3")
    company.manager("Boris")

    # Nobody looked for an hour: the offers ran out at 12:30.
    company.now = moment("13:00")
    company.go(timedelta(0))

    assert {owner_of(order) for order in orders} == {"Boris"}
    assert {breach.breached_at for breach in Violation.objects.all()} == {moment("13:00")}
    assert {running_clock(order).due_at for order in orders} == {moment("13:30")}
    assert told_at(company, "sla_reminder") == []
    company.go(HOUR / 60)
    assert Violation.objects.count() == 3
    assert company.audit() == {}


def test_a_task_that_is_late_is_charged_to_whom_it_was_given(company: Company) -> None:
    anna, boris = company.manager("Anna"), company.manager("Boris", capacity=0)
    order = company.order()
    company.accept(order)
    task_add(
        order_id=order.pk,
        title="Ask for the serial number",
        owner_id=boris.user_id,
        due_at=moment("14:00"),
        actor=company.actor(anna),
        now=company.now,
    )

    company.go_to(moment("14:00"))

    assert Violation.objects.get().owner_id == boris.user_id


def test_an_order_that_waited_too_long_is_not_charged_to_who_takes_it_at_last(company: Company) -> None:
    order = company.order()
    company.manager("Anna")

    company.now = moment("12:10")
    company.go(timedelta(0))

    assert owner_of(order) == "Anna"
    breach = Violation.objects.get()
    assert (breach.kind, breach.owner_id) == ("assign", None)


def test_a_severity_that_is_raised_too_late_for_an_offer_gives_it_to_the_next_at_once(
    company: Company,
) -> None:
    company.manager("Anna")
    order = company.order()
    company.manager("Boris")
    company.go_to(moment("12:15"))

    # Ten minutes of the shift to accept a critical one: they ended at 12:10.
    order_set_severity(
        order_id=order.pk,
        severity="critical",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()
    company.go_to(moment("12:16"))

    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "offered")]
    assert Violation.objects.filter(order_id=order.pk).count() == 1
    assert company.audit() == {}
