"""The sandbox as a library: it runs in a thread of its own and is driven by plain calls, which tests make."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from .clock import Clock
from .faults import Fault
from .httpd import Server
from .journal import Call
from .limits import LimitSettings
from .model import Callback
from .people import People
from .store import Store
from .view import Seen, seen
from .world import World

T = TypeVar("T")

TOKEN = "123456:sandbox-token-for-tests"  # noqa: S105 - opens only a sandbox
NO_LIMITS = LimitSettings(on=False)


class Sandbox:
    """A running sandbox Telegram.

    ``url`` is the base for ``TelegramAPIServer.from_base``. Limits are off unless ``limits`` are given. Every call
    is made on the server's thread and returns when it is done; what no person in Telegram could do raises
    SandboxError.
    """

    def __init__(
        self,
        token: str = TOKEN,
        db: Path | str | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        control_port: int | None = None,
        username: str = "ai_rop_bot",
        bot_name: str = "AI-РОП",
        limits: LimitSettings = NO_LIMITS,
    ) -> None:
        self.token = token
        self._settings: dict[str, Any] = {"username": username, "bot_name": bot_name, "limits": limits}
        self._db = Path(db) if db is not None else None
        self._address: dict[str, Any] = {"host": host, "port": port, "control_port": control_port}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop
        self._server: Server
        self.clock = Clock()

    # Life

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(started,), name="sandbox-telegram", daemon=True
        )
        self._thread.start()
        started.result(timeout=30)

    def close(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._finish.set)
            self._thread.join(timeout=30)

    def _run(self, started: Future[None]) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._finish = asyncio.Event()
        try:
            world = World(token=self.token, store=Store(self._db), clock=self.clock, **self._settings)
            self._server = Server(world, **self._address)
            await self._server.start()
        except BaseException as error:
            started.set_exception(error)
            raise
        started.set_result(None)
        await self._finish.wait()
        await self._server.stop()

    def _do(self, act: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(act())
            except BaseException as error:  # handed to the thread that asked
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(timeout=30)

    # Where it is

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def control_url(self) -> str:
        """The second address when there is one, else the first."""
        return self._server.control_url

    @property
    def bot_id(self) -> int:
        return self._server.world.bot_id

    @property
    def username(self) -> str:
        return self._server.world.username

    @property
    def _people(self) -> People:
        return self._server.people

    # People

    def person(
        self, user_id: int, first_name: str, username: str | None = None, last_name: str | None = None
    ) -> None:
        self._do(lambda: self._people.person(user_id, first_name, username, last_name))

    def group(
        self, chat_id: int, title: str, members: Sequence[int] = (), bot_status: str = "member"
    ) -> None:
        self._do(lambda: self._people.group(chat_id, title, members, bot_status))

    def write(
        self,
        user_id: int,
        text: str,
        chat_id: int | None = None,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> int:
        """The id of the message; in a group the person becomes a member."""
        return self._do(
            lambda: self._people.write(user_id, text, chat_id, reply_to=reply_to, anonymous=anonymous)
        ).id

    def start(self, user_id: int, payload: str = "") -> int:
        return self._do(lambda: self._people.start(user_id, payload)).id

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> None:
        self._do(lambda: self._people.edit(user_id, chat_id, message_id, text))

    def delete(self, user_id: int, chat_id: int, message_id: int) -> None:
        self._do(lambda: self._people.delete(user_id, chat_id, message_id))

    def press(self, user_id: int, chat_id: int, message_id: int, data_or_button_text: str) -> str:
        """The id of the callback query."""
        return self._do(lambda: self._people.press(user_id, chat_id, message_id, data_or_button_text)).id

    def press_raw(self, user_id: int, chat_id: int, message_id: int, data: str) -> str:
        return self._do(lambda: self._people.press_raw(user_id, chat_id, message_id, data)).id

    def photo(
        self,
        user_id: int,
        photo: Path | str | bytes | Sequence[Path | str | bytes],
        caption: str | None = None,
        album: str | None = None,
        chat_id: int | None = None,
        reply_to: int | None = None,
    ) -> list[int]:
        """Ids of the messages; several photos, or the same ``album``, make an album."""
        many = [photo] if isinstance(photo, Path | str | bytes) else list(photo)
        bodies = [_bytes(one) for one in many]
        sent = self._do(
            lambda: self._people.photo(
                user_id, bodies, caption, chat_id=chat_id, album=album, reply_to=reply_to
            )
        )
        return [message.id for message in sent]

    def document(
        self,
        user_id: int,
        document: Path | str | bytes,
        name: str | None = None,
        mime_type: str = "application/octet-stream",
        caption: str | None = None,
        album: str | None = None,
        chat_id: int | None = None,
    ) -> int:
        name = name or ("file" if isinstance(document, bytes) else Path(document).name)
        files = [(name, mime_type, _bytes(document))]
        sent = self._do(lambda: self._people.document(user_id, files, caption, chat_id=chat_id, album=album))
        return sent[0].id

    def video(
        self,
        user_id: int,
        video: Path | str | bytes,
        name: str = "video.mp4",
        caption: str | None = None,
        album: str | None = None,
        chat_id: int | None = None,
    ) -> int:
        files = [(name, "video/mp4", _bytes(video))]
        sent = self._do(lambda: self._people.video(user_id, files, caption, chat_id=chat_id, album=album))
        return sent[0].id

    def forward(
        self, user_id: int, from_chat_id: int, message_id: int, chat_id: int | None = None
    ) -> list[int]:
        """Ids of the messages: of an album all of it is forwarded."""
        sent = self._do(lambda: self._people.forward(user_id, from_chat_id, message_id, chat_id=chat_id))
        return [message.id for message in sent]

    def block(self, user_id: int) -> None:
        self._do(lambda: self._people.block(user_id))

    def unblock(self, user_id: int) -> None:
        self._do(lambda: self._people.unblock(user_id))

    def deactivate(self, user_id: int) -> None:
        self._do(lambda: self._people.deactivate(user_id))

    def kick(self, chat_id: int) -> None:
        self._do(lambda: self._people.kick(chat_id))

    def invite(self, chat_id: int, *, administrator: bool = False) -> None:
        self._do(lambda: self._people.invite(chat_id, administrator=administrator))

    def migrate(self, chat_id: int) -> int:
        """The id of the new supergroup."""
        return self._do(lambda: self._people.migrate(chat_id))

    def update(self, body: dict[str, Any]) -> int:
        """Put any object into the queue as an update, as it is; its id."""
        return self._do(lambda: self._server.world.updates.add_raw(body))

    # What is there

    def chat(self, chat_id: int) -> list[Seen]:
        """All messages of the chat in order, deleted ones too (marked)."""
        world = self._server.world
        return self._do(
            lambda: [seen(world, message) for message in world.messages.get(chat_id, {}).values()]
        )

    def sent(self, chat_id: int) -> list[Seen]:
        """What the bot has written there and not deleted."""
        return [message for message in self.chat(chat_id) if message.from_bot and not message.deleted]

    def calls(self, method: str | None = None) -> list[Call]:
        return self._do(lambda: self._server.journal.calls(method))

    def callback_answers(self, user_id: int | None = None) -> list[Callback]:
        """Presses that were answered, in the order of the answers."""
        world = self._server.world
        answered = self._do(lambda: [c for c in world.callbacks.values() if c.answered_at is not None])
        return sorted(
            (c for c in answered if user_id is None or c.user_id == user_id), key=lambda c: c.answered_at or 0
        )

    @property
    def pending_updates(self) -> int:
        return self._do(lambda: len(self._server.world.updates))

    @property
    def violations(self) -> int:
        """Calls that the bot made in spite of a ``retry_after`` that it had been told."""
        return self._do(lambda: self._server.world.limits.violations)

    @property
    def refusals(self) -> int:
        """How often the limits themselves answered 429 and began a hold."""
        return self._do(lambda: self._server.world.limits.refusals)

    def wait(self, condition: Callable[[Self], T], timeout: float = 10.0) -> T:
        """Ask until the answer is true and return it. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while not (answer := condition(self)):
            if time.monotonic() > until:
                raise TimeoutError(f"not within {timeout} s")
            time.sleep(0.02)
        return answer

    # What goes wrong

    def fail(self, kind: str, **order: Any) -> Fault:
        """Order a fault: ``"429", "403", "409", "500", "502", "hang", "reset", "truncated", "slow", "down"``.

        ``methods`` (patterns such as ``send*``), ``chat_id``, ``probability`` with ``seed``, ``times``, ``lasting``
        (seconds from now), ``retry_after``, ``seconds`` (how slow), ``delivered`` (whether the call takes effect).
        """
        return self._do(lambda: self._server.fail(kind, **order))

    def heal(self, fault_id: int | None = None) -> None:
        self._do(lambda: self._server.heal(fault_id))
        self.wait(lambda sandbox: not sandbox._server.is_down or bool(sandbox.faults()))

    def faults(self) -> list[Fault]:
        return self._do(lambda: list(self._server.faults.standing(self.clock.now())))

    def limit(self, settings: LimitSettings) -> None:
        self._do(lambda: self._server.world.limits.configure(settings))

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward: buttons grow old, updates are forgotten, holds end."""
        self.clock.advance(seconds)

    def clear(self) -> None:
        """Forget people, chats, updates and the journal, and heal."""
        self.heal()
        self._do(self._server.world.clear)
        self._do(self._server.journal.clear)


def _bytes(source: Path | str | bytes) -> bytes:
    return source if isinstance(source, bytes) else Path(source).read_bytes()
