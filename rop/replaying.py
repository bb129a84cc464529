"""Recompute decisions from their stored inputs: does the code that runs now decide as it did then?

Every decision in the journal holds the facts, the pick and the versions of the policies it was made under.
Those versions are immutable, so the answer has to be the same to the letter. With a changed weight the
differences are exactly the decisions that it would have changed.

Facts that an entry does not have yet stand for what was true when it was written: without `inspection` an order under
inspection waits for a talk with the seller, as all of them did then; a task without `kind` is a general one; without
`deal` a stage after the inspection waits for all of its facts at once. So do terms: published before there was
`think_within`, they have none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec

import assignment.selectors
import core.selectors
import orders.selectors.deals
import sla.selectors
from assignment.models import Snapshot
from assignment.policies.distribute import Candidate, Wanted, distribute
from assignment.policies.weights import Weights, weight
from core.models import Entry
from rop.plan import OrderFacts, Picked, Policy, decide

KINDS = ("decision.plan", "decision.distribute", "decision.propose")


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that comes out otherwise: which fields, as stored and as recomputed."""

    entry_id: int
    kind: str
    order_id: int | None
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change before recomputing: weights by stage and by severity."""

    stages: Mapping[str, Decimal]
    severities: Mapping[str, Decimal]

    def applied_to(self, weights: Weights) -> Weights:
        return replace(
            weights,
            stages={**weights.stages, **self.stages},
            severities={**weights.severities, **self.severities},
        )


NO_CHANGES = Changes({}, {})


def decisions(*, since_id: int = 0) -> Iterator[Entry]:
    """The decisions of the journal in the order in which they were taken."""
    return Entry.objects.filter(kind__in=KINDS, pk__gt=since_id).order_by("pk").iterator(chunk_size=500)


def policy_of(version: str, changes: Changes = NO_CHANGES) -> Policy:
    """The policy that `Policy.version` names: "matrix=3 weights=1 terms=1 calendar.default=2".

    Entries from before there were terms name none: they were decided without.
    """
    parts = dict(part.split("=") for part in version.split())
    calendars = {
        name.removeprefix("calendar."): int(number)
        for name, number in parts.items()
        if name.startswith("calendar.")
    }
    return Policy(
        matrix=sla.selectors.matrix(int(parts["matrix"])),
        weights=changes.applied_to(assignment.selectors.weights(int(parts["weights"]))),
        calendars={code: core.selectors.calendar(code, number) for code, number in calendars.items()},
        terms=orders.selectors.deals.terms(int(parts.get("terms", 0))),
    )


def replay(entry: Entry, changes: Changes = NO_CHANGES) -> Difference | None:
    """Decide again from the entry's inputs; None when the answer is the same."""
    policy = policy_of(entry.policy_version, changes)
    again = _plan(entry, policy) if entry.kind == "decision.plan" else _distribute(entry, policy)
    stored = entry.output
    fields = {
        name: (stored.get(name), again.get(name))
        for name in {*stored, *again}
        if stored.get(name) != again.get(name)
    }
    return Difference(entry.pk, entry.kind, entry.order_id, fields) if fields else None


def _plan(entry: Entry, policy: Policy) -> dict[str, Any]:
    facts = msgspec.convert(entry.inputs["facts"], OrderFacts)
    pick = msgspec.convert(entry.inputs["pick"], Picked | None)
    return _as_stored(decide(facts, policy, entry.at, pick=pick))


def _distribute(entry: Entry, policy: Policy) -> dict[str, Any]:
    snapshot = Snapshot.objects.get(pk=entry.inputs["snapshot"])
    candidates = msgspec.convert(snapshot.candidates, tuple[Candidate, ...])
    wanted = tuple(
        replace(
            msgspec.convert({k: v for k, v in want.items() if k not in ("severity", "stage")}, Wanted),
            weight=weight(policy.weights, stage=want["stage"], severity=want["severity"]),
        )
        for want in entry.inputs["wanted"]
    )
    picks = distribute(wanted=wanted, candidates=candidates)
    return {"picks": [_as_stored(pick) for pick in picks]}


def _as_stored(value: Any) -> dict[str, Any]:
    """The value as it comes back from the journal's JSON."""
    stored: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(msgspec.to_builtins(value, str_keys=True))
    )
    return stored
