from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db import connection

from core import bulk
from sla.models import Clock, Matrix, Rung
from sla.policies import ladder
from sla.policies.clocks import ClockFacts, MatrixFacts, RuleFacts
from sla.policies.ladder import DEFAULT_LADDER, Quiet, default_stuck


class NoMatrix(RuntimeError):
    """No matrix has been published: nothing can be given a deadline."""


def matrix_version_in_force() -> int:
    """The newest published version. Raises NoMatrix."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM sla_matrix WHERE published_at IS NOT NULL")
        version = cursor.fetchone()[0]
    if version is None:
        raise NoMatrix
    return int(version)


@lru_cache(maxsize=32)
def matrix(version: int) -> MatrixFacts:
    """A published version as a value. Published versions never change, so each process reads one once.

    One without a rung, or without a threshold for a stage, has the default ones.
    """
    row = Matrix.objects.get(version=version, published_at__isnull=False)
    return MatrixFacts(
        version=version,
        rules={
            (rule.kind, rule.stage, rule.severity): RuleFacts(
                rule.target_seconds, rule.mode, tuple(rule.warn_at)
            )
            for rule in row.rules.all()
        },
        rungs=tuple(rung_of(rung) for rung in row.rungs.all()) or DEFAULT_LADDER,
        stuck={**default_stuck(), **{(r.stage, r.level): r.after_seconds for r in row.stuck_rules.all()}},
        quiet=Quiet(row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None,
    )


def rung_of(row: Rung) -> ladder.Rung:
    return ladder.Rung(
        trigger=row.trigger,
        whom=row.whom,
        action=row.action,
        share=row.share,
        after_seconds=row.after_seconds,
        stage=row.stage,
        severity=row.severity,
        repeat_seconds=row.repeat_seconds,
        at_most=row.at_most,
    )


def running_clocks(order_ids: Iterable[int]) -> dict[int, list[ClockFacts]]:
    """The running clocks of these orders and of what hangs on them, by order. One query."""
    clocks: dict[int, list[ClockFacts]] = {}
    which = "WHERE order_id = ANY(%s) AND state IN ('running', 'paused') ORDER BY id"
    for clock in bulk.read_rows(Clock, which, [list(order_ids)]):
        clocks.setdefault(clock.order_id or 0, []).append(facts_of(clock))
    return clocks


def clocks_of(order_id: int) -> list[Clock]:
    """All clocks of the order and of what hangs on it, first to last. One query."""
    return bulk.read_rows(Clock, "WHERE order_id = %s ORDER BY id", [order_id])


def facts_of(clock: Clock) -> ClockFacts:
    return ClockFacts(
        id=clock.pk,
        kind=clock.kind,
        subject_type=clock.subject_type,
        subject_id=clock.subject_id,
        generation=clock.generation,
        severity=clock.severity,
        started_at=clock.started_at,
        due_at=clock.due_at,
        warnings=_moments(clock.warnings),
        warned=clock.warned,
        breached_at=clock.breached_at,
        rung_moments=_moments(clock.rung_moments),
    )


def _moments(kept: list[tuple[int, str]]) -> tuple[tuple[int, datetime], ...]:
    return tuple((int(share), datetime.fromisoformat(at)) for share, at in kept)
