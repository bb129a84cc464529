"""Addresses behind text links and buttons: what Telegram accepts and how it writes them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

_USER = re.compile(r"tg:(?://)?user\?(?:.*&)?id=(\d{1,16})(?:[&#]|$)", re.IGNORECASE)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*)://")
_HOST = re.compile(r"[^\s/?#@:%\\<>\"'`{}|^\[\]]+")
_WEB = {"http", "https", "ftp"}
_TELEGRAM = {"tg", "ton", "tonsite"}


def link_entity(address: str) -> dict[str, Any] | None:
    """The varying part of a text_link or text_mention; None when Telegram would drop the link."""
    user = _USER.match(address.strip())
    if user:
        return {"type": "text_mention", "user": {"id": int(user.group(1))}}
    try:
        return {"type": "text_link", "url": checked_url(address)}
    except ValueError:
        return None


def checked_url(address: str) -> str:
    """The address as Telegram keeps it. Raises ValueError with Telegram's reason."""
    address = address.strip()
    if re.match(r"(?:tg|ton):(?!//)", address, re.IGNORECASE):
        scheme, rest = address.split(":", 1)
        address = f"{scheme.lower()}://{rest}"
    match = _SCHEME.match(address)
    scheme = match.group(1).lower() if match else "http"
    rest = address[match.end() :] if match else address
    if scheme not in _WEB | _TELEGRAM:
        raise ValueError("Unsupported URL protocol")
    if scheme in _TELEGRAM:
        return f"{scheme}://{rest}"
    return _web_url(scheme, rest)


def _web_url(scheme: str, rest: str) -> str:
    parts = urlsplit(f"{scheme}://{rest}")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("Wrong HTTP URL") from None
    host = parts.hostname or ""
    if not host:
        raise ValueError("URL host is empty")
    if "." not in host.strip(".") or not _HOST.fullmatch(host) or port == 0:
        raise ValueError("Wrong HTTP URL")
    path_at = min((at for char in "/?#" if (at := rest.find(char)) >= 0), default=len(rest))
    authority, tail = rest[:path_at], rest[path_at:]
    user, _, _ = authority.rpartition("@")
    shown = f"{user}@{host}" if user else host
    if port is not None:
        shown += f":{port}"
    if not tail.startswith("/"):
        tail = f"/{tail}"
    return f"{scheme}://{shown}{tail.replace(' ', '%20')}"
