"""The HTTP door of the Bot API: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``, with the ordered faults."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from contextlib import suppress
from typing import Any

from aiohttp import web

from .errors import (
    ApiError,
    bad_request,
    not_found,
    terminated_by_other_poller,
    too_many_requests,
    unauthorized,
)
from .faults import Fault, FaultKind, Faults
from .journal import Call, Journal
from .methods import METHODS
from .methods.files import MAX_DOWNLOAD
from .params import Params, read_params
from .world import World

log = logging.getLogger(__name__)

MAX_POLL_SECONDS = 50
MAX_UPDATES = 100

NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class BotApi:
    """Answers the bot's calls on one world."""

    def __init__(self, world: World, faults: Faults, journal: Journal) -> None:
        self._world = world
        self._faults = faults
        self._journal = journal
        self.healed = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token:[^/]+}/{method}", self.call),
            web.get("/file/bot{token:[^/]+}/{path:.+}", self.file),
        ]

    async def file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._world.token:
            return _answer(unauthorized())
        file = self._world.paths.get(request.match_info["path"])
        body = self._world.store.body(file.body) if file is not None else None
        if file is None or body is None or file.size > MAX_DOWNLOAD:
            return _answer(not_found())
        return web.Response(body=body, content_type="application/octet-stream")

    async def call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._world.token:
            return _answer(unauthorized())
        method = request.match_info["method"].lower()
        refusal: ApiError | None = None
        try:
            params = await read_params(request)
        except ApiError as error:
            params, refusal = Params({}), error
        began = self._world.clock.now()
        entry = self._journal.begin(request.match_info["method"], _shown(params), at=began)
        fault = self._faults.pick(method, entry.chat_id, now=began)
        try:
            if refusal is not None:
                return _finish(entry, refusal)
            if fault is not None:
                return await self._fail(request, fault, entry, method, params)
            return await self._run(entry, method, params)
        finally:
            entry.seconds = self._world.clock.now() - began
            self._world.changes.tell("call")

    async def _run(self, entry: Call, method: str, params: Params) -> web.Response:
        try:
            result = await self._result(method, params)
        except ApiError as error:
            return _finish(entry, error)
        except Exception:
            log.exception("the sandbox failed in %s", method)
            return _finish(entry, ApiError(500, "Internal Server Error"))
        entry.outcome, entry.delivered = "ok", True
        return web.json_response({"ok": True, "result": result})

    async def _result(self, method: str, params: Params) -> Any:
        if method == "getupdates":
            return await self._get_updates(params)
        known = METHODS.get(method)
        if known is None:
            raise not_found()
        return known(self._world, params)

    async def _get_updates(self, params: Params) -> Any:
        allowed = params.structure("allowed_updates", what="allowed updates")
        if allowed is not None and not isinstance(allowed, list):
            raise bad_request("expected an Array of allowed updates")
        limit = params.integer("limit", MAX_UPDATES)
        return await self._world.updates.get(
            offset=params.integer("offset"),
            limit=min(max(limit, 1), MAX_UPDATES),
            timeout=min(max(params.integer("timeout"), 0), MAX_POLL_SECONDS),
            allowed=allowed,
        )

    async def _fail(
        self, request: web.Request, fault: Fault, entry: Call, method: str, params: Params
    ) -> web.StreamResponse:
        if fault.kind is FaultKind.SLOW and not fault.delivered:
            await self._wait(fault.seconds)
        if fault.delivered or fault.kind is FaultKind.SLOW:
            answer = await self._run(entry, method, params)
        else:
            answer = None
        if fault.kind is FaultKind.SLOW and fault.delivered:
            await self._wait(fault.seconds)
        if fault.kind is FaultKind.SLOW and answer is not None:
            entry.outcome = f"slow, {entry.outcome}"
            return answer
        entry.outcome = f"fault {fault.kind.value}"
        return await self._broken(request, fault, entry, answer)

    async def _broken(
        self, request: web.Request, fault: Fault, entry: Call, answer: web.Response | None
    ) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.HANG:
                await self._wait(fault.seconds)
                return _reset(request)
            case FaultKind.RESET:
                return _reset(request)
            case FaultKind.TRUNCATED:
                return await _truncated(request, answer)
            case FaultKind.BAD_GATEWAY:
                entry.code = 502
                return web.Response(status=502, text=NGINX, content_type="text/html")
        outcome, delivered = entry.outcome, entry.delivered
        response = _finish(entry, self._error(fault, entry))
        entry.outcome, entry.delivered = outcome, delivered
        return response

    def _error(self, fault: Fault, entry: Call) -> ApiError:
        if fault.kind is FaultKind.TOO_MANY:
            if fault.retry_after is None:
                return ApiError(429, fault.description or "Too Many Requests")
            chat_id = entry.chat_id
            if chat_id is not None:
                kind = "edit" if entry.method.lower().startswith("edit") else "send"
                self._world.limits.hold(
                    (kind, chat_id), seconds=fault.retry_after, now=self._world.clock.now()
                )
            return too_many_requests(fault.retry_after)
        if fault.kind is FaultKind.CONFLICT:
            return terminated_by_other_poller()
        if fault.kind is FaultKind.FORBIDDEN:
            return ApiError(403, fault.description or "Forbidden: bot was blocked by the user")
        return ApiError(500, fault.description or "Internal Server Error")

    async def _wait(self, seconds: float) -> None:
        """Until the time has passed or the sandbox is healed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.healed.wait(), seconds)

    def heal(self) -> None:
        """Let go of all that hangs."""
        self.healed.set()
        self.healed = asyncio.Event()


def reset_connection(transport: asyncio.BaseTransport | None) -> None:
    """Close so that the other side gets RST and not an orderly end."""
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.Transport):
        transport.abort()


def _reset(request: web.Request) -> web.Response:
    reset_connection(request.transport)
    return web.Response(status=499)


async def _truncated(request: web.Request, answer: web.Response | None) -> web.StreamResponse:
    """Half of the body, then the end of the connection."""
    body = (
        answer.body if answer is not None and isinstance(answer.body, bytes) else b'{"ok":true,"result":{}}'
    )
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _finish(entry: Call, error: ApiError) -> web.Response:
    entry.outcome, entry.code, entry.description = "refused", error.code, error.description
    return _answer(error)


def _answer(error: ApiError) -> web.Response:
    return web.json_response(error.as_json(), status=error.code)


def _shown(params: Params) -> dict[str, Any]:
    files = {name: f"file {upload.name}, {len(upload.body)} bytes" for name, upload in params.files.items()}
    return params.values | files
