"""From notices to the outbox: roles become people, keys make telling twice telling once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import core.selectors
from core import outbox
from core.models import Importance
from rop.loop.giving import Given
from rop.plan import Notice, OrderFacts, Plan

QUIET = frozenset({"off_shift", "absent", "inactive"})
"""When nobody could be picked only for these reasons, nobody is at work: the inbox says so, no message does."""


def tell(plans: Sequence[Plan], facts: dict[int, OrderFacts], given: Given, *, now: datetime) -> None:
    """Post what these plans have to say."""
    owners = {plan.owner_id for plan in plans if plan.owner_id and any(n.to == "lead" for n in plan.notices)}
    leads = core.selectors.leads_by_member(owners) if owners else {}
    messages: list[outbox.Outgoing] = []
    everybody: list[int] | None = None
    for plan in plans:
        for notice in plan.notices:
            if notice.to == "lead" and plan.owner_id not in leads:
                everybody = core.selectors.all_leads() if everybody is None else everybody
                messages += [_message(plan, notice, lead) for lead in everybody]
            else:
                messages.append(_message(plan, notice, _person(plan, notice, leads)))
    messages += _nobody_eligible(plans, given, now=now)
    outbox.post(messages, now=now)


def _person(plan: Plan, notice: Notice, leads: dict[int, int]) -> int:
    if notice.to == "lead":
        return leads[plan.owner_id or 0]
    if notice.to == "owner":
        assert plan.owner_id is not None
        return plan.owner_id
    return int(notice.to)


def _message(plan: Plan, notice: Notice, person_id: int) -> outbox.Outgoing:
    card = notice.template in {"order_new", "order_card", "order_taken"}
    return outbox.Outgoing(
        template=notice.template,
        importance=Importance(notice.importance),
        dedup_key=f"{notice.key}:{person_id}",
        person_id=person_id,
        order_id=plan.order_id,
        context=notice.context,
        thread=f"order:{plan.order_id}:user:{person_id}" if card else "",
        edits=notice.edits,
    )


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
