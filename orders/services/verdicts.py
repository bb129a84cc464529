"""What an inspection came to, and what a lead says to "not fit"."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import core.selectors
from core import outbox, work
from core.actors import Actor
from core.models import Importance
from orders import gate
from orders.guards import inspection_missing
from orders.models import (
    Decision,
    Inspection,
    InspectionVerdict,
    Order,
    TaskStatus,
    VerdictCode,
)
from orders.policies.inspection import why_no_verdict
from orders.selectors.inspections import Found, inspection_found
from orders.services.inspecting import (
    InspectionRefused,
    PointError,
    moved,
    refused,
    to_inspect,
    too_long,
    verdict_drop,
)
from orders.services.supervision import lock_order
from orders.services.tasks import task_open, tasks_end

DECIDE = "decide_inspection"
"""The kind of a lead's task."""

DECIDE_WITHIN = timedelta(hours=4)
"""How long a lead has to decide about goods that are not fit."""

REMARKS_AT_MOST = 2000
REASON_AT_MOST = 1000


def inspection_verdict(
    *,
    order_id: int,
    verdict: str,
    actor: Actor,
    now: datetime,
    remarks: str = "",
    seen_version: int | None = None,
) -> Inspection:
    """What the inspection came to. "Not fit" gives a lead the task to decide. The same again changes nothing.

    `seen_version`: of the order that the person looked at; None where nobody looked at a form.
    Raises InspectionRefused (no_inspection, incomplete with every point that is open, has_exceptions,
    remarks_required, too_long, unknown_verdict), gate.NotAllowed, gate.StaleVersion, Order.DoesNotExist.
    """
    asked = {"verdict": verdict if verdict in VerdictCode.values else "unknown"}
    with work.command("command.inspection_verdict", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        if verdict not in VerdictCode.values:
            among = ", ".join(VerdictCode.values)
            raise refused("unknown_verdict", _("One of these: %(among)s.") % {"among": among})
        remarks = remarks.strip()
        _check_length(remarks, REMARKS_AT_MOST)
        found = inspection_found(inspection, severity=order.severity)
        _check_verdict(found, verdict, remarks)
        if not _stands(inspection, verdict, remarks):
            gate.check_seen(order, seen_version)
            given = _give(order, inspection, verdict, remarks, actor=actor, now=now)
            output = {"verdict": given.pk, "exceptions": len(found.progress.exceptions)}
            moved(order, inspection, "command.inspection_verdict", output, inputs=asked, actor=actor, now=now)
        return inspection


def inspection_decide(
    *,
    order_id: int,
    decision: str,
    reason: str,
    actor: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Inspection:
    """A lead decides about goods that are not fit: go on all the same, or inspect again. (To cancel is a route.)

    Raises InspectionRefused (no_inspection, no_fail_to_decide, reason_required, too_long, unknown_decision),
    gate.NotAllowed, gate.StaleVersion, Order.DoesNotExist.
    """
    asked = {"decision": decision if decision in Decision.values else "unknown"}
    with work.command("command.inspection_decide", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        if not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only a lead decides about goods that are not fit."))
        inspection = to_inspect(order, actor=actor, now=now)
        if decision not in Decision.values:
            among = ", ".join(Decision.values)
            raise refused("unknown_decision", _("One of these: %(among)s.") % {"among": among})
        if inspection.verdict != VerdictCode.FAIL or inspection.decision:
            raise refused("no_fail_to_decide", _("There is no “not fit” to decide about."))
        reason = reason.strip()
        if not reason:
            raise refused("reason_required", _("Say why: the reason is required."))
        _check_length(reason, REASON_AT_MOST)
        gate.check_seen(order, seen_version)

        current = InspectionVerdict.objects.get(inspection=inspection, replaced_at__isnull=True)
        current.decision, current.decision_reason = decision, reason
        current.decided_by_id, current.decided_at = actor.user_id, now
        current.save(update_fields=["decision", "decision_reason", "decided_by", "decided_at"])
        inspection.decision = decision
        if decision == Decision.AGAIN:
            verdict_drop(inspection, now=now)
        tasks_end(order, kinds=[DECIDE], status=TaskStatus.DONE, actor=actor, now=now)
        output = {"verdict": current.pk}
        moved(order, inspection, "command.inspection_decide", output, inputs=asked, actor=actor, now=now)
        return inspection


def _check_verdict(found: Found, verdict: str, remarks: str) -> None:
    why = why_no_verdict(found.progress, verdict, remarks)
    if why == "incomplete":
        raise InspectionRefused(
            [
                PointError(int(missing.code.partition(":")[2]), "incomplete", missing.text, missing.code)
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
        raise refused("too_long", too_long(at_most))


def _stands(inspection: Inspection, verdict: str, remarks: str) -> bool:
    """Whether exactly this was said already: a button that is pressed twice acts once."""
    return InspectionVerdict.objects.filter(
        inspection=inspection, replaced_at__isnull=True, verdict=verdict, remarks=remarks
    ).exists()


def _give(
    order: Order, inspection: Inspection, verdict: str, remarks: str, *, actor: Actor, now: datetime
) -> InspectionVerdict:
    verdict_drop(inspection, now=now)
    given = InspectionVerdict.objects.create(
        inspection=inspection,
        verdict=verdict,
        remarks=remarks,
        by_id=gate.person_of(actor),
        door=actor.door,
        at=now,
    )
    inspection.verdict = verdict
    if verdict == VerdictCode.FAIL:
        _ask_a_lead(order, given, actor=actor, now=now)
    else:
        tasks_end(order, kinds=[DECIDE], status=TaskStatus.CANCELLED, actor=actor, now=now)
    return given


def _ask_a_lead(order: Order, verdict: InspectionVerdict, *, actor: Actor, now: datetime) -> None:
    leads = core.selectors.leads_above(order.assigned_manager_id, at=now)
    # Whoever says so is somebody who may act on the order: rather they than nobody.
    owner_id = leads[0] if leads else gate.person_of(actor)
    task = task_open(
        order,
        kind=DECIDE,
        title=gettext_lazy("The goods are not fit: decide what becomes of the order"),
        owner_id=owner_id,
        due_at=now + DECIDE_WITHIN,
        actor=actor,
        now=now,
    )
    message = outbox.Outgoing(
        template="inspection_failed",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"inspection_failed:{verdict.pk}",
        person_id=task.owner_id,
        order_id=order.pk,
        context={"verdict": verdict.pk},
    )
    outbox.post([message], now=now)
