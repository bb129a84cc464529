"""What the commands of an inspection share: who may work at it, what is missing by now, how a refusal is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import journal
from core.actors import Actor
from core.refusals import Refusal
from orders import gate
from orders.models import Inspection, InspectionVerdict, Order
from orders.policies.inspection import progress
from orders.selectors import template_in_force
from orders.selectors.inspections import inspection_progress, points_of
from orders.services.supervision import wake
from orders.statuses import Status

LACKS_AT_MOST = 100
"""So many codes of one refusal the journal keeps."""


@dataclass(frozen=True, slots=True)
class PointError:
    """`point` is the number of the point, None for what is wrong with the whole.

    `lacks`: what is missing there, by the code that the gate has for it (point:7, file:7).
    """

    point: int | None
    code: str
    text: str
    lacks: str = ""


class InspectionRefused(Refusal):
    """Nothing was recorded; `errors` says of each point why. `code` is that of the first, str() all of them.

    Codes: no_inspection, unknown_point, unknown_group, bad_value, too_long, nothing_to_answer, incomplete,
    has_exceptions, remarks_required, reason_required, no_fail_to_decide, unknown_verdict, unknown_decision,
    answered_meanwhile.
    """

    def __init__(self, errors: Sequence[PointError]) -> None:
        self.errors = tuple(errors)
        self.code = self.errors[0].code
        super().__init__(" ".join(error.text for error in self.errors))

    def lacks(self) -> list[str]:
        at_points = [error for error in self.errors if error.point is not None]
        return [error.lacks or f"point:{error.point}" for error in at_points[:LACKS_AT_MOST]]


def refused(code: str, text: str) -> InspectionRefused:
    return InspectionRefused([PointError(None, code, text)])


def too_long(at_most: int) -> str:
    return _("At most %(most)s characters.") % {"most": at_most}


def check_inspectable(order: Order, *, actor: Actor) -> None:
    """Whether somebody may work at the inspection of this order now. Raises gate.NotAllowed, InspectionRefused."""
    if not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed
    if order.status != Status.UNDER_INSPECTION:
        at = Status(order.status).label
        raise refused("no_inspection", _("The order is not under inspection: “%(status)s”.") % {"status": at})


def to_inspect(order: Order, *, actor: Actor, now: datetime) -> Inspection:
    """The current inspection of a locked order, for somebody who may work at it.

    Raises gate.NotAllowed, InspectionRefused (no_inspection).
    """
    check_inspectable(order, actor=actor)
    return inspection_begin(order, now=now)


def inspection_begin(order: Order, *, now: datetime) -> Inspection:
    """The current inspection of a locked order; a new one, by the template in force, when there is none."""
    if (current := inspection_current(order)) is not None:
        return current
    template = template_in_force()
    last = Inspection.objects.filter(order=order).order_by("-number").values_list("number", flat=True).first()
    missing = progress(points_of(template), {}, {}, severity=order.severity)
    return Inspection.objects.create(
        order=order,
        number=(last or 0) + 1,
        template=template,
        started_at=now,
        points_open=list(missing.points_open),
        proof_open=sorted(missing.proof_open),
    )


def inspection_current(order: Order) -> Inspection | None:
    return Inspection.objects.select_related("template").filter(order=order, ended_at__isnull=True).first()


def moved(
    order: Order,
    inspection: Inspection,
    kind: str,
    *outputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    inputs: dict[str, Any] | None = None,
) -> None:
    """Something of the inspection happened, once or several times: count anew what is missing, record, and have AI-РОП
    look."""
    inspection_recount(order, inspection)
    order.moved_at = now
    order.save_facts("moved_at", now=now)
    records = [
        journal.Record(
            kind, order_id=order.pk, inputs=inputs or {}, output={"inspection": inspection.pk, **output}
        )
        for output in outputs
    ]
    journal.write(records, actor=actor, now=now)
    wake([order.pk])


def inspection_severity_changed(order: Order) -> None:
    """More urgent orders may need more files."""
    if (current := inspection_current(order)) is not None:
        inspection_recount(order, current)


def inspection_recount(order: Order, inspection: Inspection) -> None:
    """Write what the facts come to beside the inspection."""
    came_to = inspection_progress(inspection, severity=order.severity)
    inspection.points_open = list(came_to.points_open)
    inspection.proof_open = sorted(came_to.proof_open)
    inspection.save(update_fields=["points_open", "proof_open", "verdict", "decision"])


def verdict_drop(inspection: Inspection, *, now: datetime) -> bool:
    """The current verdict is history. The columns beside the inspection are for the caller to save."""
    if not inspection.verdict:
        return False
    InspectionVerdict.objects.filter(inspection=inspection, replaced_at__isnull=True).update(replaced_at=now)
    inspection.verdict = inspection.decision = ""
    return True
