"""Orders that were under inspection before there were points have an inspection by the first template."""

from importlib import import_module

import pytest
from django.db import connection

from orders.models import Inspection
from orders.policies.inspection import progress
from orders.selectors.inspections import items_of, point_of
from orders.statuses import Severity, Status
from tests.factories import NOW, OrderFactory

pytestmark = pytest.mark.django_db

migration = import_module("orders.migrations.0010_first_template")


@pytest.mark.parametrize("severity", Severity.values)
def test_it_lacks_what_one_that_begins_now_would_lack(severity: str) -> None:
    order = OrderFactory(owned=True, status=Status.UNDER_INSPECTION, severity=severity)
    for status in (Status.PENDING_MANAGER, Status.AWAITING_PAYMENT):
        OrderFactory(owned=True, status=status)

    with connection.schema_editor() as editor:
        migration.begin_inspections(None, editor)

    begun = Inspection.objects.get()
    points = [point_of(item) for item in items_of(begun.template)]
    missing = progress(points, {}, {}, severity=severity)
    assert (begun.order, begun.number, begun.template.version) == (order, 1, 1)
    assert (begun.started_at, begun.ended_at) == (NOW, None)
    assert begun.points_open == list(missing.points_open)
    assert begun.proof_open == sorted(missing.proof_open)
