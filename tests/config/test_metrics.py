"""Figures for Prometheus: of the whole installation, whatever process answers, and however much there is."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from core import clock, heartbeats
from core.heartbeats import REQUIRED
from tests.factories import AuditFactory, MessageFactory, OrderFactory, QuarantineFactory


def figures(client: Client) -> dict[str, float]:
    """Ours, as `name` or `name/label`."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
        if sample.name.startswith("rop_")
    }


@pytest.mark.django_db
def test_they_say_how_late_the_loop_is_and_what_waits(client: Client) -> None:
    now = clock.now()
    for owned in (True, True, False):
        OrderFactory(owned=owned, wake_at=now - timedelta(seconds=40))
    OrderFactory(owned=True, wake_at=now + timedelta(hours=1))
    for status in ("queued", "queued", "failed"):
        MessageFactory(status=status)
    MessageFactory(status="sent", sent_at=now, ended_at=now)
    MessageFactory(status="dead", ended_at=now)
    MessageFactory(status="dead", ended_at=now, acted_at=now)
    QuarantineFactory()
    AuditFactory(at=now - timedelta(seconds=20), total=3)
    heartbeats.beat("loop", now=now - timedelta(seconds=5))

    seen = figures(client)

    assert 40 <= seen["rop_loop_lag_seconds"] < 50
    assert 20 <= seen["rop_audit_age_seconds"] < 30
    assert 5 <= seen["rop_heartbeat_age_seconds/loop"] < 15
    assert seen["rop_heartbeat_age_seconds/bot"] == float("inf")
    counted = {name: value for name, value in seen.items() if not name.split("/")[0].endswith("_seconds")}
    assert counted == {
        "rop_database_up": 1,
        "rop_orders_due": 3,
        "rop_orders_waiting": 1,
        "rop_orders_quarantined": 1,
        "rop_messages/queued": 2,
        "rop_messages/failed": 1,
        "rop_messages/sending": 0,
        "rop_messages/dead": 1,
        "rop_audit_broken": 3,
    }
    assert {f"rop_heartbeat_age_seconds/{part}" for part in REQUIRED} <= seen.keys()


@pytest.mark.django_db
def test_every_count_ends_somewhere(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        figures(client)

    counting = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert len(counting) == 7
    assert all("LIMIT 10000" in statement for statement in counting)
    assert not any("ORDER BY" in statement for statement in counting)


@pytest.mark.django_db
def test_what_web_measures_itself_is_there_too(client: Client) -> None:
    client.get("/health/live")

    assert b"django_http_requests_total_by_view_transport_method" in client.get("/metrics").content


@pytest.mark.django_db(transaction=True)
def test_without_a_database_they_say_so(client: Client) -> None:
    default = connections["default"]
    default.close()
    port = default.settings_dict["PORT"]
    default.settings_dict["PORT"] = 9
    try:
        assert figures(client) == {"rop_database_up": 0}
    finally:
        default.close()
        default.settings_dict["PORT"] = port
