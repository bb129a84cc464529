"""The ladder: a missed deadline climbs from the owner to the admins' group; people answer, and it listens."""

from datetime import timedelta

import pytest

from assignment.models import Manager
from assignment.services import order_assign
from core import outbox
from core.models import Entry, Importance, Message, User
from orders.gate import Refusal
from orders.models import Order
from orders.services import order_set_severity, task_add
from rop.announcing import lead_thread
from rop.models import Escalation, Proposal, Snooze
from rop.replaying import decisions, replay
from rop.selectors import escalation_counts, open_escalations, untold
from rop.services import (
    escalation_acknowledge,
    escalation_resolve,
    order_snooze,
    order_unsnooze,
    proposal_accept,
    proposal_dismiss,
)
from sla.models import Clock, Violation
from tests.stories.company import (
    TARGETS_IN_MINUTES,
    Company,
    moment,
    owner_of,
    rounds_of,
    running_clock,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def night_and_day(company: Company) -> Company:
    """Pavel is on duty on Monday and Tuesday, the admins have a group. It is nine in the morning."""
    company.now = moment("09:00")
    company.on_duty("Pavel", moment("00:00"), moment("23:59", day=1))
    company.admins()
    company.manager("Anna")
    return company


def accepted(company: Company, *, severity: str = "normal") -> Order:
    """At nine: eight working hours for a normal order end at 17:00, two for a critical one at 11:00."""
    return company.accept(company.order(severity=severity))


def snooze(company: Company, order: Order, until: str) -> None:
    order_snooze(
        order_id=order.pk,
        until=moment(until),
        why="client_asked",
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()


# ── up to the group ──


def test_a_missed_deadline_climbs_from_the_owner_to_the_admins_group(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)

    company.go_to(moment("08:30", day=1))

    assert company.heard("sla_breach", "escalation") == [
        ("Anna", "sla_breach", "02 17:00"),
        ("Olga", "escalation", "02 17:00"),
        ("Pavel", "escalation", "02 18:00"),
        ("admins", "escalation", "02 19:00"),
        # A proposal comes with it.
        ("Olga", "escalation", "02 19:00"),
        # Every four hours, but 23:00 falls into the quiet hours.
        ("admins", "escalation", "03 08:00"),
    ]
    (row,) = open_escalations([order.pk])[order.pk]
    assert (row.trigger, row.level, row.times_told, row.opened_at) == ("stage", 4, 4, moment("17:00"))
    assert row.because["step"] == "contact_seller"
    assert Escalation.objects.get().clock_id == running_clock(order).pk
    assert escalation_counts([order.pk]) == {order.pk: 3}
    assert owner_of(order) == "Anna"
    assert company.audit() == {}


def test_the_group_is_told_as_often_as_the_ladder_says_and_no_more(night_and_day: Company) -> None:
    company = night_and_day
    accepted(company)

    company.go_to(moment("08:00", day=3))

    told = Message.objects.filter(group__isnull=False, context__trigger="stage")
    assert [m.context["times"] for m in told.order_by("pk")] == [1, 2, 3]
    assert {m.thread for m in told} == {f"order:{m.order_id}:group:{m.group_id}" for m in told}


def test_what_is_critical_climbs_faster_and_does_not_wait_for_the_morning(night_and_day: Company) -> None:
    company = night_and_day
    company.now = moment("18:00")
    accepted(company, severity="critical")

    company.go_to(moment("23:00"))

    # Two hours end at 20:00; then a quarter of an hour, half an hour, and every hour.
    assert company.escalated() == [
        ("Olga", "02 20:00"),
        ("Pavel", "02 20:15"),
        ("admins", "02 20:30"),
        ("Olga", "02 20:30"),
        ("admins", "02 21:30"),
        ("admins", "02 22:30"),
    ]


def test_the_rungs_of_a_version_are_those_of_its_rows(night_and_day: Company) -> None:
    company = night_and_day
    company.publish_matrix(
        version=2,
        rungs=[
            {"trigger": "stage", "share": 80, "whom": "lead", "action": "escalate"},
            {"trigger": "stage", "after_seconds": 0, "whom": "group", "action": "escalate"},
        ],
    )
    accepted(company)

    company.go_to(moment("20:00"))

    # 80 % of eight hours are 6:24.
    assert company.escalated() == [("Olga", "02 15:24"), ("admins", "02 17:00")]
    assert company.heard("sla_breach") == []


# ── standing still ──


def slow(company: Company) -> None:
    """So much time for the inspection that nothing but standing still is told."""
    targets = [
        (kind, stage, mode, (30_000, 30_000, 30_000) if stage == "under_inspection" else minutes)
        for kind, stage, mode, minutes in TARGETS_IN_MINUTES
    ]
    company.publish_matrix(version=2, targets=targets)


def test_an_order_without_a_movement_for_24_and_72_hours_is_told_of_once_each(night_and_day: Company) -> None:
    company = night_and_day
    slow(company)
    vera = company.on_duty("Vera", moment("00:00", day=2), moment("00:00", day=9))
    company.now = moment("12:00")
    order = accepted(company)

    company.go_to(moment("11:59", day=1))
    assert company.heard("stuck", "escalation") == []

    company.go_to(moment("11:59", day=3))
    assert company.heard("stuck", "escalation") == [
        ("Anna", "stuck", "03 12:00"),
        ("Olga", "escalation", "03 12:00"),
    ]

    company.go_to(moment("12:01", day=4))
    assert company.escalated()[1:] == [
        (vera.first_name, "05 12:00"),
        ("admins", "05 12:00"),
        ("admins", "06 12:00"),
    ]
    rows = open_escalations([order.pk])[order.pk]
    assert [(row.trigger, row.level) for row in rows] == [("stuck", 2), ("stuck_long", 4)]
    assert Violation.objects.count() == 0
    assert company.audit() == {}


def test_a_movement_ends_it_and_the_next_stage_begins_anew(night_and_day: Company) -> None:
    company = night_and_day
    slow(company)
    company.now = moment("12:00")
    order = accepted(company)
    company.go_to(moment("12:30", day=1))

    company.return_to_queue(order)
    assert open_escalations([order.pk]) == {}
    assert Escalation.objects.get().state == "ended"
    # Whoever was told sees that it is over.
    edit = Message.objects.get(edits=True, template="escalation")
    assert (edit.person, edit.context["changed"]) == (company.lead, "ended")

    company.go_to(moment("12:30", day=2))
    stuck = Escalation.objects.filter(trigger="stuck").order_by("pk")
    assert [(e.generation, e.state) for e in stuck] == [("2", "ended"), ("3", "open")]


def test_a_movement_within_the_stage_ends_it_for_the_rest_of_that_stage(night_and_day: Company) -> None:
    company = night_and_day
    slow(company)
    company.now = moment("12:00")
    order = accepted(company)
    company.go_to(moment("12:30", day=1))

    # A contact, an answer, a photograph: something was done for it, and the look is woken.
    Order.objects.filter(pk=order.pk).update(moved_at=company.now, wake_at=company.now)
    company.go_to(moment("13:00", day=2))

    assert [(e.trigger, e.state) for e in Escalation.objects.all()] == [("stuck", "ended")]
    assert company.heard("stuck") == [("Anna", "stuck", "03 12:00")]
    # The second threshold is counted from the movement.
    company.go_to(moment("12:30", day=4))
    assert [row.trigger for row in open_escalations([order.pk])[order.pk]] == ["stuck_long"]
    assert company.audit() == {}


def test_nobody_is_told_of_their_own_order_as_its_lead(night_and_day: Company) -> None:
    company = night_and_day
    zoya = company.manager("Zoya").user
    zoya.groups.add(*company.lead.groups.all())
    company.team.lead = zoya
    company.team.save()
    Manager.objects.exclude(user=zoya).update(active=False)
    order = accepted(company)
    assert owner_of(order) == "Zoya"

    company.go_to(moment("17:00"))

    assert company.heard("sla_breach", "escalation") == [
        ("Zoya", "sla_breach", "02 17:00"),
        ("Pavel", "escalation", "02 17:00"),
    ]


# ── answers ──


def test_a_snoozed_order_is_silent_moves_no_deadline_and_is_told_once_when_it_ends(
    night_and_day: Company,
) -> None:
    company = night_and_day
    order = accepted(company)
    company.go_to(moment("16:30"))
    due_at = running_clock(order).due_at

    snooze(company, order, "18:30")
    company.go_to(moment("18:29"))

    assert company.heard("sla_breach", "escalation") == []
    assert running_clock(order).due_at == due_at == moment("17:00")
    assert Violation.objects.get().breached_at == moment("17:00")
    (row,) = open_escalations([order.pk])[order.pk]
    assert (row.opened_at, row.times_told) == (moment("17:00"), 0)

    company.go_to(moment("18:59"))
    assert company.heard("sla_breach", "escalation") == [
        ("Anna", "sla_breach", "02 18:30"),
        ("Olga", "escalation", "02 18:30"),
        ("Pavel", "escalation", "02 18:30"),
    ]
    ended = Snooze.objects.get()
    assert (ended.ended_at, ended.ended_by_id) == (moment("18:30"), None)
    assert company.audit() == {}


def test_reminders_of_a_snoozed_order_become_one_at_its_end(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    company.go_to(moment("12:00"))

    # 50, 75 and 90 % are 13:00, 15:00 and 16:12.
    snooze(company, order, "15:30")
    company.go_to(moment("16:30"))

    reminders = Message.objects.filter(template="sla_reminder", context__clock="stage").order_by("pk")
    assert [(m.created_at, m.context["share"]) for m in reminders] == [
        (moment("15:30"), 75),
        (moment("16:12"), 90),
    ]


def test_ending_a_snooze_by_hand_tells_at_once_what_is_still_true(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    snooze(company, order, "20:00")
    company.go_to(moment("17:20"))

    order_unsnooze(order_id=order.pk, actor=company.actor(company.lead), now=company.now)
    company.commit()

    assert company.escalated() == [("Olga", "02 17:20")]


def test_an_offer_is_taken_from_the_silent_also_while_it_is_snoozed(night_and_day: Company) -> None:
    company = night_and_day
    order = company.order()
    company.manager("Boris")
    snooze(company, order, "20:00")

    company.go_to(moment("09:30"))

    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "offered")]


def test_an_acknowledgement_stops_the_ladder_until_it_ends(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    company.go_to(moment("17:05"))

    escalation_acknowledge(order_id=order.pk, actor=company.actor(company.lead), now=company.now)
    company.commit()
    company.go_to(moment("18:04"))
    assert company.escalated() == [("Olga", "02 17:00")]

    # The lead on duty was to be told at 18:00.
    company.go_to(moment("18:10"))
    assert company.escalated()[1:] == [("Pavel", "02 18:05")]
    assert open_escalations([order.pk])[order.pk][0].state == "open"
    edits = Message.objects.filter(edits=True, template="escalation")
    assert [(m.person, m.context["changed"]) for m in edits] == [(company.lead, "acknowledged")]


def test_a_resolved_escalation_is_silent_for_good_and_the_next_breach_is_another(
    night_and_day: Company,
) -> None:
    company = night_and_day
    order = accepted(company)
    company.go_to(moment("17:05"))

    lead = company.actor(company.lead)
    escalation_resolve(order_id=order.pk, reason="solved", actor=lead, now=company.now)
    company.commit()
    company.go_to(moment("20:00"))

    assert company.escalated() == [("Olga", "02 17:00")]
    clock = running_clock(order)
    assert (clock.state, clock.breached_at) == ("running", moment("17:00"))
    assert Violation.objects.count() == 1

    # As critical as it is now, it ought to have been done by 11:00: another deadline, another escalation.
    order_set_severity(order_id=order.pk, severity="critical", actor=lead, seen_version=None, now=company.now)
    company.commit()
    states = Escalation.objects.filter(trigger="stage").order_by("pk").values_list("state", "ended_at")
    assert list(states) == [("resolved", moment("20:00")), ("open", None)]
    assert {who for who, when in company.escalated() if when == "02 20:00"} == {"Olga", "Pavel", "admins"}
    assert company.audit() == {}


# ── nobody answers ──


def test_when_everyone_is_silent_the_order_waits_loudly_and_climbs(night_and_day: Company) -> None:
    company = night_and_day
    company.manager("Boris")
    company.now = moment("12:00")
    order = company.order()

    company.go_to(moment("13:41"))

    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "silent")]
    # Ten working minutes to find an owner since 13:00; the lead on duty after ten more, the group after thirty.
    # Without an owner there is no team, so the lead on duty stands in for its lead.
    assert company.escalated() == [("Pavel", "02 13:10"), ("Pavel", "02 13:20"), ("admins", "02 13:40")]

    company.manager("Vera")
    company.go_to(moment("13:45"))
    assert owner_of(order) == "Vera"
    assert open_escalations([order.pk]) == {}
    assert company.audit() == {}


def test_at_night_with_nobody_on_shift_nobody_is_told_until_the_shift_starts(night_and_day: Company) -> None:
    company = night_and_day
    company.now = moment("23:00")
    orders = company.receive("A-1", "A-2", "A-3")

    company.go_to(moment("08:59", day=1))

    # Each waits loudly, with a deadline in working time; the inbox has one line for all of them.
    assert {(order.next_action, owner_of(order)) for order in orders} == {("assign_manager", "")}
    assert {running_clock(order).due_at for order in orders} == {moment("09:10", day=1)}
    assert Message.objects.count() == 0

    company.go_to(moment("09:00", day=1))
    assert {owner_of(order) for order in orders} == {"Anna"}
    assert Escalation.objects.count() == 0


def by_the_clock(company: Company) -> None:
    """Ten minutes to find an owner, by day and by night."""
    targets = [
        (kind, stage, "elapsed" if kind == "assign" else mode, minutes)
        for kind, stage, mode, minutes in TARGETS_IN_MINUTES
    ]
    company.publish_matrix(version=2, targets=targets)


def test_quiet_hours_hold_back_what_can_wait_and_let_pass_what_can_not(night_and_day: Company) -> None:
    company = night_and_day
    by_the_clock(company)
    company.now = moment("23:00")
    (normal,) = company.receive("A-1")
    (critical,) = company.receive("B-1", severity="critical")

    company.go_to(moment("07:59", day=1))

    escalations = Message.objects.filter(template="escalation")
    assert {message.order_id for message in escalations} == {critical.pk}
    (row,) = open_escalations([normal.pk])[normal.pk]
    assert (row.opened_at, row.times_told) == (moment("23:10"), 0)

    company.go_to(moment("08:00", day=1))
    told = Message.objects.filter(template="escalation", order_id=normal.pk)
    # Three rungs were reached at night: the lead on duty, who stands in for the team's, is told once.
    assert [(m.person.first_name if m.person else "admins", m.created_at) for m in told.order_by("pk")] == [
        ("Pavel", moment("08:00", day=1)),
        ("admins", moment("08:00", day=1)),
    ]


def test_an_owner_on_a_night_shift_is_told_at_night_and_their_lead_in_the_morning(company: Company) -> None:
    anna = company.manager("Anna", (moment("20:00"), moment("06:00", day=1)))
    company.now = moment("20:30")
    order = accepted(company)
    task_add(
        order_id=order.pk,
        title="Ask for the serial number",
        owner_id=anna.user_id,
        due_at=moment("23:00"),
        actor=company.actor(anna),
        now=company.now,
    )

    company.go_to(moment("08:00", day=1))

    assert company.heard("sla_breach", "escalation")[:2] == [
        ("Anna", "sla_breach", "02 23:00"),
        ("Olga", "escalation", "03 08:00"),
    ]


def test_an_owner_who_sleeps_is_told_in_the_morning(company: Company) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))
    company.now = moment("20:00")
    order = accepted(company)
    task_add(
        order_id=order.pk,
        title="Ask for the serial number",
        owner_id=anna.user_id,
        due_at=moment("23:00"),
        actor=company.actor(anna),
        now=company.now,
    )

    company.go_to(moment("07:59", day=1))
    assert company.heard("sla_breach", "escalation") == []
    company.go_to(moment("08:00", day=1))
    assert company.heard("sla_breach") == [("Anna", "sla_breach", "03 08:00")]


def test_when_nobody_can_be_told_that_is_an_event_and_stays_in_sight(company: Company) -> None:
    company.now = moment("09:00")
    company.manager("Anna")
    order = accepted(company)
    User.objects.filter(pk=company.lead.pk).update(is_active=False)

    company.go_to(moment("17:00"))

    assert company.escalated() == []
    assert [found.order_id for found in untold()] == [order.pk]
    entry = Entry.objects.get(kind="escalation.untold")
    assert (entry.order_id, entry.at) == (order.pk, moment("17:00"))

    # The group stands in for the lead on duty.
    company.admins()
    company.go_to(moment("18:00"))
    assert company.escalated() == [("admins", "02 18:00")]
    assert untold() == []


# ── proposals ──


def proposed(company: Company) -> Proposal:
    """At 19:00, two hours after the deadline."""
    company.manager("Boris")
    company.go_to(moment("19:00"))
    return Proposal.objects.get(state="open")


def test_a_lead_presses_and_the_order_goes_to_the_proposed_manager(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    proposal = proposed(company)
    assert (proposal.from_user.first_name, proposal.to_user.first_name) == ("Anna", "Boris")
    assert proposal.because["trigger"] == "stage"
    assert proposal.because["load"] == 0.0

    order.refresh_from_db()
    lead = company.actor(company.lead)
    proposal_accept(proposal_id=proposal.pk, seen_version=order.version, actor=lead, now=company.now)
    company.commit()

    assert owner_of(order) == "Boris"
    assert Proposal.objects.get().state == "accepted"
    # The deadline stays missed; the cards say who has the order now.
    assert open_escalations([order.pk])[order.pk][0].owner_id == proposal.to_user_id
    changed = Message.objects.filter(edits=True, template="escalation").values_list("context__changed")
    assert set(changed) == {("assigned",)}
    assert company.audit() == {}


def test_a_card_that_a_lead_opened_before_anybody_was_told_shows_the_new_owner(
    night_and_day: Company,
) -> None:
    company = night_and_day
    order = accepted(company)
    company.now = moment("16:00")
    snooze(company, order, "20:00")
    company.go_to(moment("17:30"))
    assert (Escalation.objects.get().times_told, company.escalated()) == (0, [])
    opened = outbox.Outgoing(
        template="escalation",
        importance=Importance.REMINDER,
        dedup_key="asked for",
        person_id=company.lead.pk,
        order_id=order.pk,
        context={"asked": True},
        thread=lead_thread(order.pk, company.lead.pk),
    )
    outbox.post([opened], now=company.now)
    boris = company.manager("Boris")

    order_assign(
        order_id=order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()

    edit = Message.objects.get(edits=True, template="escalation")
    assert (edit.person, edit.context["changed"]) == (company.lead, "assigned")


def test_a_dismissed_proposal_does_not_come_again(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    proposal = proposed(company)

    proposal_dismiss(proposal_id=proposal.pk, actor=company.actor(company.lead), now=company.now)
    company.commit()
    company.go_to(moment("12:00", day=1))

    assert owner_of(order) == "Anna"
    assert Proposal.objects.count() == 1


def test_a_proposal_that_no_longer_fits_expires(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    proposal = proposed(company)

    company.return_to_queue(order)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_at) == ("expired", company.now)
    with pytest.raises(Refusal) as refused:
        proposal_accept(
            proposal_id=proposal.pk, seen_version=None, actor=company.actor(company.lead), now=company.now
        )
    assert refused.value.code == "stale"


def test_nobody_is_proposed_when_nobody_else_has_room(night_and_day: Company) -> None:
    company = night_and_day
    accepted(company)
    company.manager("Boris", capacity=0)

    company.go_to(moment("19:00"))

    assert Proposal.objects.count() == 0
    assert Entry.objects.filter(kind="decision.propose").count() == 1


# ── all of it ──


def test_with_the_order_everything_of_it_ends(night_and_day: Company) -> None:
    company = night_and_day
    order = accepted(company)
    proposal = proposed(company)
    snooze(company, order, "22:00")

    company.cancel(order)

    assert {e.state for e in Escalation.objects.all()} == {"ended"}
    assert Snooze.objects.get().ended_at == company.now
    proposal.refresh_from_db()
    assert proposal.state == "expired"
    assert Clock.objects.filter(state="running").count() == 0
    assert company.audit() == {}


def test_every_decision_of_the_ladder_comes_out_the_same_again(night_and_day: Company) -> None:
    company = night_and_day
    first, second, third = company.receive("A-1", "A-2", "A-3")
    company.accept(first)
    company.accept(second)
    company.go_to(moment("16:00"))
    company.manager("Boris")
    snooze(company, second, "19:00")
    company.go_to(moment("17:30"))
    lead = company.actor(company.lead)
    escalation_acknowledge(order_id=first.pk, actor=lead, now=company.now)
    company.go_to(moment("20:00"))
    escalation_resolve(order_id=first.pk, reason="solved", actor=lead, now=company.now)
    company.go_to(moment("12:00", day=4))
    assert owner_of(third) in ("", "Boris")

    found = list(decisions())
    assert any(entry.kind == "decision.propose" for entry in found)
    assert any(entry.output.get("climb", {}).get("open") for entry in found)
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []
    assert company.audit() == {}
