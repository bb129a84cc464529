"""What beat ticks. Thin: the clock is read here and the loop does the rest."""

from celery import shared_task

from assignment.services import weekly_shifts_lay_out
from core import clock
from core.services.housekeeping import forget_old
from rop import loop
from rop.audit import audit as run_audit


@shared_task(name="rop.tasks.sweep")
def sweep() -> int:
    """All that is due. Ten beats or no beat do no harm: each sweep takes what is due and nothing twice."""
    return loop.sweep(clock.now())


@shared_task(name="rop.tasks.audit")
def audit() -> int:
    """Recompute the invariants from raw facts; the number of broken rows."""
    return run_audit(now=clock.now()).total


@shared_task(name="rop.tasks.housekeeping")
def housekeeping() -> int:
    """Lay out the shifts ahead, forget what has had its time."""
    now = clock.now()
    laid_out = weekly_shifts_lay_out(now=now)
    forget_old(now=now)
    return laid_out
