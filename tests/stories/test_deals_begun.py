"""Orders that were in a deal before deals were recorded: their stage's clock runs, and nothing else is known."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from orders.models import FollowUpStep, Order, Task, Terms
from orders.selectors.deals import terms_in_force
from orders.services import terms_draft
from orders.statuses import FINAL, Status
from rop.replaying import decisions, replay
from sla.models import Clock
from tests.factories import ClockFactory, ManagerLoadFactory, OrderFactory
from tests.stories.company import Company, moment, running_clock
from tests.stories.dealing import PRICE, agree_date, decide, fix_carrier, pay, price, say, step, take

migration = import_module("orders.migrations.0013_first_terms")
bounds = import_module("orders.migrations.0016_think_within")


def stands(company: Company, status: str, *, since: str = "10:00", target: int = 72 * 3600) -> Order:
    """As the loop left it: next looked at the day after, its stage's clock due after the target."""
    anna = company.manager("Anna")
    ManagerLoadFactory(manager=anna, open_orders=1)
    at = moment(since)
    order = OrderFactory(
        owned=True,
        assigned_manager=anna.user,
        status=status,
        status_since=at,
        moved_at=at,
        updated_at=at,
        wake_at=moment("12:00", day=1),
    )
    ClockFactory(
        order_id=order.pk,
        subject_type="order",
        subject_id=order.pk,
        kind="stage",
        generation=f"{order.status_sequence}:1",
        stage=status,
        started_at=at,
        due_at=moment(since, day=3),
        target_seconds=target,
    )
    return order


def woken(company: Company) -> None:
    with connection.schema_editor() as editor:
        migration.wake_what_is_in_a_deal(None, editor)
    company.go_to(company.now)


def test_one_that_awaits_the_client_gets_their_clock_and_is_asked_about_at_once(company: Company) -> None:
    order = stands(company, Status.AWAITING_PAYMENT)
    woken(company)

    clock = running_clock(order)
    assert (clock.kind, clock.started_at, clock.due_at) == (
        "client_decision",
        moment("10:00"),
        moment("10:00", day=3),
    )
    assert Clock.objects.get(order_id=order.pk, kind="stage").state == "met"
    assert step(order) == ("follow_up_client", "person", ["follow_up:1", "client_decision"])
    # Its time to ask begins now, not two hours ago.
    assert Task.objects.get().due_at == moment("16:00")

    decide(company, order, "confirmed")
    approval = price(company, order, PRICE)
    assert approval is not None
    say(company, approval, "approve")
    pay(company, order)
    agree_date(company, order)
    take(company, order, "release_to_ship")
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.READY_FOR_SHIPMENT, ("fix_logistics", ["carrier", "tracking", "promised_date"])),
        (Status.IN_TRANSIT, ("track_shipment", ["delivery_date"])),
    ],
)
def test_one_that_is_further_keeps_its_clock_and_goes_on(
    company: Company, status: str, expected: tuple[str, list[str]]
) -> None:
    order = stands(company, status)
    before = running_clock(order)
    woken(company)
    after = running_clock(order)
    assert (after.pk, after.due_at) == (before.pk, before.due_at)
    code, _whose, missing = step(order)
    assert (code, missing) == expected
    if status == Status.READY_FOR_SHIPMENT:
        fix_carrier(company, order)
        assert take(company, order, "ship").status == "in_transit"
    assert company.audit() == {}


def test_what_waits_for_its_manager_or_is_closed_is_not_woken(company: Company) -> None:
    for status in (Status.PENDING_MANAGER, Status.UNDER_INSPECTION):
        OrderFactory(owned=True, status=status, wake_at=moment("12:00", day=1))
    for status in sorted(FINAL):
        OrderFactory(owned=True, status=status, closed_at=company.now, wake_at=None, due_at=None)
    before = list(Order.objects.order_by("pk").values_list("pk", "wake_at"))
    with connection.schema_editor() as editor:
        migration.wake_what_is_in_a_deal(None, editor)
    assert list(Order.objects.order_by("pk").values_list("pk", "wake_at")) == before


def test_every_installation_begins_with_published_terms(company: Company) -> None:
    terms = Terms.objects.get()
    assert terms.version == 1
    assert terms.published_at is not None
    assert list(FollowUpStep.objects.values_list("number", "delay")) == [(1, 0), (2, 86_400), (3, 172_800)]


def test_where_there_are_orders_the_bound_of_thinking_comes_with_a_version_of_its_own(
    company: Company,
) -> None:
    """A published version keeps what it says; the draft of a lead comes after the new one."""
    OrderFactory()
    draft = terms_draft(actor=company.actor(company.lead), now=company.now)
    with connection.schema_editor() as editor:
        bounds.bound(apps, editor)
    assert terms_in_force().version == 2
    assert terms_in_force().think_within == 14 * 86_400
    assert terms_in_force().steps[2].delay == 172_800
    draft.refresh_from_db()
    assert (draft.version, draft.published_at, draft.think_within) == (3, None, 14 * 86_400)
