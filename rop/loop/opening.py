"""What comes due before anything is planned: tasks that AI-РОП opens by itself, requests that have expired."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import core.selectors
from core import actors, bulk, journal, outbox
from core.models import Importance
from orders.models import Task
from orders.services import approvals_expire
from rop.loop.loading import Batch
from rop.plan import Opening, OrderFacts, Policy, TaskFacts, due_openings
from rop.plan.openings import FOLLOW_UP, TRACK, UNDECIDED, with_tasks, without_expired

TITLES: Mapping[str, str | Promise] = {
    FOLLOW_UP: _("Ask the client what they have decided"),
    UNDECIDED: _("The client has not decided: decide what becomes of the order"),
    TRACK: _("Look where the parcel is"),
}

MESSAGES: Mapping[str, tuple[str, Importance]] = {
    FOLLOW_UP: ("follow_up", Importance.ASSIGNMENT),
    UNDECIDED: ("client_undecided", Importance.ASSIGNMENT),
    TRACK: ("track", Importance.REMINDER),
}
"""What whoever gets the task is told: the template, and how important it is."""


def with_openings(batch: Batch, policy: Policy, *, now: datetime) -> Batch:
    """The batch with what has come due by itself, written and journalled: a fixed number of queries, none when
    nothing has."""
    facts = _without_expired(batch.facts, now=now)
    openings = [(fact, opening) for fact in facts for opening in due_openings(fact, policy, now)]
    if not openings:
        return replace(batch, facts=facts)
    owners = _owners(openings, now=now)
    ids = _write(openings, owners, now=now)
    opened: dict[int, list[TaskFacts]] = {}
    for (fact, opening), owner_id, task_id in zip(openings, owners, ids, strict=True):
        task = TaskFacts(task_id, owner_id, now, opening.due_at, opening.kind, opening.number)
        opened.setdefault(fact.id, []).append(task)
    return replace(
        batch,
        facts=[with_tasks(fact, opened[fact.id]) if fact.id in opened else fact for fact in facts],
        owners={
            **batch.owners,
            **{("task", task.id): task.owner_id for tasks in opened.values() for task in tasks},
        },
    )


def _without_expired(facts: Sequence[OrderFacts], *, now: datetime) -> list[OrderFacts]:
    expired = [one.id for fact in facts for one in fact.hangs.approvals if one.expires_at <= now]
    if not expired:
        return list(facts)
    approvals_expire(expired, actor=actors.rop(), now=now)
    return [without_expired(fact, now) for fact in facts]


def _owners(openings: Sequence[tuple[OrderFacts, Opening]], *, now: datetime) -> list[int]:
    """Whose each task is: the order's owner, or the lead above them."""
    managers = {fact.owner.user_id for fact, _opening in openings if fact.owner is not None}
    is_asked = any(opening.whose == "lead" or fact.owner is None for fact, opening in openings)
    of_teams = core.selectors.leads_by_member(managers) if is_asked else {}
    on_duty = core.selectors.lead_on_duty(now) if is_asked else None
    others = core.selectors.all_leads() if is_asked else []
    return [_owner(fact, opening, of_teams, [on_duty, *others]) for fact, opening in openings]


def _owner(
    fact: OrderFacts, opening: Opening, of_teams: Mapping[int, int], others: Sequence[int | None]
) -> int:
    manager = fact.owner.user_id if fact.owner is not None else None
    if opening.whose == "owner" and manager is not None:
        return manager
    first = of_teams.get(manager) if manager is not None else None
    leads = [lead for lead in (first, *others) if lead is not None and lead != manager]
    # Where there is no lead at all, rather its owner than nobody.
    found = leads[0] if leads else manager
    if found is None:
        raise LookupError(f"nobody can be asked about order {fact.id}")
    return found


def _write(
    openings: Sequence[tuple[OrderFacts, Opening]], owners: Sequence[int], *, now: datetime
) -> list[int]:
    with translation.override(settings.LANGUAGE_CODE):
        rows = [
            (
                *(fact.id, opening.kind, str(TITLES[opening.kind]), owner_id, opening.due_at, now),
                *(fact.status_sequence, opening.number, opening.follow_up),
            )
            for (fact, opening), owner_id in zip(openings, owners, strict=True)
        ]
    names = ["order", "kind", "title", "owner", "due_at", "created_at", "stage", "number", "follow_up"]
    ids = [task_id for (task_id,) in bulk.insert_rows(Task, names, rows, returning=["id"])]
    records = [
        journal.Record(
            "task.opened",
            order_id=fact.id,
            inputs={"kind": opening.kind, "number": opening.number},
            output={"task": task_id, "owner": owner_id},
        )
        for (fact, opening), owner_id, task_id in zip(openings, owners, ids, strict=True)
    ]
    journal.write(records, actor=actors.rop(), now=now)
    messages = [
        _message(fact, opening, owner_id, task_id)
        for (fact, opening), owner_id, task_id in zip(openings, owners, ids, strict=True)
    ]
    outbox.post(messages, now=now)
    return ids


def _message(fact: OrderFacts, opening: Opening, owner_id: int, task_id: int) -> outbox.Outgoing:
    template, importance = MESSAGES[opening.kind]
    return outbox.Outgoing(
        template=template,
        importance=importance,
        dedup_key=f"{template}:{task_id}:{owner_id}",
        person_id=owner_id,
        order_id=fact.id,
        context={"task": task_id},
        thread=f"order:{fact.id}:deal:{owner_id}",
    )
