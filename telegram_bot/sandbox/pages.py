"""The web pages: shells of HTML around scripts from this package; nothing is loaded from elsewhere."""

from __future__ import annotations

import inspect
import json
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from .acts import Act, acts
from .faults import FaultKind
from .guard import check_origin
from .words import DEFAULT, LANGUAGES

if TYPE_CHECKING:
    from .httpd import Server

STATIC = Path(__file__).parent / "static"
COOKIE = "sandbox_language"
READS = ("chats", "chat", "people", "calls", "answers", "state", "events")
UPLOADS = ("photo", "video", "document")
UPLOAD_PARAMETERS = "user_id, caption, chat_id, album, reply_to, …=@file"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages:
    """Chats, faults, calls, the control API's documentation, and the landing of deep links."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._acts = acts(server)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._chats),
            web.get("/sandbox/", self._docs),
            web.get("/sandbox/faults", self._faults),
            web.get("/sandbox/calls", self._calls),
            web.get("/sandbox/static/{name}", self._static),
            web.get("/favicon.ico", self._icon),
            web.get("/start", self._deep_link),
            web.get("/{username}", self._deep_link),
        ]

    async def _chats(self, request: web.Request) -> web.Response:
        return self._page(request, "chats", "chats")

    async def _faults(self, request: web.Request) -> web.Response:
        words = _words(request)
        kinds = "".join(
            f'<option value="{kind.value}">{escape(words[f"fault_{kind.value}"])}</option>'
            for kind in FaultKind
        )
        return self._page(request, "faults", "faults", kinds=kinds)

    async def _calls(self, request: web.Request) -> web.Response:
        return self._page(request, "calls", "calls")

    async def _docs(self, request: web.Request) -> web.Response:
        words = _words(request)
        reads = "".join(_line("GET", f"/sandbox/api/{name}", words[f"read_{name}"], "") for name in READS)
        lines = "".join(
            _line("POST", f"/sandbox/api/{act.name}", words[f"act_{act.name}"], _parameters(act))
            for act in self._acts
        )
        uploads = "".join(
            _line("POST", f"/sandbox/api/{name}", words[f"act_{name}"], UPLOAD_PARAMETERS) for name in UPLOADS
        )
        url = f"{request.scheme}://{request.host}"
        username = self._server.world.username
        addresses = "".join(
            f"<dt>{escape(words[name])}</dt><dd><code>{escape(value)}</code></dd>"
            for name, value in (
                ("page_at", f"{url}/"),
                ("bot_api_at", f"{self._server.url}/bot<token>/<method>"),
                ("deep_link_at", f"{url}/{username}?start=PAYLOAD"),
            )
        )
        return self._page(
            request,
            "docs",
            "docs",
            reads_rows=reads,
            acts_rows=lines,
            files_rows=uploads,
            addresses=addresses,
        )

    async def _deep_link(self, request: web.Request) -> web.Response:
        """``/<bot>?start=…`` asks who opens it; ``/start?bot=…&user=…&payload=…`` opens the chat of that person."""
        username = request.match_info.get("username") or request.query.get("bot", self._server.world.username)
        if username.lower() != self._server.world.username.lower():
            raise web.HTTPNotFound(text="There is no such bot here.")
        payload = request.query.get("start", request.query.get("payload", ""))
        user = request.query.get("user", "")
        if user.isdecimal():
            raise web.HTTPFound(f"/?{urlencode({'chat': user, 'start': payload})}")
        return self._page(request, "open", "open_as", payload=escape(payload))

    async def _static(self, request: web.Request) -> web.Response:
        check_origin(request)
        name = request.match_info["name"]
        path = STATIC / name
        if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        return web.Response(
            body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=headers
        )

    async def _icon(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/sandbox/static/icon.svg")

    def _page(self, request: web.Request, name: str, title: str, **parts: str) -> web.Response:
        check_origin(request)
        language, words = _language(request), _words(request)
        shown = {key: escape(value) for key, value in words.items()}
        body = Template((STATIC / f"{name}.html").read_text("utf-8")).substitute(shown, **parts)
        world = self._server.world
        page = Template((STATIC / "page.html").read_text("utf-8")).substitute(
            shown,
            body=body,
            page=name,
            page_title=shown[title],
            lang=language,
            other="en" if language == "ru" else "ru",
            switch=escape(request.path),
            bot_name=escape(world.bot_name),
            bot_username=escape(world.username),
            bot_id=str(world.bot_id),
            words=json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"),
        )
        response = web.Response(text=page, content_type="text/html", headers=HEADERS)
        if request.query.get("lang") in LANGUAGES:
            response.set_cookie(COOKIE, language, max_age=365 * 24 * 3600, samesite="Strict", httponly=True)
        return response


def _language(request: web.Request) -> str:
    for asked in (request.query.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    return DEFAULT


def _words(request: web.Request) -> dict[str, str]:
    return LANGUAGES[_language(request)]


def _line(verb: str, path: str, what: str, parameters: str) -> str:
    return (
        f"<tr><td><code>{verb} {escape(path)}</code></td><td>{escape(what)}"
        f"{f'<br><code class=soft>{escape(parameters)}</code>' if parameters else ''}</td></tr>"
    )


def _parameters(act: Act) -> str:
    shown = []
    for parameter in act.parameters:
        if parameter.default is inspect.Parameter.empty:
            shown.append(parameter.name)
        else:
            shown.append(f"{parameter.name}={json.dumps(parameter.default)}")
    return ", ".join(shown)
