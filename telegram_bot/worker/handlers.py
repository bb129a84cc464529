"""What aiogram's dispatcher calls: translate the update, make one service call, translate the answer back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from core import clock
from telegram_bot import commands, inbox, presses
from telegram_bot.inbox import Item
from telegram_bot.inspecting.files import Sent
from telegram_bot.policies.text import ANSWER_LIMIT, shorten
from telegram_bot.visits import Answer, Visit
from telegram_bot.worker.direct import Direct
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

ANSWER_TIMEOUT = 5

IN_CHAT = frozenset({"member", "administrator", "restricted"})
"""How the bot can be in a chat and able to write there."""

Act = Callable[[datetime], Answer]


@dataclass(frozen=True, slots=True)
class Turn:
    """An update being handled: `take` applies it once, in a thread, in one transaction."""

    item: Item
    threads: Threads
    direct: Direct

    async def take(self, act: Act) -> Answer | None:
        return await self.threads.run(_take, self.item.id, act)


def _take(item_id: int, act: Act) -> Answer | None:
    now = clock.now()
    answer = inbox.apply_once(item_id, lambda: act(now), now=now)
    if answer is not None and answer.late_toast is not None:
        return Answer(toast=answer.late_toast(), alert=answer.alert, say=answer.say)
    return answer


def make_dispatcher() -> Dispatcher:
    """A new one each time: a router belongs to one dispatcher."""
    router = Router()
    router.message.register(file, F.photo | F.document | F.video | F.video_note)
    router.message.register(other_kind, F.voice | F.audio | F.sticker | F.location | F.contact)
    router.message.register(command, Command(*commands.COMMANDS, *commands.GROUP_COMMANDS, ignore_case=True))
    router.message.register(migration, F.migrate_to_chat_id)
    router.message.register(words, F.from_user)
    router.callback_query.register(press, F.data)
    router.my_chat_member.register(membership)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


async def command(message: Message, command: CommandObject, turn: Turn) -> None:
    visit = _visit(message, turn)
    name, arguments = command.command.lower(), command.args or ""
    _say(turn, await turn.take(lambda now: commands.run(visit, name, arguments, now=now)))


async def words(message: Message, turn: Turn) -> None:
    visit, text = _visit(message, turn), message.text or ""
    _say(turn, await turn.take(lambda now: commands.other_words(visit, text, now=now)))


async def file(message: Message, turn: Turn) -> None:
    visit, sent = _visit(message, turn), sent_file(message)
    _say(turn, await turn.take(lambda now: commands.files(visit, sent, now=now)))


async def other_kind(message: Message, turn: Turn) -> None:
    visit = _visit(message, turn)
    _say(turn, await turn.take(lambda now: commands.other_kind(visit, now=now)))


def sent_file(message: Message) -> Sent:
    """What the message carries; of a photo the largest of its sizes."""
    album, caption = message.media_group_id or "", message.caption or ""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Sent("photo", largest.file_id, largest.file_unique_id, "", largest.file_size, album, caption)
    carried = message.document or message.video or message.video_note
    assert carried is not None
    kind = "document" if message.document else "video"
    name = getattr(carried, "file_name", None) or ""
    return Sent(kind, carried.file_id, carried.file_unique_id, name, carried.file_size, album, caption)


async def migration(message: Message, turn: Turn) -> None:
    to = message.migrate_to_chat_id
    if to is not None:
        await turn.take(lambda _now: commands.group_migrated(message.chat.id, to=to))


async def press(query: CallbackQuery, bot: Bot, turn: Turn) -> None:
    message = query.message
    visit = Visit(
        item_id=turn.item.id,
        telegram_id=query.from_user.id,
        chat_id=message.chat.id if message else 0,
        is_private=message is not None and message.chat.type == "private",
        name=query.from_user.full_name,
        language_code=query.from_user.language_code or "",
        message_id=message.message_id if message else 0,
        sent_at=turn.item.received_at,
    )
    data = query.data or ""
    answer = await turn.take(lambda now: presses.run(visit, data, now=now))
    if answer is not None:
        await _answer_press(bot, query.id, answer, turn)


async def membership(change: ChatMemberUpdated, turn: Turn) -> None:
    """The bot was added, removed, blocked or unblocked."""
    log.info(
        "bot_membership", chat=change.chat.id, kind=change.chat.type, status=change.new_chat_member.status
    )
    is_in = change.new_chat_member.status in IN_CHAT
    if change.chat.type != "private":
        await turn.take(lambda now: commands.group_changed(change.chat.id, is_in=is_in, now=now))
    elif is_in:
        await turn.take(lambda now: commands.came_back(change.from_user.id, now=now))


def _visit(message: Message, turn: Turn) -> Visit:
    sender = message.from_user
    return Visit(
        item_id=turn.item.id,
        telegram_id=sender.id if sender else 0,
        chat_id=message.chat.id,
        is_private=message.chat.type == "private",
        name=sender.full_name if sender else "",
        language_code=(sender.language_code or "") if sender else "",
        sent_at=message.date,
        chat_title=message.chat.title or "",
        is_anonymous=message.sender_chat is not None,
        reply_to=message.reply_to_message.message_id if message.reply_to_message else None,
    )


def _say(turn: Turn, answer: Answer | None) -> None:
    if answer is not None and answer.say:
        turn.direct.say(turn.item.chat_id, answer.say)


async def _answer_press(bot: Bot, query_id: str, answer: Answer, turn: Turn) -> None:
    """The spinner of the button ends. What was pressed is applied already: a lost answer loses nothing."""
    if turn.direct.is_held:
        return
    text: Any = shorten(answer.toast, ANSWER_LIMIT) or None
    try:
        await bot.answer_callback_query(
            query_id, text, show_alert=answer.alert, request_timeout=ANSWER_TIMEOUT
        )
    except TelegramBadRequest:
        log.info("press_answered_too_late", update=turn.item.update_id)
    except Exception as error:
        log.warning("press_not_answered", update=turn.item.update_id, error=type(error).__name__)
