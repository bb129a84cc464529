"""The Bot API as the worker uses it: calls in, outcomes out. The only place that sends to Telegram."""

from typing import Any, cast

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.methods import DeleteMessage, EditMessageText, SendMessage
from aiogram.methods.base import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions
from aiohttp import ClientTimeout

from telegram_bot.policies.outcomes import Kind, Outcome
from telegram_bot.sending.prepare import Ready
from telegram_bot.worker.classify import classify

log = structlog.get_logger(__name__)

TIMEOUT = ClientTimeout(total=15, connect=5)
"""Seconds; far less than a lease. A connection that is not made in 5 s surely sent nothing."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def make_bot(*, token: str, api_url: str) -> Bot:
    """Raises aiogram's TokenValidationError for what can't be a token."""
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))


class Channel:
    """Sends what is ready and says what came of it; raises nothing."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def send(self, ready: Ready) -> Outcome:
        rendered = ready.rendered
        keyboard = InlineKeyboardMarkup.model_validate(rendered.keyboard) if rendered.keyboard else None
        if ready.edits_message_id is not None:
            if ready.deletes:
                gone = await self._delete(ready.lane.address, ready.edits_message_id)
                if gone.kind != Kind.REFUSED:
                    return gone
            return await self._try(
                EditMessageText(
                    chat_id=ready.lane.address,
                    message_id=ready.edits_message_id,
                    text=rendered.html,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=keyboard,
                )
            )
        return await self.say(ready.lane.address, rendered.html, keyboard, silent=ready.silent)

    async def _delete(self, chat_id: int, message_id: int) -> Outcome:
        """Refused for what is older than two days."""
        return await self._try(DeleteMessage(chat_id=chat_id, message_id=message_id))

    async def say(
        self,
        chat_id: int,
        html: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> Outcome:
        return await self._try(
            SendMessage(
                chat_id=chat_id,
                text=html,
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
                reply_markup=keyboard,
                disable_notification=silent or None,
            )
        )

    async def is_there(self) -> Outcome:
        """A harmless question, to know whether Telegram answers again."""
        try:
            await self.bot.get_me(request_timeout=cast("int", TIMEOUT))
        except Exception as error:
            return classify(error)
        return Outcome(Kind.SENT)

    async def _try(self, method: TelegramMethod[Any]) -> Outcome:
        try:
            answer = await self.bot(method, request_timeout=cast("int", TIMEOUT))
        except Exception as error:
            return classify(error)
        return Outcome(Kind.SENT, provider_id=str(getattr(answer, "message_id", "")))
