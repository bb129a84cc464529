"""The control API under ``/sandbox/api/``: what people do, what is there, what goes wrong, as JSON.

Every act is a POST with a JSON object (files: multipart); the answer is JSON. What no person in Telegram could do is
answered with 422 and ``{"error": "…"}``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .acts import acts, arguments
from .errors import SandboxError
from .guard import check_origin
from .methods.bot import commands_offered
from .params import Params, read_params
from .view import chat_title, seen, sender_name

if TYPE_CHECKING:
    from .httpd import Server

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE = 50
"""Messages of a chat, or calls of the journal, in one answer unless asked otherwise."""

KEEPALIVE_SECONDS = 15


class Control:
    """Serves the control API of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._world = server.world
        self.acts = {act.name: act for act in acts(server)}

    def routes(self) -> list[web.RouteDef]:
        reads: dict[str, Callable[[web.Request], Any]] = {
            "chats": self._chats,
            "chat": self._chat,
            "people": self._people,
            "calls": self._calls,
            "state": self._state,
            "answers": self._answers,
        }
        routes = [web.get(f"/sandbox/api/{name}", self._guarded(read)) for name, read in reads.items()]
        routes.append(web.get("/sandbox/api/events", self._events))
        routes.append(web.get("/sandbox/file/{file_id}", self._file))
        routes.extend(
            web.post(f"/sandbox/api/{kind}", self._upload) for kind in ("photo", "video", "document")
        )
        routes.append(web.post("/sandbox/api/{act}", self._act))
        return routes

    def _guarded(self, read: Callable[[web.Request], Any]) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            check_origin(request)
            return _answer(lambda: read(request))

        return handler

    async def _act(self, request: web.Request) -> web.Response:
        check_origin(request)
        act = self.acts.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound(text="no such act; see /sandbox/")
        values = await _json(request)
        return _answer(lambda: act.run(**arguments(act, values)))

    async def _upload(self, request: web.Request) -> web.Response:
        """Photos, videos or documents as multipart fields with file names; the other parameters as plain fields."""
        check_origin(request)
        params = await read_params(request)
        kind = request.path.rpartition("/")[2]
        return _answer(lambda: self._send_files(kind, params))

    def _send_files(self, kind: str, params: Params) -> Json:
        if not params.files:
            raise SandboxError("there is no file")
        user_id = params.integer("user_id")
        place: Json = {
            "caption": params.text("caption") or None,
            "chat_id": params.integer("chat_id") or None,
            "album": params.text("album") or None,
            "reply_to": params.integer("reply_to") or None,
        }
        uploads = list(params.files.values())
        if kind == "photo":
            sent = self._server.people.photo(user_id, [upload.body for upload in uploads], **place)
        else:
            files = [(upload.name, upload.mime_type, upload.body) for upload in uploads]
            send = self._server.people.video if kind == "video" else self._server.people.document
            sent = send(user_id, files, **place)
        return {"message_ids": [message.id for message in sent]}

    # What is there

    def _chats(self, request: web.Request) -> list[Json]:
        """All chats, the one with the newest message first."""
        world = self._world
        rows = [self._chat_row(chat_id) for chat_id in [*world.people, *world.groups]]
        return sorted(rows, key=lambda row: (row["at"], row["title"]), reverse=True)

    def _chat_row(self, chat_id: int) -> Json:
        world = self._world
        shown = [message for message in world.messages.get(chat_id, {}).values() if not message.deleted]
        last = shown[-1] if shown else None
        read = world.settings.get("read", {}).get(str(chat_id), 0)
        person, group = world.people.get(chat_id), world.groups.get(chat_id)
        return {
            "id": chat_id,
            "kind": "person" if person else "supergroup" if group and group.is_supergroup else "group",
            "title": chat_title(world, chat_id),
            "username": person.username if person else None,
            "started": person.started if person else True,
            "blocked": person.blocked if person else False,
            "deactivated": person.deactivated if person else False,
            "bot_status": group.bot_status if group else None,
            "migrated_to": group.migrated_to if group else None,
            "members": [{"id": m, "name": sender_name(world, m)} for m in group.members] if group else [],
            "pinned": world.pinned.get(chat_id),
            "at": last.date if last else 0,
            "last": seen_line(asdict(seen(world, last))) if last else None,
            "unread": sum(message.id > read and message.sender_id == world.bot_id for message in shown),
        }

    def _chat(self, request: web.Request) -> Json:
        """``id``; ``before`` (a message id) and ``limit`` page back; ``message`` asks for one message."""
        chat_id = _integer(request, "id")
        row = self._chat_row(self._world.chat(chat_id).id)
        messages = list(self._world.messages.get(chat_id, {}).values())
        if (only := _integer(request, "message")) or (before := _integer(request, "before")):
            messages = (
                [m for m in messages if m.id == only] if only else [m for m in messages if m.id < before]
            )
        limit = _integer(request, "limit") or PAGE
        rows = [asdict(seen(self._world, message)) for message in messages[-limit:]]
        person = self._world.people.get(chat_id)
        language = person.language_code if person else ""
        commands = commands_offered(self._world, chat_id, language=language, is_private=person is not None)
        return row | {"messages": rows, "more": len(messages) > limit, "commands": commands}

    def _people(self, request: web.Request) -> list[Json]:
        return [asdict(person) for person in self._world.people.values()]

    def _calls(self, request: web.Request) -> Json:
        """The newest calls first; ``method``, ``chat_id`` and ``outcome`` (its beginning) choose."""
        method, outcome = request.query.get("method", "").lower(), request.query.get("outcome", "")
        chat_id, limit = _integer(request, "chat_id"), _integer(request, "limit") or PAGE
        rows = []
        for call in self._server.journal.newest_first():
            if (method and call.method.lower() != method) or (chat_id and call.chat_id != chat_id):
                continue
            if not call.outcome.startswith(outcome):
                continue
            rows.append(asdict(call))
            if len(rows) == limit:
                break
        return {"calls": rows, "total": self._server.journal.total}

    def _answers(self, request: web.Request) -> list[Json]:
        """Answered presses of buttons."""
        return [asdict(call) for call in self._world.callbacks.values() if call.answered_at is not None]

    def _state(self, request: web.Request) -> Json:
        world, now = self._world, self._world.clock.now()
        return {
            "bot": world.bot_user(),
            "now": now,
            "down": self._server.is_down,
            "pending_updates": len(world.updates),
            "faults": [fault.as_json() for fault in self._server.faults.standing(now)],
            "limits": asdict(world.limits.settings),
            "holds": world.limits.holds(now),
            "violations": world.limits.violations,
            "refusals": world.limits.refusals,
            "calls": self._server.journal.total,
        }

    async def _file(self, request: web.Request) -> web.Response:
        check_origin(request)
        file = self._world.files.get(request.match_info["file_id"])
        body = self._world.store.body(file.body) if file is not None else None
        if file is None or body is None:
            raise web.HTTPNotFound
        # Only real pictures and videos are shown in place; a page that somebody sent must not run here.
        shown = file.mime_type in ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not shown:
            headers["Content-Disposition"] = "attachment"
        mime_type = file.mime_type if shown else "application/octet-stream"
        return web.Response(body=body, content_type=mime_type, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what has changed, as it changes."""
        check_origin(request)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        page = self._world.changes.subscribe()
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n")
            while True:
                try:
                    change = await asyncio.wait_for(page.get(), KEEPALIVE_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                else:
                    await response.write(f"data: {json.dumps(change)}\n\n".encode())
        except ConnectionResetError:
            return response
        finally:
            self._world.changes.unsubscribe(page)


def seen_line(message: Json) -> str:
    """The first words of a message for the list of chats."""
    if message["file"] is not None and not message["text"]:
        return message["file"]["name"] or ""
    return " ".join(message["text"].split())[:120]


def _answer(act: Callable[[], Any]) -> web.Response:
    try:
        result = act()
    except SandboxError as error:
        return web.json_response({"error": str(error)}, status=422)
    except (TypeError, ValueError) as error:
        return web.json_response({"error": f"cannot be read: {error}"}, status=400)
    return web.json_response(_plain(result))


def _plain(result: Any) -> Any:
    if result is None:
        return {"ok": True}
    if isinstance(result, int):
        return {"id": result}
    if hasattr(result, "as_json"):
        return result.as_json()
    return asdict(result) if hasattr(result, "__dataclass_fields__") else result


async def _json(request: web.Request) -> Json:
    # A form of another site cannot send this type without asking the browser first.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="application/json is expected")
    try:
        values = json.loads(await request.read() or b"{}")
    except ValueError:
        raise web.HTTPBadRequest(text="this is no JSON") from None
    if not isinstance(values, dict):
        raise web.HTTPBadRequest(text="a JSON object is expected")
    return values


def _integer(request: web.Request, name: str) -> int:
    try:
        return int(request.query.get(name) or 0)
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name} is a number") from None
