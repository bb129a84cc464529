"""Errors as problem details (RFC 9457): one shape for whatever went wrong, with a stable `code`.

`problem_of` is the table from exceptions to problems; an app adds its own refusals with `problem_of.register`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from django.core import exceptions as django_errors
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import errors as postgres
from rest_framework import exceptions as rest
from rest_framework.response import Response

from core import refusals
from core.flaws import sentence
from core.policies.flaws import Flaw

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""After so long it is worth trying again when the database did not answer."""

TITLES: Mapping[int, object] = {
    400: gettext_lazy("The request is invalid"),
    401: gettext_lazy("Who are you?"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("There is no such thing"),
    405: gettext_lazy("Not with this method"),
    409: gettext_lazy("In conflict with what is there"),
    411: gettext_lazy("The length is needed"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Not in this format"),
    422: gettext_lazy("Refused"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("An error of ours"),
    503: gettext_lazy("Unavailable for a moment"),
}

FIELD = gettext_lazy("Fields are wrong: see “errors”.")


@dataclass(frozen=True, slots=True)
class FieldError:
    """`index` and `external_id` say which row of a batch it is."""

    field: str
    code: str
    detail: str
    index: int | None = None
    external_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        row = {"index": self.index, "external_id": self.external_id}
        return {
            "field": self.field,
            "code": self.code,
            "detail": self.detail,
            **{name: value for name, value in row.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: str
    detail: str
    errors: Sequence[FieldError] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": f"urn:ai-rop:problem:{self.code}",
            "title": str(TITLES.get(self.status) or HTTPStatus(self.status).phrase),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": [error.as_dict() for error in self.errors],
            **self.more,
        }


class ApiProblem(Exception):
    """Raised by a door that knows its problem itself."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def invalid(errors: Sequence[FieldError], *, code: str = "invalid") -> ApiProblem:
    """400, with what is wrong by field."""
    detail = errors[0].detail if len(errors) == 1 and not errors[0].field else str(FIELD)
    return ApiProblem(Problem(400, code, detail, errors=errors))


def field_error(flaw: Flaw, *, index: int | None = None, external_id: str | None = None) -> FieldError:
    return FieldError(flaw.field, flaw.code, sentence(flaw), index=index, external_id=external_id)


def problem_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """The EXCEPTION_HANDLER of the REST framework."""
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("api_failed", view=type(context.get("view")).__name__, code=problem.code, exc_info=error)
    headers = dict(problem.headers)
    if isinstance(error, rest.APIException) and getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return Response(problem.as_dict(), status=problem.status, headers=headers, content_type=CONTENT_TYPE)


@singledispatch
def problem_of(error: Exception) -> Problem:
    return Problem(500, "internal", _("Something went wrong on our side. It has been written down."))


@problem_of.register
def _known(error: ApiProblem) -> Problem:
    return error.problem


@problem_of.register
def _rest(error: rest.APIException) -> Problem:
    code = getattr(error.detail, "code", None) or error.default_code
    return Problem(error.status_code, str(code), str(error.detail))


@problem_of.register
def _throttled(error: rest.Throttled) -> Problem:
    seconds = max(ceil(getattr(error, "wait", None) or 1), 1)
    detail = _("Too many requests. Try again in %(seconds)s s.") % {"seconds": seconds}
    return Problem(429, "throttled", detail, headers={"Retry-After": str(seconds)})


@problem_of.register
def _invalid(error: rest.ValidationError) -> Problem:
    return invalid(list(_flat(error.detail, ""))).problem


@problem_of.register
def _invalid_model(error: django_errors.ValidationError) -> Problem:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": [error]}
    return invalid(
        [
            FieldError("" if name == django_errors.NON_FIELD_ERRORS else name, one.code or "invalid", text)
            for name, some in by_field.items()
            for one in some
            for text in one.messages
        ]
    ).problem


@problem_of.register(Http404)
@problem_of.register(django_errors.ObjectDoesNotExist)
@problem_of.register(rest.NotFound)
def _not_found(error: Exception) -> Problem:
    return Problem(404, "not_found", _("There is nothing here, or nothing that you may see."))


@problem_of.register
def _not_allowed(error: django_errors.PermissionDenied) -> Problem:
    return Problem(403, "no_permission", _("You have no permission for this."))


@problem_of.register
def _refused(refusal: refusals.Refusal) -> Problem:
    return Problem(422, refusal.code, str(refusal))


@problem_of.register
def _has_no_right(refusal: refusals.NotAllowed) -> Problem:
    return Problem(403, refusal.code, str(refusal))


@problem_of.register
def _suspicious(error: django_errors.SuspiciousOperation) -> Problem:
    return Problem(400, "invalid", _("The request can't be read."))


@problem_of.register(OperationalError)
@problem_of.register(InterfaceError)
def _unavailable(error: Exception) -> Problem:
    """The database can't be reached, is busy or locked: nothing was acknowledged, so nothing was promised."""
    detail = _("Nothing was done: the database did not answer in time. Try again.")
    return Problem(503, "unavailable", detail, headers={"Retry-After": str(RETRY_SECONDS)})


@problem_of.register
def _internal(error: InternalError) -> Problem:
    for_a_while = (postgres.ReadOnlySqlTransaction, postgres.IdleInTransactionSessionTimeout)
    return _unavailable(error) if isinstance(error.__cause__, for_a_while) else problem_of(Exception())


def _flat(detail: Any, path: str) -> Iterator[FieldError]:
    """The errors of serializers, which are nested as their fields are."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name in ("non_field_errors", "")
            yield from _flat(inner, path if own else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list | tuple):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flat(inner, f"{path}[{position}]" if nested else path)
    else:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))
