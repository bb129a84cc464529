"""Whether this process lives, and whether AI-РОП works."""

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock, heartbeats
from rop.selectors import loop_lag_seconds


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"live": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 with the names of the silent when the database or a required part made no progress for a minute."""
    try:
        now = clock.now()
        ages = heartbeats.ages(now=now)
        silent = heartbeats.silent(now=now)
        lag = loop_lag_seconds(now=now)
    except Error:
        return JsonResponse({"ready": False, "silent": ["database"]}, status=503)
    return JsonResponse(
        {
            "ready": not silent,
            "silent": silent,
            "seconds_since_progress": {
                name: None if age is None else age.total_seconds() for name, age in ages.items()
            },
            "loop_lag_seconds": lag,
        },
        status=503 if silent else 200,
    )
