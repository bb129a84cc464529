"""What people decide themselves: they accept, a lead assigns; what comes too late or from a stranger is refused."""

import pytest

from assignment.services import AssignRefused, order_assign
from core.models import Entry, Message
from orders import gate
from orders.models import Order, StatusEvent
from orders.services import order_route
from rop.models import Quarantine
from sla.models import Clock
from tests.stories.company import Company, loads, moment, owner_of, rounds_of, running_clock


def press_accept(company: Company, order: Order, who: object, *, seen_version: int) -> None:
    order_route(
        order_id=order.pk,
        route="accept",
        actor=company.actor(who),
        seen_version=seen_version,
        now=company.now,
    )


def test_accepting_fixes_the_owner_the_status_and_its_event(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()

    company.accept(order)

    assert owner_of(order) == "Anna"
    assert order.status == "under_inspection"
    assert order.status_since == order.moved_at == moment("12:00")
    event = StatusEvent.objects.get(order=order, sequence=2)
    assert (event.route, event.from_status, event.to_status, event.actor_id, event.door) == (
        "accept",
        "pending_manager",
        "under_inspection",
        anna.user_id,
        "bot",
    )
    card = Message.objects.filter(person=anna.user).order_by("pk").last()
    assert card is not None
    assert (card.template, card.edits, card.thread) == (
        "order_card",
        True,
        f"order:{order.pk}:user:{anna.user_id}",
    )


def test_a_stranger_can_not_accept(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    with pytest.raises(gate.NotAllowed):
        press_accept(company, order, boris, seen_version=order.version)

    order.refresh_from_db()
    assert order.status == "pending_manager"
    refused = Entry.objects.get(kind="command.route")
    assert refused.output == {"result": "refused", "code": "not_yours", "missing": []}


def test_accepting_twice_is_refused_and_changes_nothing(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    pressed = order.version
    company.accept(order)

    with pytest.raises(gate.StaleVersion):
        press_accept(company, order, anna, seen_version=pressed)
    order.refresh_from_db()
    with pytest.raises(gate.RouteRefused):
        press_accept(company, order, anna, seen_version=order.version)

    assert StatusEvent.objects.filter(order=order).count() == 2


def test_who_was_silent_comes_too_late(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    pressed = order.version
    company.manager("Boris")
    company.go_to(moment("12:30"))

    with pytest.raises(gate.NotAllowed):
        press_accept(company, order, anna, seen_version=pressed)

    assert owner_of(order) == "Boris"


def test_a_button_survives_a_reminder(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    pressed = order.version
    company.go_to(moment("12:28"))

    press_accept(company, order, anna, seen_version=pressed)

    assert owner_of(order) == "Anna"
    assert order.status == "under_inspection"


def test_a_lead_gives_an_order_to_somebody_else(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris", capacity=0)

    order_assign(
        order_id=order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=order.version,
        now=company.now,
    )
    company.commit()

    assert rounds_of(order) == [("Anna", "reassigned"), ("Boris", "offered")]
    assert company.told(anna) == ["order_new", "order_taken"]
    assert company.told(boris) == ["order_new"]
    assert Clock.objects.filter(order_id=order.pk, kind="accept").count() == 2
    assert running_clock(order).due_at == moment("12:30")
    assert loads() == {"Anna": (0, 0, 0), "Boris": (1, 1, 1)}
    assert company.audit() == {}


def test_the_new_owner_has_as_long_to_accept_as_their_own_shift_says(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris", (moment("18:00"), moment("21:00")))

    order_assign(
        order_id=order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()

    # Thirty minutes of a shift that begins at six, not of the team's hours.
    assert running_clock(order).due_at == moment("18:30")


def test_a_lead_gives_an_order_that_is_in_work_to_somebody_else(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.accept(order)
    boris = company.manager("Boris")
    company.now = moment("13:00")
    due = running_clock(order).due_at

    order_assign(
        order_id=order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()

    # The stage goes on: a new owner does not buy time.
    assert rounds_of(order) == [("Anna", "reassigned"), ("Boris", "accepted")]
    assert (
        (order.status, order.next_action) == ("under_inspection", "contact_seller") if owner_of(order) else ()
    )
    assert order.next_action_user == boris.user
    assert running_clock(order).due_at == due
    assert loads() == {"Anna": (0, 0, 0), "Boris": (1, 0, 1)}
    assert company.audit() == {}


def test_a_manager_assigns_nothing(company: Company) -> None:
    anna = company.manager("Anna")
    boris = company.manager("Boris")
    order = company.order()

    with pytest.raises(gate.NotAllowed):
        order_assign(
            order_id=order.pk,
            manager_id=boris.user_id,
            actor=company.actor(anna),
            seen_version=None,
            now=company.now,
        )


def test_nobody_is_given_an_order_who_takes_none(company: Company) -> None:
    company.manager("Anna")
    order = company.order()

    with pytest.raises(AssignRefused) as refused:
        order_assign(
            order_id=order.pk,
            manager_id=company.lead.pk,
            actor=company.actor(company.lead),
            seen_version=None,
            now=company.now,
        )
    assert refused.value.code == "not_a_manager"


def test_giving_an_order_to_its_owner_is_refused_however_old_the_page(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()

    for seen in (order.version, order.version - 1, None):
        with pytest.raises(AssignRefused) as refused:
            order_assign(
                order_id=order.pk,
                manager_id=anna.user_id,
                actor=company.actor(company.lead),
                seen_version=seen,
                now=company.now,
            )
        assert refused.value.code == "same"
    assert rounds_of(order) == [("Anna", "offered")]


def test_an_offer_to_somebody_absent_is_refused_instead_of_going_elsewhere(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")
    company.absent(boris, moment("11:00"), moment("20:00"))

    with pytest.raises(AssignRefused) as refused:
        order_assign(
            order_id=order.pk,
            manager_id=boris.user_id,
            actor=company.actor(company.lead),
            seen_version=None,
            now=company.now,
        )

    assert refused.value.code == "absent"
    assert rounds_of(order) == [("Anna", "offered")]


def test_an_order_that_was_set_aside_leaves_the_inbox_when_a_person_moves_it(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    Quarantine.objects.create(
        order_id=order.pk, attempts=1, error="KeyError", since=company.now, next_at=moment("13:00")
    )

    company.cancel(order)

    assert not Quarantine.objects.exists()
