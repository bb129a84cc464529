"""The refusals of orders that say more than their code, as problems; importing this registers them."""

from typing import Any

from core.api.problems import FieldError, Problem, problem_of
from orders import gate
from orders.services import IntakeConflict


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
def _intake_conflict(conflict: IntakeConflict) -> Problem:
    detail = str(conflict)
    errors = [
        FieldError("external_id", conflict.code, detail, external_id=given) for given in conflict.external_ids
    ]
    return Problem(
        409, conflict.code, detail, errors=errors, more={"external_ids": list(conflict.external_ids)}
    )
