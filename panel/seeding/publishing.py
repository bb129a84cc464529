"""Puts the first rules in force. What a lead has published since is left alone."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from assignment.models import WeightTable
from assignment.services import weights_publish
from core import actors
from core.actors import Actor, Door
from core.models import Calendar
from core.services.calendars import calendar_publish
from panel.seeding import policies
from sla.models import Matrix, Rule
from sla.services import ladder_copy, matrix_publish

MAY = frozenset({"core.change_calendar", "sla.change_matrix", "assignment.add_weighttable"})


def rules_publish(*, since: datetime) -> list[str]:
    """The calendar, the matrix and the weights, each unless one is in force already. Returns what was missing.

    `since` is the moment from which they are in force.
    """
    made = []
    if not Calendar.objects.filter(code=policies.CALENDAR_CODE, published_at__isnull=False).exists():
        _publish_calendar(since)
        made.append("calendar")
    if not Matrix.objects.filter(published_at__isnull=False).exists():
        _publish_matrix(since)
        made.append("matrix")
    if not WeightTable.objects.exists():
        _publish_weights(since)
        made.append("weights")
    return made


def _publish_calendar(since: datetime) -> None:
    newest = Calendar.objects.filter(code=policies.CALENDAR_CODE).first()
    calendar = Calendar.objects.create(
        code=policies.CALENDAR_CODE,
        version=newest.version + 1 if newest else 1,
        title=_("Hours of the sales department"),
        time_zone=policies.TIME_ZONE,
        hours=policies.CALENDAR_HOURS,
    )
    calendar_publish(calendar_id=calendar.pk, actor=_installer(), now=since)


def _publish_matrix(since: datetime) -> None:
    newest = Matrix.objects.first()
    matrix = Matrix.objects.create(version=newest.version + 1 if newest else 1, title=_("The first targets"))
    Rule.objects.bulk_create(
        Rule(
            matrix=matrix,
            kind=target.kind,
            stage=target.stage,
            severity=severity,
            mode=target.mode,
            target_seconds=seconds,
            warn_at=list(policies.WARN_AT),
        )
        for target in policies.TARGETS
        for severity, seconds in target.by_severity().items()
    )
    ladder_copy(None, matrix)
    matrix_publish(matrix_id=matrix.pk, actor=_installer(), now=since)


def _publish_weights(since: datetime) -> None:
    weights_publish(
        stages={stage: Decimal(weight) for stage, weight in policies.STAGE_WEIGHTS.items()},
        severities={severity: Decimal(weight) for severity, weight in policies.SEVERITY_WEIGHTS.items()},
        actor=_installer(),
        now=since,
    )


def _installer() -> Actor:
    """The installation itself: the first rules are there before anybody who could publish them."""
    return replace(actors.rop(door=Door.SHELL), permissions=MAY)
