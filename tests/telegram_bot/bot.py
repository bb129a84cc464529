"""A bot worker that runs beside the test, a sandbox Telegram, and a company at the present moment."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, TypeVar
from urllib.parse import urlencode
from urllib.request import urlopen

from django.utils import translation
from django.utils.translation import gettext

from assignment.models import Manager
from core import clock, outbox
from core.models import Importance, Message, TelegramLink, User
from orders.models import Order
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.worker.main import BotWorker
from tests.stories.company import HOUR, Company

T = TypeVar("T")

FAST = 1000.0
"""Messages a second: where limits are not the subject."""


def wait_for(ask: Callable[[], T], *, seconds: float = 10, what: str = "") -> T:
    """Ask until the answer is true, and return it."""
    until = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what or ask}")
        time.sleep(0.02)
    return answer


@contextmanager
def running_bot(
    sandbox: Sandbox | None,
    *,
    rate: float = FAST,
    lease: timedelta = timedelta(seconds=60),
    api_url: str = "",
) -> Iterator[BotWorker]:
    """A worker in a thread of its own. Without a sandbox it has no token."""
    token = sandbox.token if sandbox else ""
    url = api_url or (sandbox.url if sandbox else "http://127.0.0.1:9")
    worker = BotWorker(token=token, api_url=url, rate=rate, lease=lease)
    with _in_thread(worker):
        yield worker


@contextmanager
def _in_thread(worker: BotWorker) -> Iterator[None]:
    started, running = threading.Event(), _Running()

    async def run() -> None:
        running.loop, running.stop = asyncio.get_running_loop(), asyncio.Event()
        started.set()
        await worker.run(running.stop)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="bot-under-test")
    thread.start()
    started.wait(10)
    try:
        yield
    finally:
        running.loop.call_soon_threadsafe(running.stop.set)
        thread.join(30)
        assert not thread.is_alive(), "the worker did not stop"


@dataclass
class _Running:
    loop: asyncio.AbstractEventLoop = field(init=False)
    stop: asyncio.Event = field(init=False)


class Office(Company):
    """The company of the stories, now: managers are on shift and have a Telegram account each.

    It has no quiet hours: whatever the time of the day, what is told is told at once.
    """

    quiet_hours: ClassVar[dict[str, None]] = {"quiet_from": None, "quiet_until": None}

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(now=clock.now())
        self.sandbox = sandbox
        self.lead.language = "en"
        self.lead.save(update_fields=["language"])
        self.account(self.lead)

    def hire(self, name: str, *, capacity: int = 30, linked: bool = True) -> Manager:
        now = clock.now()
        manager = self.manager(name, (now - HOUR, now + 8 * HOUR), capacity=capacity, linked=False)
        manager.user.language = "en"
        manager.user.save(update_fields=["language"])
        if linked:
            self.account(manager.user)
        return manager

    def account(self, user: User) -> TelegramLink:
        """A linked Telegram account of this person, who has opened the chat with the bot."""
        link = TelegramLink.objects.create(
            user=user, telegram_id=7000 + user.pk, chat_id=7000 + user.pk, linked_at=clock.now()
        )
        self.sandbox.person(link.telegram_id, user.first_name)
        self.sandbox.start(link.telegram_id)
        forget_updates(self.sandbox)
        return link

    def receive_now(self, *external_ids: str, severity: str = "normal") -> list[Order]:
        self.now = clock.now()
        return self.receive(*external_ids, severity=severity)

    def order_now(self, external_id: str = "A-1", *, severity: str = "normal") -> Order:
        return self.receive_now(external_id, severity=severity)[0]


def forget_updates(sandbox: Sandbox) -> None:
    """What people wrote so far is not for the bot. Only while none runs."""
    call(sandbox, "getUpdates", offset=900_000_000)


def call(sandbox: Sandbox, method: str, **parameters: int) -> None:
    """A call of the Bot API beside the worker."""
    with urlopen(f"{sandbox.url}/bot{sandbox.token}/{method}?{urlencode(parameters)}") as answer:
        assert answer.status == 200


def is_polled(sandbox: Sandbox) -> bool:
    return bool(sandbox.calls("setMyCommands"))


def notice(
    text: str,
    *,
    to: User | None = None,
    key: str = "",
    importance: Importance = Importance.ASSIGNMENT,
    **more: object,
) -> Message:
    """A plain message, posted now."""
    key = key or f"notice:{text}:{to and to.pk}"
    posted = outbox.Outgoing(
        template="notice",
        importance=importance,
        dedup_key=key,
        person_id=to.pk if to else None,
        context={"text": text},
        **more,  # type: ignore[arg-type]
    )
    outbox.post([posted], now=clock.now())
    return Message.objects.get(dedup_key=key)


def status(message: Message) -> str:
    message.refresh_from_db()
    return message.status


def wait_is_over(message: Message, *, told: timedelta) -> None:
    """Once it has to wait, for at most `told`, that time has passed."""
    wait_for(lambda: status(message) == "failed", what="a message that waits")
    left = message.not_before - clock.now()
    assert timedelta(0) < left <= told, left
    Message.objects.filter(pk=message.pk, status="failed").update(not_before=clock.now())


def in_russian(text: str) -> str:
    """What somebody reads whose Telegram is Russian, as everybody's in the sandbox."""
    with translation.override("ru"):
        return gettext(text)


__all__ = [
    "FAST",
    "Office",
    "call",
    "forget_updates",
    "in_russian",
    "is_polled",
    "notice",
    "running_bot",
    "status",
    "wait_for",
    "wait_is_over",
]
