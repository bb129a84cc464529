"""More orders than places: a wave is balanced, the rest waits loudly and drains by severity, then age."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from pytest_django import Settings

from assignment.models import Assignment
from core.models import Message
from orders.models import Order
from sla.models import Clock
from tests.stories.company import Company, loads, moment, owner_of


def test_a_wave_is_spread_so_that_no_single_move_would_lower_the_largest_load(company: Company) -> None:
    for name, capacity in (("Anna", 60), ("Boris", 60), ("Vera", 120)):
        company.manager(name, capacity=capacity)

    company.receive(*(f"A-{number}" for number in range(160)))

    # Equal shares of capacity: 40 of 60, 40 of 60, 80 of 120.
    assert {name: load for name, (load, _offers, _open) in loads().items()} == {
        "Anna": 40,
        "Boris": 40,
        "Vera": 80,
    }
    assert Order.objects.filter(assigned_manager__isnull=True).count() == 0
    assert Clock.objects.filter(kind="accept", state="running").count() == 160
    assert Assignment.objects.count() == 160
    assert Message.objects.filter(template="order_new").count() == 160
    assert company.audit() == {}


def test_a_wave_of_mixed_severities_is_spread_by_weight(company: Company) -> None:
    for name in ("Anna", "Boris", "Vera"):
        company.manager(name, capacity=100)

    company.receive(*(f"C-{number}" for number in range(7)), severity="critical")
    company.receive(*(f"H-{number}" for number in range(5)), severity="high")
    company.receive(*(f"N-{number}" for number in range(11)))

    # 7 × 2 + 5 × 1.5 + 11 × 1 = 32.5 over three equals.
    by_name = {name: load for name, (load, _offers, _open) in loads().items()}
    assert sum(by_name.values()) == Decimal("32.5")
    assert max(by_name.values()) - min(by_name.values()) <= 1


def test_what_finds_no_place_waits_loudly_each_with_a_clock_of_its_own(company: Company) -> None:
    company.manager("Anna", capacity=2)

    orders = company.receive("A-1", "A-2", "A-3", "A-4", "A-5")

    assert Counter(map(owner_of, orders)) == {"Anna": 2, "": 3}
    waiting = [order for order in orders if not owner_of(order)]
    assert {(order.next_action, order.next_action_whose) for order in waiting} == {("assign_manager", "rop")}
    assert {order.due_at for order in waiting} == {moment("12:10")}
    assert Clock.objects.filter(kind="assign", state="running").count() == 3
    assert company.told(company.lead) == ["nobody_eligible"]
    assert company.audit() == {}


def test_a_raised_capacity_drains_the_queue_by_severity_and_then_by_age(company: Company) -> None:
    anna = company.manager("Anna", capacity=0)
    company.now = moment("12:00")
    old_normal = company.order("old normal")
    company.now = moment("12:01")
    high = company.order("high", severity="high")
    company.now = moment("12:02")
    critical = company.order("critical", severity="critical")
    company.now = moment("12:03")
    young_normal = company.order("young normal")

    # 2 + 1.5 fit, then one more, then the last.
    for capacity, owned in (("3.5", {critical, high}), ("4.5", {critical, high, old_normal})):
        company.capacity(anna, Decimal(capacity))
        company.go(timedelta(seconds=1))
        assert {order for order in (old_normal, high, critical, young_normal) if owner_of(order)} == owned
    company.capacity(anna, Decimal(6))
    company.go(timedelta(seconds=1))
    assert owner_of(young_normal) == "Anna"
    assert company.audit() == {}


def test_what_a_crash_left_of_a_wave_is_served_by_severity_and_then_by_age(
    company: Company, settings: Settings
) -> None:
    anna = company.manager("Anna", capacity=0)
    settings.ROP_LOOK = "tests.stories.failing.look"
    company.now = moment("12:00")
    company.intake(
        ("1-normal", "normal"), ("2-high", "high"), ("3-normal", "normal"), ("4-critical", "critical")
    )
    company.now = moment("12:01")
    company.intake(("5-normal", "normal"), ("6-critical", "critical"))
    settings.ROP_LOOK = "rop.loop.look"

    served: list[str] = []
    # Two for each critical one, one and a half for the high one, one for each of the others.
    for capacity in ("2", "4", "5.5", "6.5", "7.5", "8.5"):
        company.capacity(anna, Decimal(capacity))
        company.go(timedelta(seconds=1))
        owned = Order.objects.filter(assigned_manager__isnull=False).values_list("external_id", flat=True)
        served += sorted(set(owned) - set(served))

    assert served == ["4-critical", "6-critical", "2-high", "1-normal", "3-normal", "5-normal"]
    assert company.audit() == {}


def test_age_is_counted_from_the_intake_also_for_an_order_that_was_given_back(company: Company) -> None:
    anna = company.manager("Anna", capacity=1)
    elder = company.order("elder")
    company.accept(elder)
    company.now = moment("12:05")
    younger = company.order("younger")
    company.capacity(anna, 0)
    company.now = moment("12:10")
    company.return_to_queue(elder)

    company.manager("Boris", capacity=1)
    company.go(timedelta(seconds=1))

    assert [owner_of(elder), owner_of(younger)] == ["Boris", ""]


def test_a_heavy_order_at_the_head_does_not_keep_lighter_ones_from_a_place(company: Company) -> None:
    anna = company.manager("Anna", capacity=0)
    critical = company.order("critical", severity="critical")
    normal = company.order("normal")

    company.capacity(anna, 1)
    company.go(timedelta(seconds=1))

    assert [owner_of(critical), owner_of(normal)] == ["", "Anna"]


def test_a_wave_larger_than_the_places_leaves_the_most_urgent_owned(company: Company) -> None:
    company.manager("Anna", capacity=150)

    company.receive(*(f"N-{number}" for number in range(200)))
    assert Order.objects.filter(assigned_manager__isnull=True).count() == 50

    # The eldest first: those who wait came last.
    waiting = Order.objects.filter(assigned_manager__isnull=True).values_list("pk", flat=True)
    owned = Order.objects.filter(assigned_manager__isnull=False).values_list("pk", flat=True)
    assert max(owned) < min(waiting)


def test_a_manager_with_a_cap_of_offers_gets_no_more_until_some_are_accepted(company: Company) -> None:
    company.manager("Anna", offers_cap=1)
    first, second = company.receive("A-1", "A-2")
    assert [owner_of(first), owner_of(second)] == ["Anna", ""]

    company.accept(first)
    company.go(timedelta(seconds=1))

    assert owner_of(second) == "Anna"


def test_somebody_whom_telegram_does_not_reach_gets_nothing_unless_they_work_without_it(
    company: Company,
) -> None:
    anna = company.manager("Anna", linked=False)
    order = company.order()
    assert owner_of(order) == ""

    anna.works_without_telegram = True
    anna.save(update_fields=["works_without_telegram"])
    company.go(timedelta(seconds=1))

    assert owner_of(order) == "Anna"
