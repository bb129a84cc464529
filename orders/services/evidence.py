"""Files that prove something: attached, put at their point, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

import core.selectors
from core import journal, outbox, work
from core.actors import Actor
from core.advisory import content_lock
from core.models import Importance
from core.refusals import Refusal
from orders import gate
from orders.evidence_files import FileFacts, FileRefused, examine, keep, keep_preview
from orders.models import Evidence, Inspection, InspectionItem, Order, Purpose
from orders.selectors.inspections import items_of
from orders.services.inspecting import check_inspectable, moved, refused, to_inspect
from orders.services.money import RECORD
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
        has = Evidence.objects.filter(order=order, removed_at__isnull=True).count()
        added: list[Evidence] = []
        found: list[Evidence] = []
        for file, evidence in zip(files, kept, strict=True):
            item = _item(inspection, file.point)
            there = _same_content(order, inspection, purpose, item, evidence.sha256)
            if there is None:
                if has + len(added) >= FILES_AT_MOST:
                    text = _("An order may have %(most)s files at most.") % {"most": FILES_AT_MOST}
                    raise EvidenceRefused("too_many_files", text)
                evidence.order, evidence.inspection, evidence.item = order, inspection, item
                evidence.purpose, evidence.door, evidence.at = purpose, actor.door, now
                evidence.added_by_id = gate.person_of(actor)
                evidence.repeats = _first_like(evidence)
                evidence.save()
                _flag(evidence, actor=actor, now=now)
                added.append(evidence)
            found.append(there or evidence)
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
        there = _same_content(order, inspection, Purpose.INSPECTION, item, evidence.sha256)
        if there is not None:
            # It is at that point already: the one that was moved has nothing to add.
            _remove(evidence, actor=actor, now=now)
        else:
            evidence.item = item
            evidence.repeats = _first_like(evidence)
            evidence.save(update_fields=["item", "repeats"])
            _flag(evidence, actor=actor, now=now)
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


def _same_content(
    order: Order, inspection: Inspection | None, purpose: str, item: InspectionItem | None, sha256: str
) -> Evidence | None:
    there = Evidence.objects.select_related("item").filter(
        order=order, inspection=inspection, purpose=purpose, item=item, sha256=sha256
    )
    return there.filter(removed_at__isnull=True).first()


def _first_like(evidence: Evidence) -> Evidence | None:
    """The earliest file with this content on another order, in another inspection, or at another point of this one."""
    elsewhere = ~Q(order=evidence.order) | ~Q(purpose=evidence.purpose)
    if evidence.inspection is not None:
        elsewhere |= Q(inspection__isnull=False) & ~Q(inspection=evidence.inspection)
    if evidence.item is not None:
        elsewhere |= Q(item__isnull=False) & ~Q(item=evidence.item)
    with connection.cursor() as cursor:
        # Two that come at once would not see each other.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [content_lock(evidence.sha256)])
    others = Evidence.objects.filter(elsewhere, sha256=evidence.sha256, removed_at__isnull=True)
    if evidence.pk is not None:
        others = others.exclude(pk=evidence.pk).filter(Q(order=evidence.order) | Q(pk__lt=evidence.pk))
    return others.order_by("pk").first()


def _flag(evidence: Evidence, *, actor: Actor, now: datetime) -> None:
    """The same file again: whoever attached it sees so at once, and their lead is told."""
    if evidence.repeats is None:
        return
    leads = core.selectors.leads_above(evidence.order.assigned_manager_id, at=now)
    messages = [
        outbox.Outgoing(
            template="evidence_repeated",
            importance=Importance.REMINDER,
            dedup_key=f"evidence_repeated:{evidence.pk}",
            person_id=lead_id,
            order_id=evidence.order_id,
            context={"evidence": evidence.pk},
        )
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
