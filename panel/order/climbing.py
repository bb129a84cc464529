"""What is escalated of an order: why, how far it climbed, who is told next, and what may be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

import sla.selectors
from core.models import User
from core.selectors import NamesOf
from orders.models import Order
from orders.selectors.kinds import Kinds
from orders.statuses import Step, Whose
from orders.words import missing_said
from panel import words
from panel.people import Load
from panel.words import Tone
from rop.models import Escalation, EscalationState, Proposal, Snooze
from rop.selectors import (
    EscalationRow,
    ProposalRow,
    SnoozeRow,
    cause_of,
    escalation_counts,
    open_escalations,
    proposals_of,
    snooze_of,
)
from rop.services import next_morning
from rop.words import SNOOZED_BECAUSE, word
from sla.models import Action, Clock, Whom
from sla.policies.ladder import LEVELS, Cause, Rung

PERMISSION = "rop.escalate"

KINDS = (Escalation, Snooze, Proposal)

ICONS = {
    Whom.OWNER: "person",
    Whom.LEAD: "supervisor_account",
    Whom.DUTY: "shield_person",
    Whom.GROUP: "groups",
}


@dataclass(frozen=True, slots=True)
class Stair:
    """A rung as it concerns this escalation. `at`: when it was told last, or will be told first; None: unknown."""

    whom: str
    what: str
    icon: str
    level: int
    times: int
    at: datetime | None

    @property
    def was_told(self) -> bool:
        return self.times > 0


@dataclass(frozen=True, slots=True)
class Climb:
    """One thing that is escalated, as the page shows it."""

    id: int
    title: str
    since: datetime
    tone: Tone
    step: str
    whose: str
    missing: Sequence[str]
    stairs: Sequence[Stair]
    taken_by: str
    taken_until: datetime | None
    untold_since: datetime | None
    times_told: int


@dataclass(frozen=True, slots=True)
class Silence:
    """The order is snoozed."""

    until: datetime
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What AI-РОП would do and may not do by itself."""

    id: int
    from_name: str
    to_name: str
    load: Load | None
    why: str
    since: datetime


def context(order: Order, kinds: Kinds, user: User, *, now: datetime, names_of: NamesOf) -> dict[str, Any]:
    """What the page shows of it. A fixed number of queries; none for `kinds` of which there is nothing."""
    rows = open_escalations([order.pk]).get(order.pk, []) if Escalation in kinds else []
    silence = snooze_of([order.pk]).get(order.pk) if Snooze in kinds else None
    proposal = proposals_of([order.pk]).get(order.pk) if Proposal in kinds else None
    names = names_of(_people(rows, silence, proposal))
    is_open, may = order.closed_at is None, user.has_perm(PERMISSION)
    own = order.assigned_manager_id == user.pk and user.has_perm("orders.act_on_own")
    return {
        "climbs": _climbs(order, rows, names, now=now),
        "silence": _silence(silence, names) if silence else None,
        "proposed": _proposed(proposal, names) if proposal else None,
        "newest_seen": max((row.id for row in rows), default=""),
        "is_taken": bool(rows) and all(row.state == EscalationState.ACKNOWLEDGED for row in rows),
        "escalated_again": escalation_counts([order.pk]).get(order.pk, 0) if Escalation in kinds else 0,
        "may_escalate": is_open and may,
        "may_acknowledge": is_open and (may or own),
        "morning": next_morning(now),
    }


def _people(
    rows: Sequence[EscalationRow], silence: SnoozeRow | None, proposal: ProposalRow | None
) -> list[int]:
    found = [row.acknowledged_by_id for row in rows] + [row.because.get("user") for row in rows]
    if silence is not None:
        found.append(silence.by_id)
    if proposal is not None:
        found += [proposal.from_user_id, proposal.to_user_id]
    return [user_id for user_id in found if user_id is not None]


def _climbs(
    order: Order, rows: Sequence[EscalationRow], names: Mapping[int, str], *, now: datetime
) -> list[Climb]:
    if not rows:
        return []
    found = Escalation.objects.in_bulk([row.id for row in rows])
    dues = dict(
        Clock.objects.filter(pk__in=[e.clock_id for e in found.values() if e.clock_id]).values_list(
            "pk", "due_at"
        )
    )
    ladder = sla.selectors.matrix(sla.selectors.matrix_version_in_force())
    climbs = []
    for row in rows:
        escalation = found[row.id]
        cause = cause_of(escalation, order, due_at=dues.get(escalation.clock_id or 0), stuck=ladder.stuck)
        rungs = ladder.rungs_for(trigger=row.trigger, stage=order.status, severity=order.severity)
        climbs.append(_climb(row, names, _stairs(escalation.fired, rungs, cause), now=now))
    return climbs


def _stairs(fired: Mapping[str, Any], rungs: Sequence[Rung], cause: Cause | None) -> list[Stair]:
    """The rungs from the bottom up; those told under an earlier version of the ladder stay as they were told."""
    stairs = {
        rung.key: _stair(rung.whom, rung.action, cause.moment(rung) if cause else None) for rung in rungs
    }
    for key, (times, at) in fired.items():
        whom, action, *_moment = key.split(":")
        stairs[key] = _stair(whom, action, datetime.fromisoformat(at), times=times)
    far = datetime.max.replace(tzinfo=timezone.get_default_timezone())
    return _together(
        sorted(stairs.values(), key=lambda stair: (not stair.was_told, stair.at or far, stair.level))
    )


def _together(stairs: Sequence[Stair]) -> list[Stair]:
    """What one is told at one moment is one stair."""
    found: list[Stair] = []
    for stair in stairs:
        last = found[-1] if found else None
        if last and (last.level, last.times, last.at) == (stair.level, stair.times, stair.at):
            found[-1] = replace(last, what=f"{last.what}, {stair.what}")
        else:
            found.append(stair)
    return found


def _stair(whom: str, action: str, at: datetime | None, *, times: int = 0) -> Stair:
    return Stair(
        whom=str(Whom(whom).label),
        what=str(Action(action).label),
        icon=ICONS[Whom(whom)],
        level=LEVELS[whom],
        times=times,
        at=at,
    )


def _climb(row: EscalationRow, names: Mapping[int, str], stairs: Sequence[Stair], *, now: datetime) -> Climb:
    because, user_id = row.because, row.because.get("user")
    code = because.get("step", "")
    taken = row.state == EscalationState.ACKNOWLEDGED and row.acknowledged_by_id is not None
    whose = because.get("whose", "")
    return Climb(
        id=row.id,
        title=words.about(row.trigger),
        since=row.opened_at,
        tone=Tone.SOON if taken else Tone.LATE,
        step=str(Step(code).label) if code in Step.values else "",
        whose=names.get(user_id or 0, "") or (str(Whose(whose).label) if whose in Whose.values else ""),
        missing=missing_said(because.get("missing", [])),
        stairs=stairs,
        taken_by=names.get(row.acknowledged_by_id or 0, "") if taken else "",
        taken_until=row.acknowledged_until if taken else None,
        untold_since=row.untold_since,
        times_told=row.times_told,
    )


def _silence(row: SnoozeRow, names: Mapping[int, str]) -> Silence:
    return Silence(row.until, word(row.why, SNOOZED_BECAUSE), names.get(row.by_id, ""))


def _proposed(row: ProposalRow, names: Mapping[int, str]) -> Proposed:
    return Proposed(
        id=row.id,
        from_name=names.get(row.from_user_id, ""),
        to_name=names.get(row.to_user_id, ""),
        load=load_of(row.because),
        why=words.about(str(row.because.get("trigger", ""))),
        since=row.created_at,
    )


def load_of(because: Mapping[str, Any]) -> Load | None:
    """How full the proposed manager was."""
    if because.get("load") is None or because.get("capacity") is None:
        return None
    return Load(float(because["load"]), float(because["capacity"]))
