"""Fetches updates. Telegram is told that it may forget one only after it is committed here."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, SetMyCommands
from aiogram.methods.base import TelegramMethod
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, User
from aiohttp import ClientTimeout
from django.utils import translation
from django.utils.translation import gettext as _

import core.selectors
from core import clock
from core.models import TelegramLink
from telegram_bot import inbox
from telegram_bot.worker.beats import Beats
from telegram_bot.worker.channel import TIMEOUT
from telegram_bot.worker.classify import classify
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

KINDS = ["message", "callback_query", "my_chat_member"]
LONG_POLL = 10
"""Seconds. Telegram allows 50; a shorter poll is an earlier sign of life, and an update ends it at once."""

POLL_TIMEOUT = ClientTimeout(total=LONG_POLL + 10, connect=5)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
CONFLICT_PAUSE = 3.0
BAD_TOKEN_PAUSE = 30.0


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` without a model of updates: one that this version can't read must not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = LONG_POLL
    allowed_updates: list[str] = KINDS


@dataclass(slots=True)
class Poller:
    bot: Bot
    threads: Threads
    beats: Beats
    on_updates: Callable[[], None]
    pause: float = FIRST_PAUSE

    async def run(self, ending: asyncio.Event) -> None:
        """Until `ending` is set. A poll that is cut off loses nothing: what it would bring comes again."""
        me = await self._introduce(ending)
        # Numbers are sent once, to confirm. After a quiet week Telegram begins them anew, and an old one would
        # confirm new updates unseen.
        confirm: int | None = None
        while me is not None and not ending.is_set():
            try:
                updates = await self._until(ending, GetRawUpdates(offset=confirm))
            except Exception as error:
                await self._complain(error, ending)
                continue
            self.pause = FIRST_PAUSE
            confirm = None
            if updates:
                await self.threads.run(_store, updates, self.bot.id)
                confirm = max(update["update_id"] for update in updates) + 1
                self.on_updates()
            await self.beats.beat("bot", state="ok", username=me.username, bot_id=me.id)

    async def _until(self, ending: asyncio.Event, method: TelegramMethod[Any]) -> list[dict[str, Any]]:
        call = asyncio.ensure_future(self.bot(method, request_timeout=cast("int", POLL_TIMEOUT)))
        end = asyncio.ensure_future(ending.wait())
        try:
            await asyncio.wait({call, end}, return_when=asyncio.FIRST_COMPLETED)
            return await call if call.done() else []
        finally:
            end.cancel()
            if not call.done():
                call.cancel()
                with suppress(asyncio.CancelledError):
                    await call

    async def _introduce(self, ending: asyncio.Event) -> User | None:
        """Who we are; no webhook, which would forbid polling; our commands in people's menus."""
        while not ending.is_set():
            try:
                me = await self.bot.me()
                await self.bot(
                    DeleteWebhook(drop_pending_updates=False), request_timeout=cast("int", TIMEOUT)
                )
                await self._offer_commands()
                await self.beats.beat("bot", at_once=True, state="ok", username=me.username, bot_id=me.id)
            except Exception as error:
                await self._complain(error, ending)
            else:
                log.info("polling", bot_id=me.id)
                return me
        return None

    async def _offer_commands(self) -> None:
        scope = BotCommandScopeAllPrivateChats()
        for language in ("ru", "en"):
            with translation.override(language):
                offered = [BotCommand(command=name, description=text) for name, text in menu()]
            for code in (language, None) if language == "ru" else (language,):
                method = SetMyCommands(commands=offered, scope=scope, language_code=code)
                await self.bot(method, request_timeout=cast("int", TIMEOUT))
        for chat_id, language in await self.threads.run(_chats_of_leads):
            await self._offer_to_lead(chat_id, language)

    async def _offer_to_lead(self, chat_id: int, language: str) -> None:
        """What only leads may ask for is in their menus only. A chat that is gone is none of our business here."""
        with translation.override(language):
            offered = [BotCommand(command=name, description=text) for name, text in [*for_leads(), *menu()]]
        method = SetMyCommands(commands=offered, scope=BotCommandScopeChat(chat_id=chat_id))
        try:
            await self.bot(method, request_timeout=cast("int", TIMEOUT))
        except (TelegramBadRequest, TelegramForbiddenError):
            log.info("menu_not_offered", chat=chat_id)

    async def _complain(self, error: Exception, ending: asyncio.Event) -> None:
        """No progress: say why, wait, try again."""
        outcome = classify(error)
        if isinstance(error, TelegramUnauthorizedError):
            log.error("bot_token_refused", hint="TELEGRAM_BOT_TOKEN is wrong or was revoked")
            again_in = BAD_TOKEN_PAUSE
        elif isinstance(error, TelegramConflictError):
            log.warning("another_poller", hint="somebody else polls with this token, or a webhook is set")
            again_in = CONFLICT_PAUSE
        else:
            again_in = max(self.pause, outcome.wait.total_seconds() if outcome.wait else 0)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            log.warning("not_polling", reason=outcome.reason, again_in=again_in)
        await self.beats.complain("bot", state=outcome.reason)
        await pause(again_in, ending)


def _store(updates: list[dict[str, Any]], bot_id: int) -> int:
    return inbox.store(updates, bot_id=bot_id, now=clock.now())


def _chats_of_leads() -> list[tuple[int, str]]:
    """Where leads read, and in which language."""
    links = TelegramLink.objects.filter(
        user__in=core.selectors.all_leads(), active=True, unreachable_since__isnull=True
    )
    return list(links.order_by("pk").values_list("chat_id", "user__language"))


def for_leads() -> list[tuple[str, str]]:
    return [("burning", _("what is escalated, with buttons to decide"))]


def menu() -> list[tuple[str, str]]:
    """The commands as Telegram shows them, in the active language."""
    return [
        ("next", _("the most urgent thing to do now")),
        ("my", _("your open orders")),
        ("inspect", _("the inspection of an order")),
        ("order", _("everything about one order")),
        ("why", _("why it is yours and why this deadline")),
        ("shift", _("start or end your shift")),
        ("cancel", _("back from a question of mine")),
        ("help", _("what I can do")),
    ]
