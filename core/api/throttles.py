"""How often a key may call."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.models import ApiKey

if TYPE_CHECKING:
    # Views read the settings, and the settings name this module.
    from rest_framework.views import APIView

MINUTE = 60.0


class KeyRate(BaseThrottle):
    """So many requests a minute for each key (`API_RATES`), each process counting for itself.

    A leaky bucket that holds a minute's worth: one number for a key, however high its rate. The number is the
    moment at which the bucket would be empty again.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        rate = getattr(view, "rates", {}).get(request.method, "key")
        per_minute: int = settings.API_RATES[rate]
        name, now = f"rate:{rate}:{request.auth.pk}", monotonic()
        empty_at = max(float(cache.get(name, now)), now) + MINUTE / per_minute
        if empty_at - now > MINUTE + 1e-6:
            self.seconds = empty_at - now - MINUTE
            return False
        cache.set(name, empty_at, timeout=2 * MINUTE)
        return True

    def wait(self) -> float | None:
        return self.seconds
