from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from orders.services import wake
from rop.announcing import announce
from rop.models import LIVE, Escalation, EscalationState
from rop.services.refusals import (
    EscalationRefused,
    check_until,
    lock_for_lead,
    lock_for_lead_or_owner,
    said,
)

ACKNOWLEDGED_FOR = timedelta(hours=1)
"""How long an acknowledgement holds unless somebody says otherwise."""


def escalation_acknowledge(
    *,
    order_id: int,
    actor: Actor,
    until: datetime | None = None,
    seen_id: int | None = None,
    now: datetime,
) -> list[Escalation]:
    """Somebody is at it: what is open of this order is not told again until then (an hour on, a day at most).

    Acknowledging anew moves the moment, except for whoever acts on what a message showed (`seen_id`: the newest
    escalation in it). Raises gate.NotAllowed, EscalationRefused, Order.DoesNotExist.
    """
    with work.command("command.acknowledge", actor=actor, now=now, order_id=order_id):
        order = lock_for_lead_or_owner(order_id, actor)
        until = now + ACKNOWLEDGED_FOR if until is None else until
        check_until(until, now=now)
        live = _live(order_id)
        if not live:
            raise EscalationRefused("nothing_to_acknowledge", _("There is nothing to acknowledge any more."))
        if seen_id is not None:
            _check_seen(live, seen_id)
            _check_nobody_at_it(live)

        for escalation in live:
            escalation.state = EscalationState.ACKNOWLEDGED
            escalation.acknowledged_by_id = actor.user_id
            escalation.acknowledged_until = until
            escalation.save(update_fields=["state", "acknowledged_by", "acknowledged_until"])

        _journal("command.acknowledge", order.pk, live, {"until": until.isoformat()}, actor=actor, now=now)
        announce({order.pk: "acknowledged"}, now=now)
        wake([order.pk])
    return live


def escalation_resolve(
    *,
    order_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    escalation_id: int | None = None,
    seen_id: int | None = None,
) -> list[Escalation]:
    """Nothing more is to be told about this one, or about all that is open of the order.

    `seen_id` is the newest that the actor was shown: they don't resolve what came after it. The breach stays and
    the clocks go on: another deadline missed is another escalation.
    Raises gate.NotAllowed, EscalationRefused, Order.DoesNotExist.
    """
    with work.command("command.resolve", actor=actor, now=now, order_id=order_id):
        order = lock_for_lead(order_id, actor)
        reason = said(reason)
        live = [found for found in _live(order_id) if escalation_id in (None, found.pk)]
        if not live:
            raise EscalationRefused("already_resolved", _("There is nothing to resolve any more."))
        if seen_id is not None:
            _check_seen(live, seen_id)

        for escalation in live:
            escalation.state = EscalationState.RESOLVED
            escalation.resolved_by_id = actor.user_id
            escalation.resolved_at = now
            escalation.reason = reason
            escalation.save(update_fields=["state", "resolved_by", "resolved_at", "reason"])

        _journal("command.resolve", order.pk, live, {}, actor=actor, now=now)
        announce({order.pk: "resolved"}, now=now)
        wake([order.pk])
    return live


def _live(order_id: int) -> list[Escalation]:
    """Whoever holds the order's lock holds these too: the look locks the order first."""
    return list(Escalation.objects.filter(order_id=order_id, state__in=LIVE).order_by("pk"))


def _check_seen(live: Sequence[Escalation], seen_id: int) -> None:
    if live[-1].pk > seen_id:
        raise EscalationRefused(
            "stale", _("Something else has happened to this order since. Look again and decide.")
        )


def _check_nobody_at_it(live: Sequence[Escalation]) -> None:
    taken = [found for found in live if found.state == EscalationState.ACKNOWLEDGED]
    if len(taken) == len(live):
        who = taken[-1].acknowledged_by
        raise EscalationRefused("already_acknowledged", _("%(who)s is at it already.") % {"who": who})


def _journal(
    kind: str,
    order_id: int,
    escalations: Sequence[Escalation],
    more: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    inputs = {"escalations": [found.pk for found in escalations], **more}
    journal.write([journal.Record(kind=kind, order_id=order_id, inputs=inputs)], actor=actor, now=now)
