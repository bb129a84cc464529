"""Writing the journal. Ids and numbers only: no names, phones or free texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import bulk
from core.actors import Actor
from core.models import Entry


@dataclass(frozen=True, slots=True)
class Record:
    """`inputs` and `output` are dicts or dataclasses; they become JSON objects."""

    kind: str
    order_id: int | None = None
    inputs: Any = field(default_factory=dict)
    output: Any = field(default_factory=dict)
    policy_version: str = ""


def write(records: Sequence[Record], *, actor: Actor, now: datetime) -> None:
    """Append these records in one statement, in the caller's transaction."""
    bulk.insert_rows(
        Entry,
        ["at", "kind", "actor_kind", "actor_id", "door", "order_id", "policy_version", "inputs", "output"],
        [
            (now, r.kind, actor.kind, actor.id, actor.door, r.order_id, r.policy_version, r.inputs, r.output)
            for r in records
        ],
    )
