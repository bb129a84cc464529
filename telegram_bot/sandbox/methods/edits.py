"""Edits, deletions and pins of messages that are already in a chat."""

from __future__ import annotations

from typing import Any

from ..entities.units import length
from ..errors import bad_request, not_modified
from ..markup import read_markup
from ..model import Chat, Group, Json, Message, Person, Version
from ..params import Params
from ..view import message_json
from ..world import World
from .media import read_input_media
from .sending import MAX_TEXT, any_message, own_message, read_caption, read_text, take_edit

DELETABLE_SECONDS = 48 * 3600


def edit_message_text(world: World, params: Params) -> Json:
    text, entities = read_text(world, params)
    markup, _ = read_markup(params)
    chat, message = own_message(world, params, what="message to edit")
    if message.media is not None or message.is_service:
        raise bad_request("there is no text in the message to edit")
    if length(text) > MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    return _edit(world, chat, message, text=text, entities=entities, markup=markup)


def edit_message_caption(world: World, params: Params) -> Json:
    text, entities = read_caption(world, params)
    markup, _ = read_markup(params)
    chat, message = own_message(world, params, what="message to edit")
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, chat, message, text=text, entities=entities, markup=markup)


def edit_message_reply_markup(world: World, params: Params) -> Json:
    markup, _ = read_markup(params)
    chat, message = own_message(world, params, what="message to edit")
    return _edit(world, chat, message, markup=markup)


def edit_message_media(world: World, params: Params) -> Json:
    markup, _ = read_markup(params)
    chat, message = own_message(world, params, what="message to edit")
    media, (text, entities) = read_input_media(
        world, params, params.structure("media", what="InputMedia"), chat_id=chat.id
    )
    return _edit(world, chat, message, text=text, entities=entities, markup=markup, media=media)


def delete_message(world: World, params: Params) -> bool:
    if not params.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not params.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat, message = any_message(world, params, what="message to delete")
    _check_deletable(world, chat, message)
    _delete(world, message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Those that cannot be found are skipped, as Telegram skips them."""
    numbers = _message_ids(params)
    chat = world.writable_chat(params.text("chat_id"))
    found = [message for number in numbers if (message := world.message(chat.id, number)) is not None]
    for message in found:
        _check_deletable(world, chat, message)
    for message in found:
        _delete(world, message)
    return True


def _message_ids(params: Params) -> list[int]:
    given = params.structure("message_ids", what="message identifiers")
    if not isinstance(given, list) or not given:
        raise bad_request("message identifiers are not specified")
    if len(given) > 100:
        raise bad_request("too many message identifiers specified")
    numbers = [Params({"id": number}).integer("id") for number in given]
    if not all(number > 0 for number in numbers):
        raise bad_request("invalid message identifier specified")
    return numbers


def pin_chat_message(world: World, params: Params) -> bool:
    chat, message = any_message(world, params, what="message to pin")
    _check_pinning(chat)
    if world.pinned.get(chat.id) == message.id:
        raise bad_request("CHAT_NOT_MODIFIED")
    world.pin(chat.id, message.id)
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    chat = world.writable_chat(params.text("chat_id"))
    _check_pinning(chat)
    if chat.id not in world.pinned:
        raise bad_request("message to unpin not found")
    world.pin(chat.id, None)
    return True


def _edit(
    world: World,
    chat: Chat,
    message: Message,
    *,
    markup: Json | None,
    text: str | None = None,
    entities: list[Json] | None = None,
    media: Json | None = None,
) -> Json:
    before: Any = (message.text, message.entities, message.media, message.markup)
    after: Any = (
        message.text if text is None else text,
        message.entities if entities is None else entities,
        message.media if media is None else media,
        markup,
    )
    if before == after:
        raise not_modified()
    take_edit(world, chat)
    message.versions.append(Version(world.now, message.text, message.entities, message.markup))
    message.text, message.entities, message.media, message.markup = after
    message.edited_at = world.now
    world.save_message(message)
    return message_json(world, message)


def _check_deletable(world: World, chat: Chat, message: Message) -> None:
    own = message.sender_id == world.bot_id
    may = isinstance(chat, Person) or own or chat.bot_status == "administrator"
    if not may:
        raise bad_request("message can't be deleted")
    administrator = isinstance(chat, Group) and chat.bot_status == "administrator"
    if world.now - message.date > DELETABLE_SECONDS and not administrator:
        raise bad_request("message can't be deleted for everyone")


def _delete(world: World, message: Message) -> None:
    message.deleted = True
    if world.pinned.get(message.chat_id) == message.id:
        world.pin(message.chat_id, None)
    world.save_message(message)


def _check_pinning(chat: Chat) -> None:
    if isinstance(chat, Group) and chat.bot_status != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
