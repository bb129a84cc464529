"""How often a key may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.buckets import buckets
from core.models import ApiKey

if TYPE_CHECKING:
    # Views read the settings, and the settings name this module.
    from rest_framework.views import APIView


class KeyRate(BaseThrottle):
    """So many requests a minute for each key (`API_RATES`): a bucket that holds a minute's worth."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        rate = getattr(view, "rates", {}).get(request.method, "key")
        self.seconds = buckets.pour(f"{rate}:{request.auth.pk}", per_minute=settings.API_RATES[rate])
        return not self.seconds

    def wait(self) -> float | None:
        return self.seconds
