"""What beat ticks. Thin: the clock is read here and the loop does the rest."""

from datetime import timedelta

from celery import shared_task

from assignment.services import weekly_shifts_lay_out
from core import clock, heartbeats
from core.services.housekeeping import forget_old
from orders.evidence_files import forget_orphans
from orders.services import approvals_expire_closed
from rop import loop
from rop.audit import audit as run_audit
from rop.services import audits_forget

AUDIT_EVERY = timedelta(seconds=25)


@shared_task(name="rop.tasks.sweep")
def sweep() -> int:
    """All that is due. Ten beats or no beat do no harm: each sweep takes what is due and nothing twice."""
    return loop.sweep(clock.now())


@shared_task(name="rop.tasks.audit")
def audit() -> int:
    """Recompute the invariants from raw facts, unless somebody just has; the number of broken rows.

    Ticks more often than it audits: after an outage the auditor must not keep the health red until its next turn.
    """
    now = clock.now()
    age = heartbeats.ages(now=now)["auditor"]
    if age is not None and age < AUDIT_EVERY:
        return 0
    return run_audit(now=now).total


@shared_task(name="rop.tasks.housekeeping")
def housekeeping() -> int:
    """Lay out the shifts ahead, forget what has had its time, end what nobody decided about closed orders."""
    now = clock.now()
    laid_out = weekly_shifts_lay_out(now=now)
    forget_old(now=now)
    audits_forget(now=now)
    forget_orphans(now=now)
    approvals_expire_closed(now=now)
    return laid_out
