"""`/metrics`: what web measures of its own requests, and how AI-РОП stands, for Prometheus."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core import clock, heartbeats
from core.selectors import messages_undone
from rop.models import Quarantine
from rop.selectors import last_audit, loop_lag_seconds, orders_due, orders_waiting

log = structlog.get_logger(__name__)

COUNTED_TO = 10_000
"""No figure is counted further than this: a scrape costs the same however much there is."""

NEVER = float("inf")
"""The age of what has never been: every alarm about an age goes off."""


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Of the whole installation, whichever process answers. Without the database only what web knows by itself."""
    page: HttpResponse = ExportToDjangoView(request)
    page.content += generate_latest(Standing())
    return page


class Standing(Collector):
    """Read from the database when it is asked for: no process keeps figures that belong to all of them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            figures = list(_figures(clock.now()))
        except Error as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            yield _gauge("rop_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("rop_database_up", "Whether the database answers.", 1)
        yield from figures


def _figures(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield _gauge(
        "rop_loop_lag_seconds", "How late the most overdue look at an order is.", loop_lag_seconds(now=now)
    )
    yield _gauge(
        "rop_orders_due", "Orders to be looked at now, up to 10000.", orders_due(COUNTED_TO, now=now)
    )
    yield _gauge(
        "rop_orders_waiting", "Open orders without an owner, up to 10000.", orders_waiting(COUNTED_TO)
    )
    yield _gauge(
        "rop_orders_quarantined",
        "Orders that could not be looked at, up to 10000.",
        Quarantine.objects.all()[:COUNTED_TO].count(),
    )
    yield _by(
        "rop_messages",
        "Messages that have not ended, and dead ones that nobody has dealt with, up to 10000 each.",
        "state",
        messages_undone(COUNTED_TO),
    )
    run = last_audit()
    yield _gauge("rop_audit_broken", "Records that break an invariant.", run.total if run else 0)
    yield _gauge(
        "rop_audit_age_seconds", "Since the last audit.", (now - run.at).total_seconds() if run else NEVER
    )
    yield _by(
        "rop_heartbeat_age_seconds",
        "Since the part last made progress.",
        "part",
        {
            name: NEVER if age is None else age.total_seconds()
            for name, age in heartbeats.ages(now=now).items()
        },
    )


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _by(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
