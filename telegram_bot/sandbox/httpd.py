"""The HTTP server of the sandbox: its addresses, its life, and the fault "down"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from .api import BotApi, reset_connection
from .control import Control
from .faults import Fault, FaultKind, Faults
from .journal import Journal
from .pages import Pages
from .params import MAX_REQUEST
from .people import People
from .world import World

DOWN_SECONDS = 30.0
"""How long a "down" without an end lasts when no second address is left from which to heal it."""


class Server:
    """One world behind one address, and optionally a second address that stays reachable while the first is down."""

    def __init__(self, world: World, *, host: str, port: int, control_port: int | None = None) -> None:
        self.world = world
        self.faults = Faults()
        self.journal = Journal()
        self.people = People(world)
        self.host = host
        self.port = port
        self.control_port = control_port
        self._listeners: dict[str, asyncio.Server] = {}
        self._runner: web.AppRunner | None = None
        self._reopening: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._api = BotApi(self.world, self.faults, self.journal)
        app = web.Application(client_max_size=MAX_REQUEST, middlewares=[])
        app.add_routes(self._api.routes())
        app.add_routes(Control(self).routes())
        app.add_routes(Pages(self).routes())
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1, keepalive_timeout=75
        )
        await self._runner.setup()
        self.port = await self._listen("api", self.port)
        if self.control_port is not None:
            self.control_port = await self._listen("control", self.control_port)
        self.world.store.start()

    async def stop(self) -> None:
        self._cancel_reopening()
        for listener in self._listeners.values():
            listener.close()
        if self._runner is not None:
            self._api.heal()
            await self._runner.cleanup()
        await self.world.store.stop()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def control_url(self) -> str:
        return self.url if self.control_port is None else f"http://{self.host}:{self.control_port}"

    @property
    def is_down(self) -> bool:
        return "api" not in self._listeners

    def fail(self, kind: str, **order: Any) -> Fault:
        """Order a fault, see ``Faults.add``. Raises SandboxError."""
        now = self.world.clock.now()
        if kind == FaultKind.DOWN and order.get("lasting") is None and self.control_port is None:
            order["lasting"] = DOWN_SECONDS
        fault = self.faults.add(kind, now=now, **order)
        if fault.kind is FaultKind.DOWN:
            self._go_down(fault.until - now if fault.until is not None else None)
        self.world.changes.tell("faults")
        return fault

    def heal(self, fault_id: int | None = None) -> None:
        """End one fault or all of them; all also ends every hold and lets go of what hangs."""
        self.faults.remove(fault_id)
        if fault_id is None:
            self._api.heal()
            self.world.limits.release()
        if self.is_down and not any(
            f.kind is FaultKind.DOWN for f in self.faults.standing(self.world.clock.now())
        ):
            self._come_up()
        self.world.changes.tell("faults")

    @property
    def _web_server(self) -> web.Server:
        assert self._runner is not None
        assert self._runner.server is not None
        return self._runner.server

    async def _listen(self, name: str, port: int) -> int:
        listener = await asyncio.get_running_loop().create_server(
            self._web_server, self.host, port, backlog=1024
        )
        self._listeners[name] = listener
        address: Iterable[Any] = listener.sockets[0].getsockname()
        return int(list(address)[1])

    def _go_down(self, seconds: float | None) -> None:
        listener = self._listeners.pop("api", None)
        if listener is not None:
            listener.close()
        self._cancel_reopening()
        if seconds is not None:
            self._reopening = asyncio.get_running_loop().call_later(seconds, self._come_up)
        # Not at once, so that the answer to the one who ordered this still gets out.
        asyncio.get_running_loop().call_later(0.05, self._drop_connections)

    def _drop_connections(self) -> None:
        if not self.is_down:
            return
        for connection in list(self._web_server.connections):
            transport = connection.transport
            if transport is not None and transport.get_extra_info("sockname")[1] == self.port:
                reset_connection(transport)

    def _come_up(self) -> None:
        self._cancel_reopening()
        if self.is_down:
            task = asyncio.get_running_loop().create_task(self._reopen())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reopen(self) -> None:
        await self._listen("api", self.port)
        self.faults.standing(self.world.clock.now())
        self.world.changes.tell("faults")

    def _cancel_reopening(self) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
            self._reopening = None
