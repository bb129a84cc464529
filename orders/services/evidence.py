"""Files that prove something: attached, put at their point, taken away."""

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
from orders.services.inspections import moved, refused, to_inspect
from orders.services.supervision import lock_order, wake

FILES_AT_MOST = 60
"""How many files an order may have (a limit)."""


class EvidenceRefused(Refusal):
    """The file is not taken. Codes: those of `FileRefused`, and too_many_files, order_closed, unknown_purpose."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


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
    asked = {"purpose": purpose if purpose in Purpose.values else "unknown", "size": len(content)}
    with work.command("command.evidence_add", actor=actor, now=now, order_id=order_id, inputs=asked):
        # Opening a large picture takes a while: the order is not locked meanwhile.
        facts = _examine(content, name)
        order = lock_order(order_id)
        inspection = _place(order, purpose, actor=actor, now=now)
        item = _item(inspection, point)
        if (there := _same_content(order, purpose, item, facts.sha256)) is not None:
            return there
        if Evidence.objects.filter(order=order, removed_at__isnull=True).count() >= FILES_AT_MOST:
            text = _("An order may have %(most)s files at most.") % {"most": FILES_AT_MOST}
            raise EvidenceRefused("too_many_files", text)

        # The content goes first: a file that no row names is swept away, a row without its file would lie.
        evidence = Evidence.objects.create(
            order=order,
            inspection=inspection,
            item=item,
            purpose=purpose,
            kind=facts.kind,
            content_type=facts.content_type,
            size=facts.size,
            sha256=facts.sha256,
            width=facts.width,
            height=facts.height,
            name=facts.name,
            stored_as=keep(facts, content),
            preview_as=keep_preview(facts, facts.preview) if facts.preview else "",
            repeats=_first_with(facts.sha256, order, item),
            added_by_id=actor.user_id,
            door=actor.door,
            at=now,
        )
        _flag(evidence, now=now)
        _changed(order, inspection, "command.evidence_add", evidence, actor=actor, now=now)
        return evidence


def evidence_place(*, evidence_id: int, point: int | None, actor: Actor, now: datetime) -> Evidence:
    """To which point of the inspection a file belongs; None takes it from its point.

    Raises InspectionRefused (no_inspection, unknown_point), gate.NotAllowed, Evidence.DoesNotExist.
    """
    order_id = _order_of(evidence_id)
    asked = {"evidence": evidence_id}
    with work.command("command.evidence_place", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        evidence = Evidence.objects.get(pk=evidence_id, inspection=inspection, removed_at__isnull=True)
        item = _item(inspection, point)
        if evidence.item_id == (item.pk if item else None):
            return evidence
        there = _same_content(order, Purpose.INSPECTION, item, evidence.sha256)
        if there is not None:
            # It is at that point already: the one that was moved has nothing to add.
            _remove(evidence, actor=actor, now=now)
        else:
            evidence.item = item
            evidence.repeats = _first_with(evidence.sha256, order, item, than=evidence)
            evidence.save(update_fields=["item", "repeats"])
        _changed(order, inspection, "command.evidence_place", there or evidence, actor=actor, now=now)
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
        evidence = Evidence.objects.select_related("inspection").get(pk=evidence_id)
        inspection = _place(order, evidence.purpose, actor=actor, now=now)
        if evidence.inspection_id is not None and evidence.inspection_id != (inspection and inspection.pk):
            raise refused("no_inspection", _("That inspection has ended: its files stay."))
        if evidence.removed_at is None:
            _remove(evidence, actor=actor, now=now)
            _changed(order, inspection, "command.evidence_remove", evidence, actor=actor, now=now)
        return evidence


def _examine(content: bytes, name: str) -> FileFacts:
    try:
        return examine(content, name)
    except FileRefused as bad:
        raise EvidenceRefused(bad.code, str(bad)) from bad


def _order_of(evidence_id: int) -> int:
    return Evidence.objects.values_list("order_id", flat=True).get(pk=evidence_id)


def _place(order: Order, purpose: str, *, actor: Actor, now: datetime) -> Inspection | None:
    """Whether a file of this kind can be added or taken away now: the inspection, where it is one of that."""
    if purpose == Purpose.INSPECTION:
        return to_inspect(order, actor=actor, now=now)
    if not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed
    if purpose not in Purpose.values:
        raise EvidenceRefused("unknown_purpose", _("There is no such purpose of a file."))
    if order.closed_at is not None:
        raise EvidenceRefused("order_closed", _("The order is closed."))
    return None


def _item(inspection: Inspection | None, point: int | None) -> InspectionItem | None:
    if point is None:
        return None
    found = (
        InspectionItem.objects.filter(template=inspection.template_id, number=point).first()
        if inspection is not None
        else None
    )
    if found is None:
        raise refused("unknown_point", _("There is no point %(number)s.") % {"number": point})
    return found


def _same_content(order: Order, purpose: str, item: InspectionItem | None, sha256: str) -> Evidence | None:
    return Evidence.objects.filter(
        order=order, purpose=purpose, item=item, sha256=sha256, removed_at__isnull=True
    ).first()


def _first_with(
    sha256: str, order: Order, item: InspectionItem | None, *, than: Evidence | None = None
) -> Evidence | None:
    """The earliest file with this content on another order, or at another point of this one."""
    others = Evidence.objects.filter(sha256=sha256, removed_at__isnull=True)
    if than is not None:
        others = others.filter(pk__lt=than.pk)
    for other in others.order_by("pk")[:50]:
        if other.order_id != order.pk or (item is not None and other.item_id not in (None, item.pk)):
            return other
    return None


def _flag(evidence: Evidence, *, now: datetime) -> None:
    """The same file again: whoever attached it sees so at once, and their leads are told."""
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
        if lead_id != evidence.added_by_id
    ]
    outbox.post(messages, now=now)


def _remove(evidence: Evidence, *, actor: Actor, now: datetime) -> None:
    evidence.removed_at = now
    evidence.removed_by_id = actor.user_id
    evidence.save(update_fields=["removed_at", "removed_by"])


def _changed(
    order: Order, inspection: Inspection | None, kind: str, evidence: Evidence, *, actor: Actor, now: datetime
) -> None:
    output = {
        "evidence": evidence.pk,
        "kind": evidence.kind,
        "point": evidence.item.number if evidence.item else None,
        "repeats": evidence.repeats_id,
    }
    if inspection is not None:
        moved(order, inspection, kind, output, actor=actor, now=now)
        return
    order.moved_at = now
    order.save_facts("moved_at", now=now)
    journal.write([journal.Record(kind, order_id=order.pk, output=output)], actor=actor, now=now)
    wake([order.pk])
