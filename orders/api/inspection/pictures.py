"""An inspection, its files and contacts as the API shows them."""

from typing import Any

from core.actors import Actor
from orders.api.people import person_picture
from orders.api.pictures import order_get
from orders.guards import inspection_lacks
from orders.models import Contact, Evidence, InspectionAnswer, InspectionVerdict
from orders.selectors import InspectionView, PointView, inspection_view


class NoInspection(Exception):
    """The order has never been under inspection."""


def inspection_read(ref: int, actor: Actor) -> dict[str, Any]:
    """Raises Order.DoesNotExist, for those who may not see it too, and NoInspection."""
    return inspection_answer(order_get(ref, actor).pk)


def inspection_answer(order_id: int) -> dict[str, Any]:
    """After a command, which asked for the rights itself. Raises NoInspection."""
    view = inspection_view(order_id)
    if view is None:
        raise NoInspection
    return _picture(view)


def _picture(view: InspectionView) -> dict[str, Any]:
    inspection, order = view.inspection, view.inspection.order
    lacks = inspection_lacks(view) if view.is_current else []
    return {
        "ref": order.ref,
        "version": order.version,
        "number": inspection.number,
        "template": inspection.template.version,
        "is_current": view.is_current,
        "started_at": inspection.started_at,
        "ended_at": inspection.ended_at,
        "total": view.total,
        "answered": view.answered,
        "files_missing": view.files_missing,
        "missing": [{"code": item.code, "text": item.text} for item in lacks],
        "groups": [
            {
                "code": group.code,
                "title": group.title,
                "points": [_point_picture(point) for point in group.points],
            }
            for group in view.groups
        ],
        "unplaced": [evidence_picture(file) for file in view.unplaced],
        "verdict": _verdict_picture(view.verdict),
    }


def _point_picture(point: PointView) -> dict[str, Any]:
    item = point.item
    return {
        "number": item.number,
        "title": item.title,
        "question": item.question,
        "hint": item.hint,
        "kind": item.kind,
        "choices": item.choices,
        "norm": item.normal,
        "norm_from": None if item.normal_from is None else f"{item.normal_from.normalize():f}",
        "norm_to": None if item.normal_to is None else f"{item.normal_to.normalize():f}",
        "unit": item.unit,
        "file": item.proof,
        "file_asked": point.asked,
        "needs_answer": point.needs_answer,
        "needs_files": point.needs_files,
        "answer": _answer_picture(point.answer),
        "files": [evidence_picture(file, point=item.number) for file in point.files],
    }


def _answer_picture(answer: InspectionAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "id": answer.pk,
        "value": answer.value,
        "is_norm": answer.is_normal,
        "remark": answer.remark,
        "with_group": answer.in_bulk,
        "by": person_picture(answer.by),
        "at": answer.at,
    }


def _verdict_picture(verdict: InspectionVerdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "verdict": verdict.verdict,
        "remarks": verdict.remarks,
        "by": person_picture(verdict.by),
        "at": verdict.at,
        "decision": verdict.decision,
        "reason": verdict.decision_reason,
        "decided_by": person_picture(verdict.decided_by),
        "decided_at": verdict.decided_at,
    }


def evidence_picture(file: Evidence, *, point: int | None = None) -> dict[str, Any]:
    """`point`: where it is; the caller knows it, or the file brings its item."""
    repeats = file.repeats
    return {
        "id": file.pk,
        "order": f"R-{file.order_id}",
        "point": point,
        "purpose": file.purpose,
        "kind": file.kind,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "width": file.width,
        "height": file.height,
        "name": file.name,
        "repeats": {"id": repeats.pk, "order": f"R-{repeats.order_id}"} if repeats else None,
        "added_by": person_picture(file.added_by),
        "at": file.at,
    }


def placed_picture(file: Evidence) -> dict[str, Any]:
    """Of a file that was read with its point."""
    return evidence_picture(file, point=file.item.number if file.item else None)


def contact_picture(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "order": f"R-{contact.order_id}",
        "whom": contact.whom,
        "channel": contact.channel,
        "outcome": contact.outcome,
        "text": contact.text,
        "next_at": contact.next_at,
        "by": person_picture(contact.by),
        "at": contact.at,
    }
