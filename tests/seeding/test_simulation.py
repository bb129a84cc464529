"""The simulation itself: the same seed makes the same past, all of it or nothing."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest
from django.db import transaction

from assignment.models import Assignment, Manager
from core.models import Message
from orders.models import ClientDecision, Evidence, Note, Order, Payment, StatusEvent
from panel.seeding.installing import install
from panel.simulation.arrivals import arrivals
from panel.simulation.catalogue import ORDERS_BY_HOUR
from panel.simulation.photos import photo, video
from panel.simulation.running import NobodyWorked, Scenario, simulate
from rop.audit import audit

NOW = datetime(2026, 3, 4, 20, 37, tzinfo=UTC)


@pytest.fixture
def company(db: None, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)


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
    photos = Evidence.objects.order_by("order__external_id", "at", "name").values_list(
        "order__external_id", "name", "sha256", "at"
    )
    said = ClientDecision.objects.order_by("order__external_id", "at").values_list(
        "order__external_id", "decision", "until", "at"
    )
    paid = Payment.objects.order_by("order__external_id", "at", "amount").values_list(
        "order__external_id", "amount", "document", "at"
    )
    return [*events, *rounds, *goods, *notes, *messages, *photos, *said, *paid]


def past_of(seed: int) -> list[tuple[Any, ...]]:
    """What happens with this seed; afterwards it has not happened."""
    with transaction.atomic():
        simulate(Scenario(days=0.25, orders_per_day=80, seed=seed), until=NOW)
        happened = history()
        transaction.set_rollback(True)
    return happened


def test_the_same_seed_makes_the_same_past(company: None) -> None:
    assert past_of(7) == past_of(7)
    assert past_of(7) != past_of(8)


def test_a_simulation_that_fails_leaves_nothing_behind(company: None) -> None:
    class PowerCut(Exception):
        pass

    def half_way(share: float, moment: str) -> None:
        if share > 0.5:
            raise PowerCut

    with pytest.raises(PowerCut):
        simulate(Scenario(days=0.3, orders_per_day=60, seed=7), until=NOW, progress=half_way)

    assert not Order.objects.exists()
    assert not Message.objects.exists()
    assert not Assignment.objects.exists()


def test_a_company_without_managers_has_waiting_orders_and_no_accident(db: None, tmp_path: Path) -> None:
    install(file=tmp_path / "seed.json", demo=timedelta(days=2), now=NOW)
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


def test_where_nobody_has_worked_for_so_long_no_history_is_told(db: None, tmp_path: Path) -> None:
    """An installation of today, in which every order would have waited for three weeks."""
    install(file=tmp_path / "seed.json", demo=None, now=NOW)
    with pytest.raises(NobodyWorked, match="make demo"):
        simulate(Scenario(days=21, orders_per_day=120, seed=7), until=NOW)
    assert not Order.objects.exists()


def test_what_is_drawn_is_what_a_telephone_sends_and_no_two_are_alike() -> None:
    luck = Random(7)
    drawn = [draw(luck, f"1.{ending}") for draw, ending in ((photo, "jpg"), (video, "mp4")) for _ in range(2)]
    facts = [file.examined for file in drawn if file.examined is not None]
    assert [one.kind for one in facts] == ["photo", "photo", "video", "video"]
    assert len({one.sha256 for one in facts}) == 4
    # Decoded by another hand: two seconds, four pictures in each.
    with av.open(BytesIO(drawn[-1].content)) as shown:
        assert len(list(shown.decode(video=0))) == 8
        assert shown.duration == 2 * av.time_base
