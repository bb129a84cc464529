"""What the sentences of a page need besides its rows, looked up at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

import assignment.selectors
from assignment.models import Assignment
from core.actors import ActorKind
from core.models import ApiKey, Entry, Message
from core.selectors import NamesOf
from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Contact,
    InspectionVerdict,
    Logistics,
    Note,
    Opinion,
    Payment,
    Payout,
    PriceChange,
    StatusEvent,
    Task,
    TrackingCheck,
)
from rop.models import Escalation, Snooze

M = TypeVar("M", bound=Model)

JUDGED = frozenset({"command.inspection_verdict", "command.inspection_decide"})
"""What names a verdict of the inspection: an opinion about the law has one of another kind."""

ROWS: Mapping[str, type[Model]] = {
    "approval": Approval,
    "blocker": Blocker,
    "claim": Claim,
    "contact": Contact,
    "decision": ClientDecision,
    "logistics": Logistics,
    "opinion": Opinion,
    "payment": Payment,
    "payout": Payout,
    "price": PriceChange,
    "tracking": TrackingCheck,
}
"""What an entry's output names by its id, and sentences tell of."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people and agents, texts of notes, titles of tasks, what was said, and who has had the order."""

    people: Mapping[int, str]
    agents: Mapping[int, str]
    notes: Mapping[int, str]
    tasks: Mapping[int, str]
    rounds: Mapping[int, Assignment]
    resolved: Mapping[int, str]
    snoozed: Mapping[int, str]
    verdicts: Mapping[int, InspectionVerdict]
    rows: Mapping[type[Model], Mapping[int, Any]]

    @classmethod
    def for_rows(
        cls,
        order_id: int,
        rows: Sequence[Model],
        *,
        names_of: NamesOf,
        rounds: Sequence[Assignment] | None = None,
    ) -> "Names":
        """At most eight queries, and one for each kind of things in `ROWS` that is told of, however many rows.

        `rounds`: all of the order, where they were read already.
        """
        if rounds is None:
            rounds = assignment.selectors.rounds([order_id]).get(order_id, ())
        entries = [row for row in rows if isinstance(row, Entry)]
        had = {a.round: a for a in rounds}
        acting = [row for row in rows if isinstance(row, Entry | StatusEvent)]
        people = {row.actor_id for row in acting if row.actor_kind == ActorKind.PERSON}
        people |= {row.person_id for row in rows if isinstance(row, Message)}
        people |= {a.manager_id for a in rounds}
        for entry in entries:
            people |= _people_of(entry)
        agents = {row.actor_id for row in acting if row.actor_kind == ActorKind.AGENT}
        notes = {entry.output.get("note") for entry in entries if entry.kind == "command.note"}
        tasks = {row.get("task") for entry in entries for row in (entry.inputs, entry.output)}
        resolved = {
            pk for e in entries if e.kind == "command.resolve" for pk in e.inputs.get("escalations", ())
        }
        snoozed = {entry.inputs.get("snooze") for entry in entries if entry.kind == "command.snooze"}
        verdicts = {entry.output.get("verdict") for entry in entries if entry.kind in JUDGED}
        return cls(
            people=names_of(_known(people)),
            agents=dict(ApiKey.objects.filter(pk__in=_known(agents)).values_list("pk", "name")),
            notes=dict(Note.objects.filter(pk__in=_known(notes)).values_list("pk", "text")),
            tasks=dict(Task.objects.filter(pk__in=_known(tasks)).values_list("pk", "title")),
            rounds=had,
            resolved=dict(Escalation.objects.filter(pk__in=resolved).values_list("pk", "reason")),
            snoozed=dict(Snooze.objects.filter(pk__in=snoozed).values_list("pk", "why")),
            verdicts=InspectionVerdict.objects.in_bulk(_known(verdicts)),
            rows={
                model: model._default_manager.in_bulk(_known(entry.output.get(name) for entry in entries))
                for name, model in ROWS.items()
            },
        )

    def actor(self, row: Any) -> str:
        """Who did this."""
        if isinstance(row, Message):
            return str(ActorKind.ROP.label)
        names = {ActorKind.PERSON: self.people, ActorKind.AGENT: self.agents}.get(row.actor_kind)
        if names is not None and row.actor_id is not None:
            return names.get(row.actor_id) or f"№ {row.actor_id}"
        return str(ActorKind(row.actor_kind).label)

    def row(self, model: type[M], pk: int | None) -> M | None:
        """Of a kind in `ROWS`."""
        return self.rows[model].get(pk or 0)

    def person(self, user_id: int | None) -> str:
        return self.people.get(user_id or 0, f"№ {user_id}")


def _known(ids: Iterable[int | None]) -> set[int]:
    return {one for one in ids if isinstance(one, int)}


def _people_of(entry: Entry) -> set[int | None]:
    if entry.kind in ("command.assign", "command.proposal_accept", "command.proposal_dismiss"):
        return {entry.inputs.get("from"), entry.inputs.get("to")}
    if entry.kind in ("command.blocker_open", "command.blocker_pass", "task.opened"):
        return {entry.output.get("owner")}
    if entry.kind == "decision.plan":
        step, release = entry.output.get("step") or {}, entry.output.get("release") or {}
        return {entry.output.get("owner_id"), step.get("user_id"), release.get("user_id")}
    return set()
