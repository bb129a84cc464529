"""Messages as the Bot API gives them to the bot, and as people and tests see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .entities.render import render
from .model import Group, Json, Message
from .world import ANONYMOUS_ADMIN, World


def message_json(world: World, message: Message, *, with_reply: bool = True) -> Json:
    """The Bot API's Message."""
    body: Json = {"message_id": message.id, "from": world.user(message.sender_id)}
    chat = world.chat(message.chat_id)
    if message.sender_id == ANONYMOUS_ADMIN:
        body["sender_chat"] = chat.as_chat()
    body |= {"chat": chat.as_chat(), "date": message.date}
    if message.edited_at is not None:
        body["edit_date"] = message.edited_at
    if message.album is not None:
        body["media_group_id"] = message.album
    if with_reply and message.reply_to is not None:
        original = world.message(message.chat_id, message.reply_to)
        if original is not None:
            body["reply_to_message"] = message_json(world, original, with_reply=False)
    return body | message.content() | message.extra


@dataclass(frozen=True, slots=True)
class SeenButton:
    """An inline button as a person sees it: with ``data`` it can be pressed, with ``url`` it opens an address."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """What the message said before the edit at ``until`` (Unix seconds)."""

    until: int
    text: str
    html: str
    buttons: list[list[SeenButton]]


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A photo, a video or a document in a message; ``url`` is its address on the sandbox's own page."""

    kind: str
    file_id: str
    url: str
    name: str | None
    mime_type: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One message in a chat as a person sees it. Dates are Unix seconds."""

    id: int
    chat_id: int
    sender_id: int
    sender: str
    from_bot: bool
    date: int
    text: str
    entities: list[Json]
    html: str
    buttons: list[list[SeenButton]]
    keyboard: Json | None
    file: SeenFile | None
    album: str | None
    reply_to: int | None
    reaction: str | None
    edited_at: int | None
    versions: list[SeenVersion]
    deleted: bool
    service: Json

    def button(self, text_or_data: str) -> SeenButton | None:
        """The button with this text or this callback data."""
        flat = [button for row in self.buttons for button in row]
        return next((b for b in flat if text_or_data in (b.text, b.data)), None)


def seen(world: World, message: Message) -> Seen:
    return Seen(
        id=message.id,
        chat_id=message.chat_id,
        sender_id=message.sender_id,
        sender=sender_name(world, message.sender_id),
        from_bot=message.sender_id == world.bot_id,
        date=message.date,
        text=message.text,
        entities=message.entities,
        html=render(message.text, message.entities),
        buttons=_buttons(message.markup),
        keyboard=message.keyboard,
        file=_file(world, message.media),
        album=message.album,
        reply_to=message.reply_to,
        reaction=message.reaction,
        edited_at=message.edited_at,
        versions=[
            SeenVersion(v.until, v.text, render(v.text, v.entities), _buttons(v.markup))
            for v in message.versions
        ],
        deleted=message.deleted,
        service=message.extra if message.is_service else {},
    )


def sender_name(world: World, user_id: int) -> str:
    if user_id == world.bot_id:
        return world.bot_name
    if user_id == ANONYMOUS_ADMIN:
        return "Group"
    person = world.people.get(user_id)
    return person.full_name if person else str(user_id)


def chat_title(world: World, chat_id: int) -> str:
    chat = world.chat(chat_id)
    return chat.title if isinstance(chat, Group) else chat.full_name


def _buttons(markup: Json | None) -> list[list[SeenButton]]:
    rows: list[list[Json]] = (markup or {}).get("inline_keyboard", [])
    return [[SeenButton(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]


def _file(world: World, media: Json | None) -> SeenFile | None:
    if media is None:
        return None
    kind, value = next(
        (name, value) for name, value in media.items() if name in ("photo", "video", "document")
    )
    shown: dict[str, Any] = value[-1] if kind == "photo" else value
    file = world.files[shown["file_id"]]
    return SeenFile(
        kind=kind,
        file_id=file.id,
        url=f"/sandbox/file/{file.id}",
        name=file.name,
        mime_type=file.mime_type,
        size=file.size,
        width=shown.get("width"),
        height=shown.get("height"),
    )
