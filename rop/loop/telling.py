"""From notices to the outbox: roles become people, keys make telling twice telling once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import core.selectors
from core import actors, journal, outbox
from core.models import Importance
from rop.announcing import ESCALATION, group_thread, lead_thread
from rop.loop.audience import Addressee, Audience
from rop.loop.climbing import EscalationKey
from rop.loop.giving import Given
from rop.models import Escalation
from rop.plan import Notice, OrderFacts, Plan

QUIET = frozenset({"off_shift", "absent", "inactive"})
"""When nobody could be picked only for these reasons, nobody is at work: the inbox says so, no message does."""

OWN_CARD = frozenset({"order_new", "order_card", "order_taken"})
"""Templates that are an order's card with a person."""


@dataclass(slots=True)
class _Card:
    """What one addressee is told of one order's escalations, in one message."""

    notice: Notice
    times: int = 0
    escalations: list[int] = field(default_factory=list)


def tell(
    plans: Sequence[Plan],
    facts: dict[int, OrderFacts],
    given: Given,
    escalation_ids: dict[EscalationKey, int],
    *,
    now: datetime,
) -> None:
    """Post what these plans have to say."""
    messages = [
        _message(plan, notice) for plan in plans for notice in plan.notices if notice.template != ESCALATION
    ]
    messages += _escalations(plans, escalation_ids, now=now)
    messages += _nobody_eligible(plans, given, now=now)
    outbox.post(messages, now=now)


def _message(plan: Plan, notice: Notice) -> outbox.Outgoing:
    person_id = plan.owner_id if notice.to == "owner" else int(notice.to)
    assert person_id is not None
    return outbox.Outgoing(
        template=notice.template,
        importance=Importance(notice.importance),
        dedup_key=f"{notice.key}:{person_id}",
        person_id=person_id,
        order_id=plan.order_id,
        context=notice.context,
        thread=f"order:{plan.order_id}:user:{person_id}" if notice.template in OWN_CARD else "",
        edits=notice.edits,
    )


# ── the ladder ──


def _escalations(
    plans: Sequence[Plan], escalation_ids: dict[EscalationKey, int], *, now: datetime
) -> list[outbox.Outgoing]:
    """One message for each order and addressee, with all that is told of it now."""
    climbing = [(plan, notice) for plan in plans for notice in plan.notices if notice.template == ESCALATION]
    if not climbing:
        return []
    audience = Audience((plan.owner_id for plan, _notice in climbing if plan.owner_id), now=now)
    cards: dict[tuple[int, Addressee], _Card] = {}
    told: dict[int, int] = {}
    untold: dict[int, int] = {}
    for plan, notice in climbing:
        key = (plan.order_id, notice.context["trigger"], notice.context["generation"])
        escalation_id = escalation_ids[key]
        addressees = audience.of(notice.to, owner_id=plan.owner_id)
        (told if addressees else untold)[escalation_id] = plan.order_id
        for addressee in addressees:
            card = cards.setdefault((plan.order_id, addressee), _Card(notice))
            card.times = max(card.times, notice.context["times"])
            if escalation_id not in card.escalations:
                card.escalations.append(escalation_id)
    Escalation.objects.filter(pk__in=told, untold_since__isnull=False).update(untold_since=None)
    _nobody_to_tell({pk: order_id for pk, order_id in untold.items() if pk not in told}, now=now)
    return [_card(order_id, addressee, card) for (order_id, addressee), card in cards.items()]


def _card(order_id: int, addressee: Addressee, card: _Card) -> outbox.Outgoing:
    if addressee.group_id is not None:
        thread = group_thread(order_id, addressee.group_id)
    else:
        thread = lead_thread(order_id, addressee.person_id or 0)
    return outbox.Outgoing(
        template=ESCALATION,
        importance=Importance(card.notice.importance),
        dedup_key=f"{card.notice.key}:{'group' if addressee.group_id is not None else addressee.person_id}",
        person_id=addressee.person_id,
        group_id=addressee.group_id,
        order_id=order_id,
        context={
            "escalations": card.escalations,
            "trigger": card.notice.context["trigger"],
            "times": card.times,
        },
        thread=thread,
    )


def _nobody_to_tell(untold: dict[int, int], *, now: datetime) -> None:
    """Silence is an alarm: an entry for each, and a place in the inbox."""
    if not untold:
        return
    Escalation.objects.filter(pk__in=untold, untold_since__isnull=True).update(untold_since=now)
    records = [
        journal.Record(kind="escalation.untold", order_id=order_id, inputs={"escalation": escalation_id})
        for escalation_id, order_id in untold.items()
    ]
    journal.write(records, actor=actors.rop(), now=now)


def _nobody_eligible(plans: Sequence[Plan], given: Given, *, now: datetime) -> list[outbox.Outgoing]:
    """Loud, but once an hour: orders that came to wait because nobody who is at work can take them."""
    waiting = {plan.order_id for plan in plans if any(clock.kind == "assign" for clock in plan.clocks_start)}
    if not waiting:
        return []
    reasons = Counter(c.excluded_because for c in given.candidates if c.excluded_because)
    at_work = len(given.candidates) - sum(reasons[reason] for reason in QUIET)
    if not at_work:
        return []
    return [
        outbox.Outgoing(
            template="nobody_eligible",
            importance=Importance.BREACH,
            dedup_key=f"nobody_eligible:{lead}:{now:%Y%m%d%H}",
            person_id=lead,
            context={"waiting": len(waiting), "at_work": at_work, "excluded": dict(reasons)},
        )
        for lead in core.selectors.all_leads()
    ]
