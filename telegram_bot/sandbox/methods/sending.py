"""What all methods that write into a chat have in common."""

from __future__ import annotations

from typing import Any

from ..entities.formatted import formatted_text
from ..entities.units import length
from ..errors import bad_request
from ..markup import read_markup
from ..model import Chat, Group, Json, Message
from ..params import Params
from ..view import message_json
from ..world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024

Texts = tuple[str, list[Json]]


def read_text(world: World, params: Params) -> Texts:
    """The text of a message. Raises ApiError."""
    raw = params.text("text")
    if not raw:
        raise bad_request("message text is empty")
    text, entities = _read(world, params, raw, params.text("parse_mode"), "entities")
    if not text:
        raise bad_request("message text is empty" if not raw.strip() else "text must be non-empty")
    return text, entities


def read_caption(world: World, params: Params) -> Texts:
    """The caption of a file, which may be empty. Raises ApiError."""
    text, entities = _read(
        world, params, params.text("caption"), params.text("parse_mode"), "caption_entities"
    )
    if length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def _read(world: World, params: Params, raw: str, parse_mode: str, entities_name: str) -> Texts:
    if len(raw.encode("utf-8", "replace")) > 1 << 15:
        raise bad_request("text is too long")
    return formatted_text(
        params, text=raw, parse_mode=parse_mode, entities_name=entities_name, people=world.people
    )


def read_reply(world: World, params: Params, chat: Chat) -> int | None:
    """The message that is answered, by ``reply_parameters`` or the older parameter. Raises ApiError."""
    reply = params.structure("reply_parameters", what="reply parameters")
    if reply is None:
        reply = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    message_id = _integer(reply.get("message_id"))
    if not message_id:
        return None
    if world.message(chat.id, message_id) is not None:
        return message_id
    if Params(reply).flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def deliver(
    world: World,
    params: Params,
    *,
    text: str,
    entities: list[Json],
    media: Json | None = None,
) -> Json:
    """Write one message of the bot into the chat of the call and return it as the Bot API does."""
    markup, keyboard = read_markup(params)
    chat = world.writable_chat(params.text("chat_id"))
    reply_to = read_reply(world, params, chat)
    if media is None and length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    take_send(world, chat, cost=1)
    message = Message(
        chat_id=chat.id,
        id=world.next_message_id(chat.id),
        sender_id=world.bot_id,
        date=world.now,
        text=text,
        entities=entities,
        media=media,
        reply_to=reply_to,
        markup=markup,
        keyboard=keyboard,
        extra=read_options(params),
    )
    return message_json(world, world.add_message(message))


def read_options(params: Params) -> Json:
    extra: Json = {}
    if params.flag("protect_content"):
        extra["has_protected_content"] = True
    preview = params.structure("link_preview_options", what="link preview options")
    if isinstance(preview, dict) and preview:
        extra["link_preview_options"] = preview
    elif params.flag("disable_web_page_preview"):
        extra["link_preview_options"] = {"is_disabled": True}
    return extra


def take_send(world: World, chat: Chat, *, cost: int) -> None:
    """Raises ApiError 429."""
    is_group = isinstance(chat, Group)
    world.limits.take(("send", chat.id), is_group=is_group, cost=cost, now=world.clock.now())


def take_edit(world: World, chat: Chat) -> None:
    """Raises ApiError 429."""
    is_group = isinstance(chat, Group)
    world.limits.take(("edit", chat.id), is_group=is_group, cost=1, now=world.clock.now())


def own_message(world: World, params: Params, *, what: str) -> tuple[Chat, Message]:
    """The bot's message that the call names. Raises ApiError with ``what`` ("message to edit")."""
    chat, message = any_message(world, params, what=what)
    if message.sender_id != world.bot_id:
        raise bad_request("message can't be edited")
    return chat, message


def any_message(world: World, params: Params, *, what: str) -> tuple[Chat, Message]:
    reference, message_id = params.text("chat_id"), params.integer("message_id")
    if not reference and not message_id:
        inline = params.text("inline_message_id")
        raise bad_request("MESSAGE_ID_INVALID" if inline else "message identifier is not specified")
    chat = world.writable_chat(reference)
    message = world.message(chat.id, message_id)
    if message is None:
        raise bad_request(f"{what} not found")
    return chat, message


def _integer(value: Any) -> int:
    return Params({"value": value}).integer("value")
