"""Who may open the pages and the control API: a browser or a program on this machine, never another site's page."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web


def check_origin(request: web.Request) -> None:
    """Raises HTTPForbidden for foreign hosts (DNS rebinding) and for requests that another site's page sent."""
    host = request.headers.get("Host", "")
    if not _is_loopback(host):
        raise web.HTTPForbidden(text="The sandbox answers on loopback addresses only.")
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise web.HTTPForbidden(text="Requests of other sites are refused.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text="Requests of other sites are refused.")


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
