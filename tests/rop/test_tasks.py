"""What beat ticks."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.models import Heartbeat
from rop import tasks
from rop.models import Audit

pytestmark = pytest.mark.django_db


def test_audits_at_the_first_tick_after_an_outage_and_not_at_each() -> None:
    start = clock.now()
    for seconds in (0, 5, 10, 24, 25, 30, 300):
        with clock.fixed(start + timedelta(seconds=seconds)):
            tasks.audit()
    assert [seconds_since(start, audit.at) for audit in Audit.objects.order_by("at")] == [0, 25, 300]
    assert Heartbeat.objects.get(name="auditor").at == start + timedelta(seconds=300)


def seconds_since(start: datetime, at: datetime) -> float:
    return (at - start).total_seconds()
