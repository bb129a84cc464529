"""A manager who does not answer: reminded, then the order goes to the next, and never back while others are left."""

from core.models import Message
from sla.models import Clock, Violation
from tests.stories.company import Company, loads, moment, owner_of, rounds_of, running_clock


def reminders(company: Company) -> list[tuple[str, int, str]]:
    """(who, share of the target, when) of each reminder, oldest first."""
    return [
        (
            message.person.first_name if message.person else "",
            message.context["share"],
            f"{message.created_at:%H:%M}",
        )
        for message in Message.objects.filter(template="sla_reminder").select_related("person").order_by("pk")
    ]


def test_a_silent_manager_is_reminded_and_at_the_deadline_the_next_one_gets_the_order(
    company: Company,
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    company.go_to(moment("12:29"))
    # 50, 75 and 90 % of the half-hour since 12:00 in Moscow, which is 09:00 UTC.
    assert reminders(company) == [("Anna", 50, "09:15"), ("Anna", 75, "09:22"), ("Anna", 90, "09:27")]
    assert owner_of(order) == "Anna"

    company.go_to(moment("12:30"))

    assert owner_of(order) == "Boris"
    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "offered")]
    assert running_clock(order).due_at == moment("13:00")
    assert company.told(anna)[-1] == "order_taken"
    assert company.told(boris) == ["order_new"]
    assert loads() == {"Anna": (0, 0, 0), "Boris": (1, 1, 1)}
    assert company.audit() == {}


def test_the_missed_acceptance_is_a_breach_of_the_one_who_was_silent(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.manager("Boris")

    company.go_to(moment("12:30"))

    breach = Violation.objects.get()
    assert (breach.order_id, breach.kind, breach.owner_id) == (order.pk, "accept", anna.user_id)
    assert (breach.due_at, breach.breached_at) == (moment("12:30"), moment("12:30"))
    first, second = Clock.objects.filter(order_id=order.pk).order_by("pk")
    assert (first.state, first.ended_at) == ("missed", moment("12:30"))
    assert second.state == "running"


def test_the_order_does_not_go_back_to_the_silent_one_while_somebody_else_is_left(company: Company) -> None:
    company.manager("Anna", capacity=100)
    order = company.order()
    company.manager("Boris", capacity=1)
    company.manager("Vera", capacity=1)

    # Anna would carry it most lightly each time, but she was silent.
    company.go_to(moment("13:00"))
    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "silent"), ("Vera", "offered")]


def test_when_everybody_was_silent_the_order_waits_loudly_with_a_deadline_of_its_own(
    company: Company,
) -> None:
    company.manager("Anna")
    company.manager("Boris")
    order = company.order()

    company.go_to(moment("13:00"))

    assert rounds_of(order) == [("Anna", "silent"), ("Boris", "silent")]
    assert owner_of(order) == ""
    assert (order.next_action, order.next_action_whose) == ("assign_manager", "rop")
    clock = running_clock(order)
    assert (clock.kind, clock.due_at) == ("assign", moment("13:10"))
    assert order.due_at == moment("13:10")
    assert "nobody_eligible" in company.told(company.lead)
    assert company.audit() == {}


def test_silence_lapses_at_the_next_shift_when_nobody_else_is_left(company: Company) -> None:
    company.manager(
        "Anna",
        (moment("09:00"), moment("14:00")),
        (moment("16:00"), moment("21:00")),
    )
    order = company.order()
    company.go_to(moment("15:59"))
    assert owner_of(order) == ""

    company.go_to(moment("16:00"))

    assert rounds_of(order) == [("Anna", "silent"), ("Anna", "offered")]
    assert running_clock(order).due_at == moment("16:30")


def test_accepting_in_time_ends_the_clock_and_the_reminders(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.go_to(moment("12:20"))

    moved = company.accept(order)
    company.go_to(moment("12:40"))

    assert moved.status == "under_inspection"
    assert moved.next_action == "contact_seller"
    accept, stage = Clock.objects.filter(order_id=order.pk).order_by("pk")
    assert (accept.kind, accept.state, accept.ended_at) == ("accept", "met", moment("12:20"))
    # Eight working hours from 12:20.
    assert (stage.kind, stage.state, stage.due_at) == ("stage", "running", moment("20:20"))
    assert reminders(company) == [("Anna", 50, "09:15")]
    assert rounds_of(order) == [("Anna", "accepted")]
    assert loads() == {"Anna": (1, 0, 1)}
    assert company.audit() == {}
