"""Who is there: nights without anybody, absences that begin, orders that were given back."""

from core.models import Message, User
from core.work import unit_of_work
from orders.services import wake
from sla.models import Clock, Violation
from tests.stories.company import Company, loads, moment, owner_of, rounds_of, running_clock


def test_an_order_of_the_night_waits_quietly_and_is_picked_up_when_the_shift_starts(company: Company) -> None:
    company.manager("Anna")
    company.now = moment("23:00")

    order = company.order()

    assert owner_of(order) == ""
    assert (order.next_action, order.next_action_whose) == ("assign_manager", "rop")
    # Ten working minutes: the team begins at nine.
    assert order.due_at == running_clock(order).due_at == moment("09:10", day=1)

    company.go_to(moment("08:59", day=1))
    assert owner_of(order) == ""
    assert not Message.objects.exists()
    assert not Violation.objects.exists()

    company.go_to(moment("09:00", day=1))

    assert owner_of(order) == "Anna"
    assert running_clock(order).due_at == moment("09:30", day=1)
    assert Clock.objects.get(order_id=order.pk, kind="assign").state == "met"
    assert company.told(company.lead) == []
    assert company.audit() == {}


def test_when_people_are_at_work_and_none_may_take_it_the_leads_are_told_once_an_hour(
    company: Company,
) -> None:
    company.manager("Anna", capacity=0)

    company.receive("A-1", "A-2")
    company.go_to(moment("12:04"))
    company.receive("A-3")

    [message] = Message.objects.filter(template="nobody_eligible")
    assert message.person == company.lead
    assert message.context["at_work"] == 1


def test_the_acceptance_is_counted_by_the_managers_shift(company: Company) -> None:
    company.manager(
        "Anna", (moment("09:00"), moment("12:40")), (moment("09:00", day=1), moment("18:00", day=1))
    )
    company.now = moment("12:20")

    order = company.order()

    # Twenty minutes are left of today's shift, ten more are counted tomorrow.
    assert order.due_at == moment("09:10", day=1)
    company.go_to(moment("09:09", day=1))
    assert owner_of(order) == "Anna"


def test_in_the_last_half_hour_of_a_shift_somebody_else_is_preferred(company: Company) -> None:
    company.manager("Anna", (moment("09:00"), moment("12:30")), capacity=300)
    company.manager("Boris", capacity=10)

    assert owner_of(company.order()) == "Boris"


def test_unaccepted_offers_go_to_others_when_an_absence_begins(company: Company) -> None:
    anna = company.manager("Anna")
    offered, accepted = company.receive("A-1", "A-2")
    company.accept(accepted)
    company.manager("Boris")
    company.absent(anna, moment("12:10"), moment("20:00"))
    assert owner_of(offered) == "Anna"

    company.go_to(moment("12:10"))

    assert rounds_of(offered) == [("Anna", "unavailable"), ("Boris", "offered")]
    assert rounds_of(accepted) == [("Anna", "accepted")]
    assert company.told(anna)[-1] == "order_taken"
    assert loads() == {"Anna": (1, 0, 1), "Boris": (1, 1, 1)}
    assert company.audit() == {}


def test_an_absence_that_begins_at_once_takes_the_offers_at_once(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.manager("Boris")

    company.absent(anna, moment("12:00"), moment("20:00"))

    assert rounds_of(order) == [("Anna", "unavailable"), ("Boris", "offered")]


def test_who_was_absent_was_not_silent_and_may_get_the_order_again(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.absent(anna, moment("12:00"), moment("12:20"))
    assert owner_of(order) == ""

    company.go_to(moment("12:20"))

    assert rounds_of(order) == [("Anna", "unavailable"), ("Anna", "offered")]


def test_nobody_absent_is_given_a_new_order(company: Company) -> None:
    anna = company.manager("Anna", capacity=300)
    company.manager("Boris", capacity=10)
    company.absent(anna, moment("11:00"), moment("20:00"))

    assert owner_of(company.order()) == "Boris"


def test_who_gives_an_order_back_does_not_get_it_again_while_others_are_left(company: Company) -> None:
    company.manager("Anna", capacity=300)
    order = company.order()
    company.accept(order)
    company.manager("Boris", capacity=10)

    returned = company.return_to_queue(order)

    assert returned.status == "pending_manager"
    assert rounds_of(order) == [("Anna", "returned"), ("Boris", "offered")]
    assert running_clock(order).kind == "accept"
    assert loads() == {"Anna": (0, 0, 0), "Boris": (1, 1, 1)}
    assert company.audit() == {}


def test_a_cancelled_order_is_closed_and_frees_its_place(company: Company) -> None:
    company.manager("Anna", capacity=1)
    first, second = company.receive("A-1", "A-2")
    assert [owner_of(first), owner_of(second)] == ["Anna", ""]

    cancelled = company.cancel(first)
    company.go_to(company.now)

    assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "duplicate")
    assert cancelled.closed_at == company.now
    assert cancelled.wake_at is None
    assert rounds_of(first) == [("Anna", "closed")]
    assert owner_of(second) == "Anna"
    assert not Clock.objects.filter(order_id=first.pk, state="running").exists()
    assert company.audit() == {}


def test_a_hundred_and_one_offers_of_somebody_who_leaves_are_the_next_sweeps(company: Company) -> None:
    anna = company.manager("Anna", capacity=300)
    orders = company.receive(*(f"A-{n}" for n in range(101)))
    company.manager("Boris", capacity=300)

    company.absent(anna, moment("12:00"), moment("20:00"))

    orders[-1].refresh_from_db()
    assert orders[-1].wake_at == company.now
    company.go_to(company.now)
    assert loads() == {"Anna": (0, 0, 0), "Boris": (101, 101, 101)}
    assert company.audit() == {}


def test_an_offer_leaves_a_manager_whom_no_message_reaches(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.manager("Boris")
    User.objects.filter(pk=anna.user_id).update(email="")
    anna.user.telegram_links.update(unreachable_since=company.now, unreachable_because="blocked")

    with unit_of_work(company.now):
        wake([order.pk])

    assert owner_of(order) == "Boris"
    assert rounds_of(order) == [("Anna", "unavailable"), ("Boris", "offered")]


def test_somebody_who_is_reached_by_letter_keeps_the_offer(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.manager("Boris")
    anna.user.telegram_links.update(unreachable_since=company.now, unreachable_because="blocked")

    with unit_of_work(company.now):
        wake([order.pk])

    assert owner_of(order) == "Anna"
