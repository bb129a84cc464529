"""The parameters of one Bot API call, read from the query, a form, JSON or multipart, as leniently as Telegram."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from .errors import ApiError, bad_request

MAX_UPLOAD = 50 * 1024 * 1024
"""Bytes of one uploaded file."""

MAX_REQUEST = MAX_UPLOAD * 11
"""Bytes of a whole request: an album of ten files and its texts."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime_type: str
    body: bytes


class Params:
    """Values by name with typed getters; a value that cannot be read is refused as Telegram refuses it."""

    def __init__(self, values: dict[str, Any], files: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.files = files or {}

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, int):
            return value
        try:
            return int(str(value).strip())
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        if isinstance(value, str):
            return value.strip().lower() in {"true", "yes", "1"}
        return bool(value)

    def structure(self, name: str, *, what: str) -> Any:
        """A JSON value given as JSON or as a string of it; None when absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def upload(self, reference: str) -> Upload | None:
        """The file behind ``attach://name``."""
        if not reference.startswith("attach://"):
            return None
        return self.files.get(reference.removeprefix("attach://"))


async def read_params(request: web.Request) -> Params:
    """Raises ApiError 400 or 413 as Telegram's HTTP server does."""
    values: dict[str, Any] = dict(request.query)
    if request.method != "POST" or not request.body_exists:
        return Params(values)
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request, values)
    body = await request.read()
    if request.content_type == "application/json":
        return Params(values | _read_json(body))
    if request.content_type == "application/x-www-form-urlencoded":
        return Params(values | {name: str(value) for name, value in (await request.post()).items()})
    return Params(values)


def _read_json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("object expected as JSON content")
    return values


async def _read_multipart(request: web.Request, values: dict[str, Any]) -> Params:
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        # The reader also yields nested multiparts, which no client of the Bot API sends.
        name = part.name if isinstance(part, BodyPartReader) else None
        if not isinstance(part, BodyPartReader) or not name:
            continue
        if part.filename is None:
            values[name] = (await part.read()).decode("utf-8", "replace")
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            files[name] = Upload(name=part.filename, mime_type=mime_type, body=await _read_file(part))
    return Params(values, files)


async def _read_file(part: BodyPartReader) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(256 * 1024):
        body += chunk
        if len(body) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
    return bytes(body)
