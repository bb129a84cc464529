"""What the cards of escalations are made of, read for many orders in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import assignment.selectors
import core.selectors
import sla.selectors
from assignment.models import Assignment
from assignment.selectors import Standing
from core.models import User
from orders.models import Order
from rop.models import LIVE, Escalation
from rop.selectors import ProposalRow, SnoozeRow, proposals_of, snooze_of
from sla.models import Clock
from sla.policies.clocks import MatrixFacts
from telegram_bot.cards.escalation.subjects import Subject, subjects_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """By order, but `due_at` and `subjects` by clock, `standings` and `names` by person.

    `escalations`: all of an order, the oldest first; `rounds`: the present assignments.
    """

    orders: Mapping[int, Order]
    escalations: Mapping[int, Sequence[Escalation]]
    snoozes: Mapping[int, SnoozeRow]
    proposals: Mapping[int, ProposalRow]
    rounds: Mapping[int, Assignment]
    due_at: Mapping[int, datetime]
    subjects: Mapping[int, Subject]
    standings: Mapping[int, Standing]
    names: Mapping[int, str]
    matrix: MatrixFacts
    zone: str

    def live(self, order_id: int) -> list[Escalation]:
        return [found for found in self.escalations.get(order_id, []) if found.state in LIVE]


def gather(order_ids: Iterable[int], *, now: datetime) -> Gathered:
    """A fixed number of queries. Raises sla.selectors.NoMatrix."""
    ids = set(order_ids)
    orders = Order.objects.select_related("assigned_manager", "next_action_user").in_bulk(ids)
    escalations: dict[int, list[Escalation]] = {}
    for found in Escalation.objects.filter(order_id__in=ids).order_by("pk"):
        escalations.setdefault(found.order_id, []).append(found)
    snoozes, proposals = snooze_of(ids), proposals_of(ids)
    rounds = {a.order_id: a for a in Assignment.objects.filter(order_id__in=ids, ended_at__isnull=True)}
    clock_ids = [e.clock_id for found in escalations.values() for e in found if e.clock_id is not None]
    clocks = list(Clock.objects.filter(pk__in=clock_ids))
    return Gathered(
        orders=orders,
        escalations=escalations,
        snoozes=snoozes,
        proposals=proposals,
        rounds=rounds,
        due_at={clock.pk: clock.due_at for clock in clocks},
        subjects=subjects_of(clocks),
        standings={standing.user_id: standing for standing in assignment.selectors.standings(now=now)},
        names=_names(_people(escalations, snoozes, proposals, rounds)),
        matrix=sla.selectors.matrix(sla.selectors.matrix_version_in_force()),
        zone=_zone(),
    )


def _people(
    escalations: Mapping[int, Sequence[Escalation]],
    snoozes: Mapping[int, SnoozeRow],
    proposals: Mapping[int, ProposalRow],
    rounds: Mapping[int, Assignment],
) -> set[Any]:
    answered = [e for found in escalations.values() for e in found]
    return {
        *(e.acknowledged_by_id for e in answered),
        *(e.resolved_by_id for e in answered),
        *(snooze.by_id for snooze in snoozes.values()),
        *(proposal.to_user_id for proposal in proposals.values()),
        *(held.by_id for held in rounds.values()),
    } - {None}


def _names(user_ids: set[Any]) -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids)}


def _zone() -> str:
    """The zone that quiet hours are counted in."""
    version = core.selectors.calendar_versions_in_force().get("default")
    if version is None:
        raise core.selectors.NoCalendar
    return core.selectors.calendar("default", version).time_zone
