"""What is answered when no view could: a page for people, problem details below /api/.

The REST framework answers for its own views. This is for what fails around them: a host that is not ours, a path that
can't be read, middleware.
"""

import sys

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from core.api.problems import CONTENT_TYPE, problem_of

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Django calls this for a broken multipart body too, which is no SuspiciousOperation.
    known = exception if isinstance(exception, SuspiciousOperation) else SuspiciousOperation()
    return _problem(known) if _is_api(request) else defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return _problem(PermissionDenied())
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(Http404()) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django tells this one no exception, but calls it while it is handled."""
    if _is_api(request):
        error = sys.exception()
        return _problem(error if isinstance(error, Exception) else Exception())
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)


def _problem(error: Exception) -> HttpResponse:
    problem = problem_of(error)
    return JsonResponse(
        problem.as_dict(), status=problem.status, content_type=CONTENT_TYPE, headers=dict(problem.headers)
    )
