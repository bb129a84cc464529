"""Facts of the inspection: answers, verdicts, and what a lead says to "not fit"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

import core.selectors
from core import journal, work
from core.actors import Actor
from core.refusals import Refusal
from orders import gate
from orders.guards import inspection_missing
from orders.models import (
    Decision,
    Inspection,
    InspectionAnswer,
    InspectionItem,
    InspectionVerdict,
    Order,
    VerdictCode,
)
from orders.policies.inspection import (
    BadAnswer,
    is_normal,
    norms_of,
    progress,
    read_answer,
    why_no_verdict,
)
from orders.selectors import template_in_force
from orders.selectors.inspections import Found, inspection_found, items_of, point_of
from orders.services.supervision import lock_order, wake
from orders.services.tasks import task_open, tasks_done
from orders.statuses import Status

DECIDE = "decide_inspection"
DECIDE_WITHIN = timedelta(hours=4)
"""How long a lead has to decide about goods that are not fit."""

REMARK_AT_MOST = 1000
REMARKS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """`value`: "yes" or "no", the code of a choice, a number or words as a person writes them."""

    point: int
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PointError:
    """`point` is the number of the point, None for what is wrong with the whole."""

    point: int | None
    code: str
    text: str


class InspectionRefused(Refusal):
    """Nothing was recorded; `errors` says of each point why. `code` is that of the first, str() all of them.

    Codes: no_inspection, unknown_point, unknown_group, bad_value, too_long, nothing_to_answer, incomplete,
    has_exceptions, remarks_required, reason_required, no_fail_to_decide, unknown_verdict, unknown_decision.
    """

    def __init__(self, errors: Sequence[PointError]) -> None:
        self.errors = tuple(errors)
        self.code = self.errors[0].code
        super().__init__(" ".join(error.text for error in self.errors))

    def lacks(self) -> list[str]:
        return [error.code if error.point is None else f"{error.code}:{error.point}" for error in self.errors]


def refused(code: str, text: str) -> InspectionRefused:
    return InspectionRefused([PointError(None, code, text)])


def inspection_answer(
    *, order_id: int, answers: Sequence[GivenAnswer], actor: Actor, now: datetime
) -> Inspection:
    """Answer points, all or none. The same answer again changes nothing; another one drops the verdict.

    Raises InspectionRefused (no_inspection, unknown_point, bad_value, too_long), gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"points": [given.point for given in answers][:100]}
    with work.command("command.inspection_answer", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        items = {item.number: item for item in items_of(inspection.template)}
        read = _read(items, answers)
        found = inspection_found(inspection, severity=order.severity)
        changed = [answer for answer in read if not _same(found.answers.get(answer.item.number), answer)]
        if changed:
            _write(inspection, changed, found, actor=actor, now=now)
            _answered(order, inspection, changed, actor=actor, now=now)
        return inspection


def inspection_answer_group(*, order_id: int, group: str, actor: Actor, now: datetime) -> list[int]:
    """The norm for every point of the group that has one and is not answered. Returns which were answered.

    Raises InspectionRefused (no_inspection, unknown_group, nothing_to_answer), gate.NotAllowed.
    """
    with work.command("command.inspection_answer", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        found = inspection_found(inspection, severity=order.severity)
        if group not in {point.group for point in found.points}:
            raise refused("unknown_group", _("There is no such group of points."))
        norms = norms_of(found.points, group, found.answers.keys())
        if not norms:
            raise refused(
                "nothing_to_answer", _("Nothing in this group can be answered by the norm any more.")
            )
        items = {item.number: item for item in found.items}
        answers = [
            _Read(items[number], value, is_normal=True, in_bulk=True) for number, value in norms.items()
        ]
        _write(inspection, answers, found, actor=actor, now=now)
        _answered(order, inspection, answers, actor=actor, now=now)
        return sorted(norms)


def inspection_verdict(
    *, order_id: int, verdict: str, actor: Actor, now: datetime, remarks: str = ""
) -> Inspection:
    """What the inspection came to. "Not fit" gives a lead the task to decide.

    Raises InspectionRefused (no_inspection, incomplete with every point that is open, has_exceptions,
    remarks_required, too_long, unknown_verdict), gate.NotAllowed.
    """
    asked = {"verdict": verdict if verdict in VerdictCode.values else "unknown"}
    with work.command("command.inspection_verdict", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        if verdict not in VerdictCode.values:
            raise refused("unknown_verdict", _("The verdict is one of: %(all)s.") % {"all": _verdicts()})
        _check_length(remarks, REMARKS_AT_MOST)
        found = inspection_found(inspection, severity=order.severity)
        _check_verdict(found, verdict, remarks)

        _drop_verdict(inspection, now=now)
        InspectionVerdict.objects.create(
            inspection=inspection,
            verdict=verdict,
            remarks=remarks.strip(),
            by_id=actor.user_id,
            door=actor.door,
            at=now,
        )
        inspection.verdict = verdict
        if verdict == VerdictCode.FAIL:
            _ask_a_lead(order, actor=actor, now=now)
        else:
            tasks_done(order, kind=DECIDE, actor=actor, now=now)
        output = {"inspection": inspection.pk, "exceptions": len(found.progress.exceptions)}
        moved(order, inspection, "command.inspection_verdict", output, inputs=asked, actor=actor, now=now)
        return inspection


def inspection_decide(
    *, order_id: int, decision: str, reason: str, actor: Actor, now: datetime
) -> Inspection:
    """A lead decides about goods that are not fit: go on all the same, or inspect again. (To cancel is a route.)

    Raises InspectionRefused (no_inspection, no_fail_to_decide, reason_required, too_long, unknown_decision),
    gate.NotAllowed.
    """
    asked = {"decision": decision if decision in Decision.values else "unknown"}
    with work.command("command.inspection_decide", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        if not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only a lead decides about goods that are not fit."))
        inspection = to_inspect(order, actor=actor, now=now)
        if decision not in Decision.values:
            raise refused(
                "unknown_decision", _("One of these: %(among)s.") % {"among": ", ".join(Decision.values)}
            )
        if inspection.verdict != VerdictCode.FAIL or inspection.decision:
            raise refused("no_fail_to_decide", _("There is no “not fit” to decide about."))
        if not reason.strip():
            raise refused("reason_required", _("Say why: the reason is required."))
        _check_length(reason, REMARK_AT_MOST)

        InspectionVerdict.objects.filter(inspection=inspection, replaced_at__isnull=True).update(
            decision=decision, decision_reason=reason.strip(), decided_by_id=actor.user_id, decided_at=now
        )
        if decision == Decision.AGAIN:
            _drop_verdict(inspection, now=now)
        else:
            inspection.decision = decision
        tasks_done(order, kind=DECIDE, actor=actor, now=now)
        output = {"inspection": inspection.pk}
        moved(order, inspection, "command.inspection_decide", output, inputs=asked, actor=actor, now=now)
        return inspection


# ── what other services of the inspection share ──


def inspection_begin(order: Order, *, now: datetime) -> Inspection:
    """The current inspection of a locked order; a new one, by the template in force, when there is none."""
    current = Inspection.objects.select_related("template").filter(order=order, ended_at__isnull=True).first()
    if current is not None:
        return current
    template = template_in_force()
    points = [point_of(item) for item in items_of(template)]
    last = Inspection.objects.filter(order=order).order_by("-number").values_list("number", flat=True).first()
    inspection = Inspection(
        order=order,
        number=(last or 0) + 1,
        template=template,
        started_at=now,
        points_open=[point.number for point in points],
    )
    inspection.proof_open = sorted(progress(points, {}, {}, severity=order.severity).proof_open)
    inspection.save()
    return inspection


def to_inspect(order: Order, *, actor: Actor, now: datetime) -> Inspection:
    """The current inspection of a locked order, for somebody who may work at it.

    Raises gate.NotAllowed, InspectionRefused (no_inspection).
    """
    if not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed
    if order.status != Status.UNDER_INSPECTION:
        at = Status(order.status).label
        raise refused("no_inspection", _("The order is not under inspection: “%(status)s”.") % {"status": at})
    return inspection_begin(order, now=now)


def moved(
    order: Order,
    inspection: Inspection,
    kind: str,
    output: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    inputs: dict[str, Any] | None = None,
) -> None:
    """Something of the inspection happened: count anew what is missing, record, and have AI-РОП look."""
    inspection_recount(order, inspection)
    order.moved_at = now
    order.save_facts("moved_at", now=now)
    record = journal.Record(kind, order_id=order.pk, inputs=inputs or {}, output=output)
    journal.write([record], actor=actor, now=now)
    wake([order.pk])


def inspection_severity_changed(order: Order) -> None:
    """More urgent orders may need more files."""
    current = Inspection.objects.select_related("template").filter(order=order, ended_at__isnull=True).first()
    if current is not None:
        inspection_recount(order, current)


def inspection_recount(order: Order, inspection: Inspection) -> None:
    """Write what the facts come to beside the inspection."""
    came_to = inspection_found(inspection, severity=order.severity).progress
    inspection.points_open = list(came_to.points_open)
    inspection.proof_open = sorted(came_to.proof_open)
    inspection.save(update_fields=["points_open", "proof_open", "verdict", "decision"])


# ── inside ──


@dataclass(frozen=True, slots=True)
class _Read:
    item: InspectionItem
    value: str
    is_normal: bool
    remark: str = ""
    in_bulk: bool = False


def _read(items: dict[int, InspectionItem], answers: Iterable[GivenAnswer]) -> list[_Read]:
    read: dict[int, _Read] = {}
    errors: list[PointError] = []
    for given in answers:
        item = items.get(given.point)
        if item is None:
            text = _("There is no point %(number)s.") % {"number": given.point}
            errors.append(PointError(given.point, "unknown_point", text))
        elif len(given.remark) > REMARK_AT_MOST:
            errors.append(PointError(given.point, "too_long", _too_long(REMARK_AT_MOST)))
        else:
            try:
                value = read_answer(point_of(item), given.value)
            except BadAnswer as bad:
                errors.append(PointError(given.point, "bad_value", bad_answer_text(item, bad.code)))
            else:
                remark = given.remark.strip()
                read[item.number] = _Read(item, value, is_normal(point_of(item), value), remark)
    if errors:
        raise InspectionRefused(errors)
    return list(read.values())


def bad_answer_text(item: InspectionItem, code: str) -> str:
    """Why this is no answer to the point, as a sentence that names it."""
    sentences = {
        "blank": _("Point %(number)s “%(title)s”: the answer is empty."),
        "not_yes_no": _("Point %(number)s “%(title)s”: the answer is yes or no."),
        "unknown_choice": _("Point %(number)s “%(title)s”: there is no such choice."),
        "not_a_number": _("Point %(number)s “%(title)s”: write a number, as 12 or 12,5."),
        "out_of_range": _("Point %(number)s “%(title)s”: this number is too large or too exact."),
        "max_length": _("Point %(number)s “%(title)s”: at most 1000 characters."),
    }
    return sentences[code] % {"number": item.number, "title": item.title}


def _same(before: InspectionAnswer | None, answer: _Read) -> bool:
    return before is not None and (before.value, before.remark) == (answer.value, answer.remark)


def _write(
    inspection: Inspection, answers: Sequence[_Read], found: Found, *, actor: Actor, now: datetime
) -> None:
    replaced = [found.answers[a.item.number].pk for a in answers if a.item.number in found.answers]
    if replaced:
        InspectionAnswer.objects.filter(pk__in=replaced).update(replaced_at=now)
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(
            inspection=inspection,
            item=answer.item,
            value=answer.value,
            is_normal=answer.is_normal,
            remark=answer.remark,
            in_bulk=answer.in_bulk,
            by_id=actor.user_id,
            door=actor.door,
            at=now,
        )
        for answer in answers
    )


def _answered(
    order: Order, inspection: Inspection, answers: Sequence[_Read], *, actor: Actor, now: datetime
) -> None:
    if _drop_verdict(inspection, now=now):
        tasks_done(order, kind=DECIDE, actor=actor, now=now)
    output = {
        "inspection": inspection.pk,
        "points": [answer.item.number for answer in answers],
        "exceptions": [answer.item.number for answer in answers if not answer.is_normal],
    }
    moved(order, inspection, "command.inspection_answer", output, actor=actor, now=now)


def _drop_verdict(inspection: Inspection, *, now: datetime) -> bool:
    """The answers changed, or a new verdict is given: the one before is history."""
    if not inspection.verdict:
        return False
    InspectionVerdict.objects.filter(inspection=inspection, replaced_at__isnull=True).update(replaced_at=now)
    inspection.verdict = inspection.decision = ""
    return True


def _check_verdict(found: Found, verdict: str, remarks: str) -> None:
    why = why_no_verdict(found.progress, verdict, remarks)
    if why == "incomplete":
        raise InspectionRefused(
            [
                PointError(int(missing.code.partition(":")[2]), "incomplete", missing.text)
                for missing in inspection_missing(found.items, found.progress)
            ]
        )
    if why == "has_exceptions":
        numbers = ", ".join(map(str, found.progress.exceptions))
        raise refused(
            why,
            _("Not everything is the norm (points %(numbers)s): choose “fit, with remarks”.")
            % {"numbers": numbers},
        )
    if why == "remarks_required":
        raise refused(why, _("Say in words what is wrong: remarks are required."))


def _check_length(text: str, at_most: int) -> None:
    if len(text) > at_most:
        raise refused("too_long", _too_long(at_most))


def _too_long(at_most: int) -> str:
    return _("At most %(most)s characters.") % {"most": at_most}


def _verdicts() -> str:
    return ", ".join(VerdictCode.values)


def _ask_a_lead(order: Order, *, actor: Actor, now: datetime) -> None:
    leads = core.selectors.leads_above(order.assigned_manager_id, at=now)
    # Whoever says so is somebody who may act on the order: rather they than nobody.
    owner_id = leads[0] if leads else actor.user_id
    if owner_id is None:
        raise gate.NotAllowed
    with translation.override(settings.LANGUAGE_CODE):
        title = _("The goods are not fit: decide what becomes of the order")
    task_open(
        order, kind=DECIDE, title=title, owner_id=owner_id, due_at=now + DECIDE_WITHIN, actor=actor, now=now
    )
