"""The loop fails: facts stay, nobody is without a step, one bad order stops no other, and all heals by itself."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import Settings

from core.models import Entry, Heartbeat, Message
from orders.models import Order, StatusEvent
from rop import loop
from rop.models import Quarantine
from sla.models import Clock
from tests.stories.company import Company, moment, owner_of, rounds_of, running_clock

FAILING = ["tests.stories.failing.look", "tests.stories.failing.look_on_a_broken_statement"]


@pytest.mark.parametrize("look", FAILING)
def test_an_order_is_taken_in_although_the_look_fails_and_the_next_sweep_heals_it(
    company: Company, settings: Settings, look: str
) -> None:
    company.manager("Anna")
    settings.ROP_LOOK = look

    order = company.order()

    assert StatusEvent.objects.filter(order=order).count() == 1
    assert (order.next_action, order.next_action_whose) == ("assign_manager", "rop")
    assert order.next_action_due == order.due_at == moment("12:01")
    assert order.wake_at == moment("12:00")

    settings.ROP_LOOK = "rop.loop.look"
    company.go(timedelta(seconds=1))

    assert owner_of(order) == "Anna"
    assert company.audit() == {}


def test_who_looks_only_a_while_back_leaves_what_was_due_before(company: Company) -> None:
    """As a simulated past does; the real loop forgets nothing."""
    company.manager("Anna")
    order = company.accept(company.order())
    Order.objects.filter(pk=order.pk).update(wake_at=company.now - timedelta(hours=6))

    assert loop.sweep(company.now, due_after=company.now - timedelta(hours=6)) == 0
    assert loop.sweep(company.now) == 1


def test_many_are_taken_in_although_the_look_fails(company: Company, settings: Settings) -> None:
    company.manager("Anna", capacity=500)
    settings.ROP_LOOK = FAILING[0]

    company.receive(*(f"A-{number}" for number in range(230)))
    assert Order.objects.filter(assigned_manager__isnull=True, wake_at=company.now).count() == 230

    settings.ROP_LOOK = "rop.loop.look"
    company.go(timedelta(seconds=1))
    assert Order.objects.filter(assigned_manager__isnull=True).count() == 0
    assert company.audit() == {}


def test_a_manager_accepts_although_the_look_fails(company: Company, settings: Settings) -> None:
    company.manager("Anna")
    order = company.order()
    settings.ROP_LOOK = FAILING[0]

    moved = company.accept(order)

    assert moved.status == "under_inspection"
    assert owner_of(order) == "Anna"
    assert (order.next_action, order.next_action_whose) == ("look_again", "rop")
    assert order.wake_at == company.now

    settings.ROP_LOOK = "rop.loop.look"
    company.go(timedelta(seconds=1))
    assert order.pk == running_clock(order).order_id
    assert running_clock(order).kind == "stage"
    assert rounds_of(order) == [("Anna", "accepted")]
    assert company.audit() == {}


def spoil(order: Order) -> Clock:
    """A defect made by data: a warning that is no moment."""
    clock = running_clock(order)
    Clock.objects.filter(pk=clock.pk).update(warnings=[[50, "never"]])
    return clock


def test_one_poisonous_order_is_set_aside_and_the_others_of_its_batch_go_on(company: Company) -> None:
    company.manager("Anna")
    poisonous, *others = company.receive("A-1", "A-2", "A-3")
    clock = spoil(poisonous)

    company.go_to(moment("12:15"))

    assert Message.objects.filter(template="sla_reminder").count() == 2
    set_aside = Quarantine.objects.get()
    assert (set_aside.order_id, set_aside.attempts, set_aside.error) == (poisonous.pk, 1, "ValueError")
    poisonous.refresh_from_db()
    assert (poisonous.next_action, poisonous.next_action_whose) == ("look_again", "rop")
    assert poisonous.wake_at == set_aside.next_at == moment("12:15") + timedelta(seconds=30)
    assert Entry.objects.filter(kind="loop.quarantined", order_id=poisonous.pk).count() == 1
    assert {owner_of(order) for order in others} == {"Anna"}

    # Tried again after 30, then 60 seconds; healed data end it.
    company.go_to(moment("12:16"))
    assert Quarantine.objects.get().attempts == 2
    Clock.objects.filter(pk=clock.pk).update(warnings=clock.warnings)
    company.go_to(moment("12:18"))
    assert not Quarantine.objects.exists()
    poisonous.refresh_from_db()
    assert poisonous.next_action == "accept_order"
    assert company.audit() == {}


def test_a_poisonous_order_in_the_waiting_queue_does_not_keep_the_others_waiting(company: Company) -> None:
    anna = company.manager("Anna", capacity=0)
    poisonous, *others = company.receive("A-1", "A-2", "A-3")
    spoil(poisonous)

    company.capacity(anna, 10)
    company.go(timedelta(seconds=1))

    assert {owner_of(order) for order in others} == {"Anna"}
    assert Quarantine.objects.get().order_id == poisonous.pk
    assert Heartbeat.objects.get(name="loop").at == company.now

    # While it is set aside it is not tried again at each tick.
    company.go(timedelta(seconds=1))
    assert Quarantine.objects.get().attempts == 1


def test_a_command_on_a_poisonous_order_is_still_recorded(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    spoil(order)

    moved = company.accept(order)

    assert moved.status == "under_inspection"
    assert (moved.next_action, moved.wake_at) == ("look_again", company.now)


def test_without_a_published_matrix_orders_wait_with_a_placeholder_and_nothing_is_lost(
    company: Company,
) -> None:
    company.manager("Anna")
    order = company.order()

    # A severity that no rule of the matrix names can't come in; a look on nothing is a look on nothing.
    with transaction.atomic():
        assert loop.look([], company.now) == 0
        assert loop.look([order.pk + 1], company.now) == 0
