"""Orders come in: facts of any number of orders in one transaction, each acknowledged at most once."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from core import bulk, journal, work
from core.actors import Actor
from core.refusals import Refusal
from orders.models import Order, StatusEvent
from orders.policies.queue import queue_key
from orders.selectors import orders_by_external_id
from orders.services.supervision import UNLOOKED_STEP, wake
from orders.statuses import SEVERITY_RANK, Severity, Status, Step, Whose


@dataclass(frozen=True, slots=True)
class NewOrder:
    """One order as it came in, already validated by its door."""

    external_id: str
    client_name: str
    item: str
    client_contact: str = ""
    price: Decimal | None = None
    currency: str = "RUB"
    severity: str = Severity.NORMAL
    seller_name: str = ""
    seller_contact: str = ""
    comment: str = ""
    ordered_at: datetime | None = None

    def fingerprint(self) -> str:
        """What makes a repeated body the same body: values, not their spelling (price to the cent, time in UTC)."""
        values: dict[str, object] = {name: getattr(self, name) for name in GIVEN}
        if self.price is not None:
            values["price"] = f"{self.price:.2f}"
        if self.ordered_at is not None:
            values["ordered_at"] = self.ordered_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        text = json.dumps(values, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


GIVEN = tuple(field.name for field in fields(NewOrder))
"""Columns of an order, by the same names."""


@dataclass(frozen=True, slots=True)
class Received:
    order_id: int
    external_id: str
    created: bool


class IntakeConflict(Refusal):
    """These external ids exist already with another body. Nothing of the request was written."""

    code = "external_id_conflict"

    def __init__(self, external_ids: Sequence[str]) -> None:
        self.external_ids = tuple(external_ids)
        super().__init__(
            _("Already received with other data: %(ids)s.") % {"ids": ", ".join(self.external_ids[:10])}
        )


def orders_intake(*, rows: Sequence[NewOrder], actor: Actor, now: datetime) -> list[Received]:
    """Write the facts of all rows, or of none; then AI-РОП looks at the new ones. Answers in the order given.

    One order is looked at in the transaction of its facts. Of many, the facts are committed first and the
    looks follow in chunks, most urgent first: a crash in between loses nothing, the sweep finds them due.
    Raises IntakeConflict.
    """
    asked = {"orders": len(rows)}
    with work.command("command.intake", actor=actor, now=now, inputs=asked):
        received = _record(rows, actor=actor, now=now)
        if len(rows) == 1:
            wake([item.order_id for item in received if item.created])
            return received
    rank = {row.external_id: SEVERITY_RANK[Severity(row.severity)] for row in rows}
    created = sorted((rank[item.external_id], item.order_id) for item in received if item.created)
    work.look_in_chunks([order_id for _rank, order_id in created], now)
    return received


def _record(rows: Sequence[NewOrder], *, actor: Actor, now: datetime) -> list[Received]:
    ids = _insert_orders(rows, now=now)
    new = set(ids)
    if len(new) < len(rows):
        ids |= _same_as_before([row for row in rows if row.external_id not in new])
    created = [ids[row.external_id] for row in rows if row.external_id in new]
    bulk.insert_rows(
        StatusEvent,
        ["order", "sequence", "route", "to_status", "actor_kind", "actor_id", "door", "at"],
        [
            (order_id, 1, "intake", Status.PENDING_MANAGER, actor.kind, actor.id, actor.door, now)
            for order_id in created
        ],
    )
    if created:
        one = created[0] if len(created) == 1 else None
        output = {"orders": len(created), "first": min(created), "last": max(created)}
        journal.write(
            [journal.Record(kind="command.intake", order_id=one, output=output)], actor=actor, now=now
        )
    return [Received(ids[row.external_id], row.external_id, row.external_id in new) for row in rows]


def _insert_orders(rows: Sequence[NewOrder], *, now: datetime) -> dict[str, int]:
    """Ids of the orders that did not exist, by external id. Until the look they wait for AI-РОП to assign."""
    waits = _until_the_look(now)
    inserted = bulk.insert_rows(
        Order,
        [*GIVEN, "intake_hash", "queue_key", *waits],
        [
            (*(getattr(row, name) for name in GIVEN), row.fingerprint(), _place(row, now), *waits.values())
            # In one order of keys everywhere: two intakes of the same rows don't wait in a circle.
            for row in sorted(rows, key=lambda row: row.external_id)
        ],
        returning=["external_id", "id"],
        ignore_conflict_on="external_id",
    )
    return {str(external_id): int(order_id) for external_id, order_id in inserted}


def _until_the_look(now: datetime) -> dict[str, object]:
    """What every order begins with."""
    due = now + UNLOOKED_STEP
    return {
        **dict.fromkeys(("created_at", "updated_at", "status_since", "moved_at", "wake_at"), now),
        **dict.fromkeys(("due_at", "next_action_due"), due),
        "next_action": Step.ASSIGN_MANAGER,
        "next_action_whose": Whose.ROP,
    }


def _place(row: NewOrder, now: datetime) -> int:
    """Right from the beginning: what a crash leaves to the sweep is served in this order."""
    return queue_key(severity_rank=SEVERITY_RANK[Severity(row.severity)], moment=now)


def _same_as_before(rows: Sequence[NewOrder]) -> dict[str, int]:
    known = orders_by_external_id(row.external_id for row in rows)
    conflicts = [row.external_id for row in rows if known[row.external_id][1] != row.fingerprint()]
    if conflicts:
        raise IntakeConflict(conflicts)
    return {external_id: order_id for external_id, (order_id, _hash) in known.items()}
