"""From which address a request came."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Behind our proxy: what the proxy itself saw, the last of the list; anything before it is the client's word."""
    if settings.BEHIND_PROXY:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ip_address(seen))
        except ValueError:
            pass
    return str(request.META.get("REMOTE_ADDR", ""))
