"""Photos, documents and albums that the bot sends."""

from __future__ import annotations

import secrets
from typing import Any

from ..errors import bad_request
from ..media import document_media, photo_media
from ..model import Json, Message
from ..params import Params, Upload
from ..view import message_json
from ..world import World
from .sending import Texts, deliver, read_caption, read_options, read_reply, take_send

MOST_IN_ALBUM = 10


def send_photo(world: World, params: Params) -> Json:
    return _send(world, params, "photo")


def send_document(world: World, params: Params) -> Json:
    return _send(world, params, "document")


def _send(world: World, params: Params, kind: str) -> Json:
    text, entities = read_caption(world, params)
    upload = params.files.get(kind) or params.text(kind)
    if not upload:
        raise bad_request(f"there is no {kind} in the request")
    world.writable_chat(params.text("chat_id"))
    media = _media(world, params, kind, upload)
    return deliver(world, params, text=text, entities=entities, media=media)


def send_media_group(world: World, params: Params) -> list[Json]:
    """Two to ten photos or documents, not mixed, as one album."""
    items = params.structure("media", what="media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > MOST_IN_ALBUM:
        raise bad_request("too many messages to send as an album")
    chat = world.writable_chat(params.text("chat_id"))
    reply_to = read_reply(world, params, chat)
    read = [read_input_media(world, params, item, chat_id=chat.id) for item in items]
    if len({next(iter(media)) for media, _ in read}) > 1:
        raise bad_request("can't mix documents with other media types in the same album")
    take_send(world, chat, cost=len(items))
    album = str(secrets.randbits(53)) if len(items) > 1 else None
    return [
        message_json(
            world,
            world.add_message(
                Message(
                    chat_id=chat.id,
                    id=world.next_message_id(chat.id),
                    sender_id=world.bot_id,
                    date=world.now,
                    text=text,
                    entities=entities,
                    media=media,
                    album=album,
                    reply_to=reply_to,
                    extra=read_options(params),
                )
            ),
        )
        for media, (text, entities) in read
    ]


def read_input_media(world: World, params: Params, item: Any, *, chat_id: int) -> tuple[Json, Texts]:
    """One InputMedia: what it shows and its caption. Raises ApiError."""
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind, source = item.get("type"), item.get("media")
    if kind not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: type must be photo or document in the sandbox")
    if not isinstance(source, str) or not source:
        raise bad_request("can't parse InputMedia: Can't find field \"media\"")
    texts = read_caption(world, Params({"chat_id": chat_id} | item))
    return _media(world, params, kind, params.upload(source) or source), texts


def _media(world: World, params: Params, kind: str, source: Upload | str) -> Json:
    if isinstance(source, str):
        source = params.upload(source) or source
    if isinstance(source, Upload):
        if kind == "photo":
            return photo_media(world, source.body)
        return document_media(world, source.body, name=source.name, mime_type=source.mime_type)
    return _known_media(world, kind, source)


def _known_media(world: World, kind: str, source: str) -> Json:
    """A file that Telegram already has, by its id; the sandbox fetches nothing from the network."""
    if source.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    media = world.media.get(source)
    if media is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if kind not in media:
        raise bad_request(
            f"can't use file of type {str(next(iter(media))).capitalize()} as {kind.capitalize()}"
        )
    return media
