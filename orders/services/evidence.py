"""Files that prove something: attached, put at their point, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

import core.selectors
from core import journal, outbox, work
from core.actors import Actor
from core.models import Importance
from core.refusals import Refusal
from orders import gate
from orders.evidence_files import FileFacts, FileRefused, examine, keep, keep_preview
from orders.models import Evidence, Inspection, InspectionItem, Order, Purpose
from orders.selectors.inspections import items_of
from orders.services.inspecting import check_inspectable, moved, refused, to_inspect
from orders.services.money import RECORD
from orders.services.repeats import is_new, known_files
from orders.services.supervision import lock_order, wake

FILES_AT_MOST = 60
"""How many files an order may have (a limit)."""


class EvidenceRefused(Refusal):
    """The file is not taken. Codes: those of `FileRefused`, and too_many_files, order_closed, unknown_purpose."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file and the point that it belongs to. `examined`: what the content is, where that is known already."""

    content: bytes
    name: str
    point: int | None = None
    examined: FileFacts | None = None


def evidence_add(
    *,
    order_id: int,
    content: bytes,
    name: str,
    actor: Actor,
    now: datetime,
    point: int | None = None,
    purpose: str = Purpose.INSPECTION,
) -> Evidence:
    """Keep a file of an order. For the inspection: at this point, or at none until somebody places it.

    The same file in the same place is there once: then the one that was there is returned. The same content
    elsewhere is kept and flagged. Raises EvidenceRefused, InspectionRefused (no_inspection, unknown_point),
    gate.NotAllowed, Order.DoesNotExist.
    """
    files = [GivenFile(content, name, point)]
    return evidence_add_all(order_id=order_id, files=files, purpose=purpose, actor=actor, now=now)[0]


def evidence_add_all(
    *,
    order_id: int,
    files: Sequence[GivenFile],
    actor: Actor,
    now: datetime,
    purpose: str = Purpose.INSPECTION,
) -> list[Evidence]:
    """Several at once, all or none, each as `evidence_add` keeps one: what is missing is counted once."""
    asked = {
        "purpose": purpose if purpose in Purpose.values else "unknown",
        "size": sum(len(file.content) for file in files),
    }
    with work.command("command.evidence_add", actor=actor, now=now, order_id=order_id, inputs=asked):
        # Opening a large picture and keeping it take a while: the order is not locked meanwhile.
        _check(Order.objects.get(pk=order_id), purpose, actor=actor)
        kept = [_keep(file) for file in files]

        order = lock_order(order_id)
        _check(order, purpose, actor=actor)
        inspection = _inspection(order, purpose, actor=actor, now=now)
        for file, evidence in zip(files, kept, strict=True):
            evidence.order, evidence.inspection = order, inspection
            evidence.item = _item(inspection, file.point)
            evidence.purpose, evidence.door, evidence.at = purpose, actor.door, now
            evidence.added_by_id = gate.person_of(actor)
        found, added = _add(order, kept)
        _flag(order, added, actor=actor, now=now)
        if added:
            _changed(order, inspection, "command.evidence_add", added, actor=actor, now=now)
        return found


def _keep(file: GivenFile) -> Evidence:
    """The content goes first: a file that no row names is swept away, a row without its file would lie."""
    facts = file.examined or _examine(file.content, file.name)
    return Evidence(
        kind=facts.kind,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        width=facts.width,
        height=facts.height,
        name=facts.name,
        stored_as=keep(facts, file.content),
        preview_as=keep_preview(facts, facts.preview) if facts.preview else "",
    )


def _add(order: Order, files: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """For each of them the row that there is now, and which of these are new."""
    known = known_files(order, {file.sha256 for file in files})
    had, found, added = len(known.here), [], []
    came_together: list[tuple[Evidence, Evidence]] = []
    for file in files:
        if (there := known.same(file)) is None:
            like = known.first_like(file)
            if like is not None and is_new(like):
                came_together.append((file, like))
            else:
                file.repeats = like
            known.here.append(file)
            added.append(file)
        found.append(there or file)
    if had + len(added) > FILES_AT_MOST and added:
        text = _("An order may have %(most)s files at most.") % {"most": FILES_AT_MOST}
        raise EvidenceRefused("too_many_files", text)
    Evidence.objects.bulk_create(added)
    for file, like in came_together:
        file.repeats = like
    Evidence.objects.bulk_update([file for file, _like in came_together], ["repeats"])
    return found, added


def evidence_place(*, evidence_id: int, point: int | None, actor: Actor, now: datetime) -> Evidence:
    """To which point of the inspection a file belongs; None takes it from its point.

    Raises InspectionRefused (no_inspection, unknown_point), gate.NotAllowed, Evidence.DoesNotExist.
    """
    order_id = _order_of(evidence_id)
    asked = {"evidence": evidence_id}
    with work.command("command.evidence_place", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        here = Evidence.objects.select_related("item").filter(inspection=inspection, removed_at__isnull=True)
        evidence = here.get(pk=evidence_id)
        item = _item(inspection, point)
        if evidence.item_id == (item.pk if item else None):
            return evidence
        known = known_files(order, {evidence.sha256})
        evidence.item = item
        there = known.same(evidence)
        if there is not None:
            # It is at that point already: the one that was moved has nothing to add.
            evidence.refresh_from_db(fields=["item"])
            _remove(evidence, actor=actor, now=now)
        else:
            evidence.repeats = known.first_like(evidence)
            evidence.save(update_fields=["item", "repeats"])
            _flag(order, [evidence], actor=actor, now=now)
        _changed(order, inspection, "command.evidence_place", [there or evidence], actor=actor, now=now)
        return there or evidence


def evidence_remove(*, evidence_id: int, actor: Actor, now: datetime) -> Evidence:
    """The file does not count any more; it is kept. Twice is once.

    What proved something of a stage that is over stays. Raises gate.NotAllowed, InspectionRefused (no_inspection),
    EvidenceRefused (order_closed), Evidence.DoesNotExist.
    """
    order_id = _order_of(evidence_id)
    asked = {"evidence": evidence_id}
    with work.command("command.evidence_remove", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        evidence = Evidence.objects.select_related("item").get(pk=evidence_id)
        _check(order, evidence.purpose, actor=actor)
        inspection = _inspection(order, evidence.purpose, actor=actor, now=now)
        if evidence.inspection_id is not None and evidence.inspection_id != (inspection and inspection.pk):
            raise refused("no_inspection", _("That inspection has ended: its files stay."))
        if evidence.removed_at is None:
            _remove(evidence, actor=actor, now=now)
            _changed(order, inspection, "command.evidence_remove", [evidence], actor=actor, now=now)
        return evidence


def _examine(content: bytes, name: str) -> FileFacts:
    try:
        return examine(content, name)
    except FileRefused as bad:
        raise EvidenceRefused(bad.code, str(bad)) from bad


def _order_of(evidence_id: int) -> int:
    return Evidence.objects.values_list("order_id", flat=True).get(pk=evidence_id)


def _check(order: Order, purpose: str, *, actor: Actor) -> None:
    """Whether this actor may add or take away a file of this kind now."""
    if purpose == Purpose.INSPECTION:
        check_inspectable(order, actor=actor)
        return
    # Whoever records payments brings their papers, of orders of others as well.
    pays = purpose == Purpose.PAYMENT and actor.user_id is not None and actor.may(RECORD)
    if not (pays or gate.may_act(actor, owner_id=order.assigned_manager_id)):
        raise gate.NotAllowed
    if purpose not in Purpose.values:
        raise EvidenceRefused("unknown_purpose", _("There is no such purpose of a file."))
    if order.closed_at is not None:
        raise EvidenceRefused("order_closed", _("The order is closed."))


def _inspection(order: Order, purpose: str, *, actor: Actor, now: datetime) -> Inspection | None:
    return to_inspect(order, actor=actor, now=now) if purpose == Purpose.INSPECTION else None


def _item(inspection: Inspection | None, point: int | None) -> InspectionItem | None:
    if point is None:
        return None
    items = items_of(inspection.template) if inspection is not None else ()
    found = next((item for item in items if item.number == point), None)
    if found is None:
        raise refused("unknown_point", _("There is no point %(number)s.") % {"number": point})
    return found


def _flag(order: Order, files: Sequence[Evidence], *, actor: Actor, now: datetime) -> None:
    """The same file again: whoever attached it sees so at once, and their lead is told."""
    repeated = [file for file in files if file.repeats_id is not None]
    if not repeated:
        return
    leads = core.selectors.leads_above(order.assigned_manager_id, at=now)
    messages = [
        outbox.Outgoing(
            template="evidence_repeated",
            importance=Importance.REMINDER,
            dedup_key=f"evidence_repeated:{file.pk}",
            person_id=lead_id,
            order_id=order.pk,
            context={"evidence": file.pk},
        )
        for file in repeated
        for lead_id in leads[:1]
        if lead_id != actor.user_id
    ]
    outbox.post(messages, now=now)


def _remove(evidence: Evidence, *, actor: Actor, now: datetime) -> None:
    evidence.removed_at = now
    evidence.removed_by_id = actor.user_id
    evidence.save(update_fields=["removed_at", "removed_by"])


def _changed(
    order: Order,
    inspection: Inspection | None,
    kind: str,
    changed: Sequence[Evidence],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    outputs = [
        {
            "evidence": evidence.pk,
            "kind": evidence.kind,
            "point": evidence.item.number if evidence.item else None,
            "repeats": evidence.repeats_id,
        }
        for evidence in changed
    ]
    if inspection is not None:
        moved(order, inspection, kind, *outputs, actor=actor, now=now)
        return
    order.moved_at = now
    order.save_facts("moved_at", now=now)
    records = [journal.Record(kind, order_id=order.pk, output=output) for output in outputs]
    journal.write(records, actor=actor, now=now)
    wake([order.pk])
