"""The refusals of orders that say more than their code, as problems; importing this registers them."""

from typing import Any

from django.utils.translation import gettext as _

from core.api.problems import FieldError, Problem, problem_of
from orders import gate
from orders.api.inspection.pictures import NoInspection
from orders.services import (
    ApprovalRefused,
    DealRefused,
    EvidenceRefused,
    InspectionRefused,
    IntakeConflict,
    PaymentRepeated,
    PointError,
)

OF_FILES = {"too_large": 413, "not_allowed": 415, "wrong_extension": 415}
"""Refusals of a file that have a status of their own."""

OVERTAKEN = frozenset({"order_changed", "shown_otherwise", "decided_already", "ended_already", "expired"})
"""Refusals because of what happened meanwhile: 409. The others say what is wrong with the request itself."""


@problem_of.register
def _unknown_route(refusal: gate.UnknownRoute) -> Problem:
    return Problem(404, refusal.code, str(refusal))


@problem_of.register
def _stale_version(refusal: gate.StaleVersion) -> Problem:
    return Problem(409, refusal.code, str(refusal), more={"version": refusal.current})


@problem_of.register
def _route_refused(refusal: gate.RouteRefused) -> Problem:
    missing: list[dict[str, Any]] = [{"code": item.code, "text": item.text} for item in refusal.missing]
    return Problem(422, refusal.code, str(refusal), more={"missing": missing})


@problem_of.register
def _inspection_refused(refusal: InspectionRefused) -> Problem:
    """Each point by the code that the gate has for it; `missing` as with a refused route."""
    errors = [FieldError(_place(error), error.code, error.text) for error in refusal.errors]
    missing = [{"code": error.lacks, "text": error.text} for error in refusal.errors if error.lacks]
    status = 409 if refusal.code == "answered_meanwhile" else 422
    return Problem(
        status, refusal.code, str(refusal), errors=errors, more={"missing": missing} if missing else {}
    )


def _place(error: PointError) -> str:
    return error.lacks or (f"point:{error.point}" if error.point is not None else "")


@problem_of.register
def _deal_refused(refusal: DealRefused) -> Problem:
    detail = str(refusal)
    errors = [FieldError(refusal.field, refusal.code, detail)] if refusal.field else []
    return Problem(_status(refusal.code), refusal.code, detail, errors=errors)


@problem_of.register
def _payment_repeated(refusal: PaymentRepeated) -> Problem:
    detail = str(refusal)
    errors = [FieldError(refusal.field, refusal.code, detail)]
    return Problem(409, refusal.code, detail, errors=errors, more={"payment": refusal.equal_to})


@problem_of.register
def _approval_refused(refusal: ApprovalRefused) -> Problem:
    return Problem(_status(refusal.code), refusal.code, str(refusal))


def _status(code: str) -> int:
    return 409 if code in OVERTAKEN else 422


@problem_of.register
def _evidence_refused(refusal: EvidenceRefused) -> Problem:
    detail = str(refusal)
    return Problem(
        OF_FILES.get(refusal.code, 422),
        refusal.code,
        detail,
        errors=[FieldError("file", refusal.code, detail)],
    )


@problem_of.register
def _no_inspection(error: NoInspection) -> Problem:
    return Problem(404, "no_inspection", _("The order has not been under inspection yet."))


@problem_of.register
def _intake_conflict(conflict: IntakeConflict) -> Problem:
    detail = str(conflict)
    errors = [
        FieldError("external_id", conflict.code, detail, external_id=given) for given in conflict.external_ids
    ]
    return Problem(
        409, conflict.code, detail, errors=errors, more={"external_ids": list(conflict.external_ids)}
    )
