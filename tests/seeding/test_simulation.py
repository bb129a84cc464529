"""A past that was lived through: real services, the real loop, a simulated clock; the same seed, the same past."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from assignment.models import Assignment, Manager
from core.models import ApiKey, Entry, Message
from orders.models import Note, Order, StatusEvent, Task
from panel.seeding.installing import install
from panel.simulation.arrivals import arrivals
from panel.simulation.catalogue import ORDERS_BY_HOUR
from panel.simulation.running import NotEmpty, Scenario, simulate
from rop.audit import audit
from rop.replaying import decisions, replay
from sla.models import Clock, Violation

NOW = datetime(2026, 3, 4, 20, 37, tzinfo=UTC)
A_DAY = Scenario(days=1.0, orders_per_day=60, seed=7)
START = NOW - timedelta(days=1)


@pytest.fixture
def company(db: None, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=True, now=NOW)


@pytest.fixture
def past(company: None) -> None:
    simulate(A_DAY, until=NOW)


def test_orders_have_come_in_and_people_have_behaved_as_people_do(past: None) -> None:
    assert 30 < Order.objects.count() < 100
    ended = Counter(Assignment.objects.values_list("state", flat=True))
    assert ended["accepted"] > 20
    assert ended["silent"] > 0
    assert ended["closed"] > 0
    assert Order.objects.filter(status="cancelled").exclude(cancel_reason="").exists()
    assert Message.objects.filter(template="sla_reminder").exists()
    assert Note.objects.exists()
    assert Task.objects.exists()
    routes = set(StatusEvent.objects.values_list("route", flat=True))
    assert {"intake", "accept", "cancel"} <= routes


def test_no_message_is_left_for_the_sender(past: None) -> None:
    assert Message.objects.count() > 0
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert not Message.objects.filter(sent_at__isnull=True).exists()


def test_it_breaks_no_invariant(past: None) -> None:
    assert {name: count for name, count in audit(now=NOW).counts.items() if count} == {}


def test_everything_happened_between_its_beginning_and_now(past: None) -> None:
    lived = [
        *Order.objects.values_list("created_at", flat=True),
        *StatusEvent.objects.values_list("at", flat=True),
        *Entry.objects.filter(order_id__isnull=False).values_list("at", flat=True),
        *Assignment.objects.values_list("assigned_at", flat=True),
        *Clock.objects.values_list("started_at", flat=True),
        *Violation.objects.values_list("breached_at", flat=True),
        *Message.objects.values_list("created_at", flat=True),
        *Note.objects.values_list("at", flat=True),
    ]
    assert min(lived) >= START
    assert max(lived) <= NOW
    assert not Order.objects.filter(closed_at__isnull=True, wake_at__lte=NOW).exists()


def test_history_is_in_order(past: None) -> None:
    for order in Order.objects.all():
        moments = list(order.status_events.order_by("sequence").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[0] == order.created_at


def test_people_act_through_their_own_door_and_ai_rop_through_its_own(past: None) -> None:
    doors = set(StatusEvent.objects.values_list("actor_kind", "door"))
    assert doors == {("agent", "simulation"), ("person", "simulation")}
    intake = ApiKey.objects.get(name="intake")
    assert set(StatusEvent.objects.filter(route="intake").values_list("actor_id", flat=True)) == {intake.pk}
    managers = set(Manager.objects.values_list("user_id", flat=True))
    accepted_by = set(StatusEvent.objects.filter(route="accept").values_list("actor_id", flat=True))
    assert accepted_by <= managers
    assert set(Entry.objects.filter(kind="decision.plan").values_list("actor_kind", "door")) == {
        ("rop", "loop")
    }


def test_every_decision_can_be_replayed(past: None) -> None:
    found = list(decisions())
    assert len(found) > 100
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []


def history() -> list[tuple[Any, ...]]:
    """All that happened, by names instead of ids."""
    events = StatusEvent.objects.order_by("order__external_id", "sequence").values_list(
        "order__external_id", "sequence", "route", "reason", "at"
    )
    rounds = Assignment.objects.order_by("order__external_id", "round").values_list(
        "order__external_id", "round", "manager__username", "state", "assigned_at", "ended_at"
    )
    goods = Order.objects.order_by("external_id").values_list(
        "external_id", "client_name", "item", "price", "severity", "seller_name", "cancel_reason"
    )
    notes = Note.objects.order_by("order__external_id", "at").values_list("order__external_id", "text", "at")
    messages = Message.objects.order_by("created_at", "template", "person__username").values_list(
        "created_at", "template", "person__username"
    )
    return [*events, *rounds, *goods, *notes, *messages]


def past_of(seed: int) -> list[tuple[Any, ...]]:
    """What happens with this seed; afterwards it has not happened."""
    with transaction.atomic():
        simulate(Scenario(days=0.5, orders_per_day=60, seed=seed), until=NOW)
        happened = history()
        transaction.set_rollback(True)
    return happened


def test_the_same_seed_makes_the_same_past(company: None) -> None:
    assert past_of(7) == past_of(7)
    assert past_of(7) != past_of(8)


def test_a_past_is_not_mixed_into_real_orders(past: None) -> None:
    with pytest.raises(NotEmpty):
        simulate(A_DAY, until=NOW)
    with pytest.raises(CommandError):
        call_command("simulate", days=1.0, verbosity=0)


def test_a_simulation_that_fails_leaves_nothing_behind(company: None) -> None:
    class PowerCut(Exception):
        pass

    def half_way(share: float, moment: str) -> None:
        if share > 0.5:
            raise PowerCut

    with pytest.raises(PowerCut):
        simulate(A_DAY, until=NOW, progress=half_way)

    assert not Order.objects.exists()
    assert not Message.objects.exists()
    assert not Assignment.objects.exists()


def test_a_company_without_managers_has_waiting_orders_and_no_accident(db: None, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=True, now=NOW)
    Manager.objects.update(active=False)

    simulate(Scenario(days=0.2, orders_per_day=50, seed=1), until=NOW)

    assert Order.objects.exists()
    assert not Order.objects.filter(assigned_manager__isnull=False).exists()
    assert {name: count for name, count in audit(now=NOW).counts.items() if count} == {}


def test_orders_come_by_the_hours_of_the_day() -> None:
    zone = ZoneInfo("Europe/Moscow")
    start = datetime(2026, 3, 2, tzinfo=zone)
    found = arrivals(start=start, end=start + timedelta(days=50), per_day=120, seed=3, zone=zone)

    # 6 000 expected; three standard deviations are about 230.
    assert 5770 < len(found) < 6230
    by_hour = Counter(arrival.at.astimezone(zone).hour for arrival in found)
    for hour, share in enumerate(ORDERS_BY_HOUR):
        expected = 6000 * share / sum(ORDERS_BY_HOUR)
        assert abs(by_hour[hour] - expected) < 4 * expected**0.5 + 1
    severities = Counter(arrival.order.severity for arrival in found)
    assert severities["normal"] > 4 * severities["high"] > 4 * severities["critical"] > 0
    assert len({arrival.order.external_id for arrival in found}) == len(found)
    assert all(arrival.order.ordered_at and arrival.order.ordered_at <= arrival.at for arrival in found)
