"""Away or back by one press: what it means for absences and shifts, in one unit of work."""

from datetime import datetime, timedelta

from assignment.models import Absence, Shift
from assignment.selectors import absences_at
from assignment.services.managers import absence_add, absence_end, shift_end_now, shift_start_now
from core.actors import Actor
from core.work import unit_of_work

AWAY_FOR = timedelta(hours=12)
"""How long somebody who left is away, until somebody says otherwise."""


def manager_leave(*, manager_id: int, actor: Actor, now: datetime) -> Absence:
    """Absent from now on, and off shift. Raises gate.NotAllowed, ShiftRefused."""
    with unit_of_work(now):
        absence = absence_add(
            manager_id=manager_id, starts_at=now, ends_at=now + AWAY_FOR, actor=actor, now=now
        )
        shift_end_now(manager_id=manager_id, actor=actor, now=now)
    return absence


def manager_return(*, manager_id: int, actor: Actor, now: datetime) -> Shift:
    """Here and at work: an absence that runs ends, a shift begins. Raises gate.NotAllowed."""
    with unit_of_work(now):
        for absence in absences_at(now).filter(manager_id=manager_id):
            absence_end(absence_id=absence.pk, actor=actor, now=now)
        return shift_start_now(manager_id=manager_id, actor=actor, now=now)
