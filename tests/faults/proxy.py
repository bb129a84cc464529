"""A TCP proxy that can be told to fail: it cuts, delays, swallows an answer, or becomes a hole in the network."""

import asyncio
import ctypes
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

CHUNK = 64 * 1024
LABEL = 1024
"""How much of a link's first words is kept, to tell whose it is (PostgreSQL: application_name)."""

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

# A classic BPF program of one instruction: "return 0", keep nothing of any packet.
_DROP_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
DROP_ALL = struct.pack("HL", 1, ctypes.addressof(_DROP_ALL))


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    label: bytes = b""
    swallowing: bool = False

    def abort(self) -> None:
        """Both sides get a reset."""
        for writer in (self.client, self.server):
            with suppress(OSError):
                _socket(writer).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()


@dataclass
class LostAnswer:
    """An order to lose the answer to one request: the `skip + 1`th that holds `request`, on a link of `whose`."""

    request: bytes
    whose: bytes
    skip: int
    lost: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Listens on a port of the loopback, in a thread of its own; its calls are made from any other thread."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._links: set[Link] = set()
        self._delay = 0.0
        self._lost: LostAnswer | None = None
        self._holed = False
        self.port = 0

    def __enter__(self) -> Self:
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)

    def cut(self) -> None:
        """Reset every link there is; new ones are made."""
        self._do(self._cut)

    def delay(self, seconds: float) -> None:
        """From now on what passes, in either direction, comes so much later."""
        self._do(lambda: setattr(self, "_delay", seconds))

    def lose_answer(self, request: bytes, *, whose: bytes = b"", skip: int = 0) -> threading.Event:
        """The server gets a request with these bytes and acts on it; its answer is lost and the link cut.

        Returns what is set when it has happened. `whose`: bytes of the link's first words.
        """
        order = LostAnswer(request, whose, skip)
        self._do(lambda: setattr(self, "_lost", order))
        return order.lost

    def black_hole(self) -> None:
        """From now on no packet arrives here, not even to be acknowledged; nor does one leave."""
        self._do(lambda: self._hole(True))

    def heal(self) -> None:
        """No fault any more. Links that fell into the hole are reset."""
        self._do(self._heal)

    def _do(self, act: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(act())
            except BaseException as error:  # handed to the thread that asked
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(10)

    def _cut(self) -> None:
        for link in list(self._links):
            link.abort()

    def _heal(self) -> None:
        self._delay, self._lost = 0.0, None
        if self._holed:
            self._hole(False)
            self._cut()

    def _hole(self, on: bool) -> None:
        self._holed = on
        sockets: list[Any] = [*self._server.sockets, *(_socket(link.client) for link in self._links)]
        for each in sockets:
            with suppress(OSError):
                if on:
                    each.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, DROP_ALL)
                else:
                    each.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)

    async def _serve(self, started: "Future[None]") -> None:
        try:
            self._loop = asyncio.get_running_loop()
            self._ending = asyncio.Event()
            self._server = await asyncio.start_server(self._link, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]
        except BaseException as error:
            started.set_exception(error)
            raise
        started.set_result(None)
        await self._ending.wait()
        self._server.close()
        self._cut()

    async def _link(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            from_server, server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            client.transport.abort()
            return
        link = Link(client, server)
        self._links.add(link)
        try:
            await asyncio.gather(self._up(link, from_client), self._down(link, from_server))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._links.discard(link)
            link.abort()

    async def _up(self, link: Link, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(CHUNK):
            if len(link.label) < LABEL:
                link.label += chunk[:LABEL]
            self._ask_whether_to_swallow(link, chunk)
            await self._pass(chunk, link.server)
        raise ConnectionResetError

    async def _down(self, link: Link, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(CHUNK):
            if link.swallowing:
                assert self._lost is not None
                self._lost.lost.set()
                self._lost = None
                raise ConnectionResetError
            await self._pass(chunk, link.client)
        raise ConnectionResetError

    def _ask_whether_to_swallow(self, link: Link, chunk: bytes) -> None:
        order = self._lost
        if order is None or order.request not in chunk or order.whose not in link.label:
            return
        if order.skip:
            order.skip -= 1
            return
        link.swallowing = True

    async def _pass(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)
        while self._holed:
            await asyncio.sleep(0.05)
        writer.write(chunk)
        await writer.drain()


def _socket(writer: asyncio.StreamWriter) -> Any:
    return writer.get_extra_info("socket")
