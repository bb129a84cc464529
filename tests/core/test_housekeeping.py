"""What was promised to be kept only so long is forgotten."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from core import clock
from rop import tasks
from rop.models import Audit
from tests.factories import AuditFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_sessions_that_are_over_are_cleared_away() -> None:
    now = clock.now()
    for key, ends_at in (("over", now - DAY), ("lasting", now + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends_at)

    tasks.housekeeping()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["lasting"]


def test_audits_that_found_nothing_are_kept_for_a_week_and_others_for_good() -> None:
    now = clock.now()
    for age, total in ((8, 0), (8, 2), (6, 0)):
        AuditFactory(at=now - age * DAY, total=total)

    tasks.housekeeping()

    kept = Audit.objects.order_by("pk").values_list("at", "total")
    assert list(kept) == [(now - 8 * DAY, 2), (now - 6 * DAY, 0)]
