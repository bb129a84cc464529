"""What the sandbox remembers: people, groups, messages and files, and how the Bot API shows each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SUPERGROUP_BELOW = -1_000_000_000_000
"""Supergroups have ids below this; basic groups lie between it and zero."""


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account. ``started`` is true once the person has opened the chat with the bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "ru"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def as_user(self) -> Json:
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        chat: Json = {"id": self.id, "first_name": self.first_name}
        if self.last_name:
            chat["last_name"] = self.last_name
        if self.username:
            chat["username"] = self.username
        chat["type"] = "private"
        return chat


@dataclass(slots=True)
class Group:
    """A basic group or a supergroup. ``bot_status`` is a ChatMember status: administrator, member, left, kicked."""

    id: int
    title: str
    members: list[int] = field(default_factory=list)
    bot_status: str = "member"
    migrated_to: int | None = None

    @property
    def is_supergroup(self) -> bool:
        return self.id < SUPERGROUP_BELOW

    def as_chat(self) -> Json:
        if self.is_supergroup:
            return {"id": self.id, "title": self.title, "type": "supergroup"}
        return {
            "id": self.id,
            "title": self.title,
            "type": "group",
            "all_members_are_administrators": False,
        }


Chat = Person | Group


@dataclass(slots=True)
class Version:
    """What a message said until it was edited at ``until`` (Unix seconds)."""

    until: int
    text: str
    entities: list[Json]
    markup: Json | None


@dataclass(slots=True)
class Message:
    """One message of one chat. ``text`` is the caption when there is ``media``; dates are Unix seconds.

    ``markup`` is the inline keyboard, ``keyboard`` the one in place of the phone's, which the Bot API never shows.
    """

    chat_id: int
    id: int
    sender_id: int
    date: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    media: Json | None = None
    album: str | None = None
    reply_to: int | None = None
    markup: Json | None = None
    keyboard: Json | None = None
    extra: Json = field(default_factory=dict)
    reaction: str | None = None
    edited_at: int | None = None
    deleted: bool = False
    versions: list[Version] = field(default_factory=list)

    @classmethod
    def from_row(cls, row: Json) -> Message:
        return cls(**row | {"versions": [Version(**version) for version in row["versions"]]})

    @property
    def is_service(self) -> bool:
        return not self.text and self.media is None

    def content(self) -> Json:
        """The part of the Bot API's Message that an edit can change."""
        content: Json = {}
        if self.media is not None:
            content |= self.media
            if self.text:
                content["caption"] = self.text
            if self.entities:
                content["caption_entities"] = self.entities
        elif self.text:
            content["text"] = self.text
            if self.entities:
                content["entities"] = self.entities
        if self.markup is not None:
            content["reply_markup"] = self.markup
        return content


@dataclass(slots=True)
class File:
    """Bytes that somebody sent, under the id by which the bot asks for them; sizes of a photo share a ``body``."""

    id: str
    body: str
    unique_id: str
    path: str
    size: int
    mime_type: str
    name: str | None = None


@dataclass(slots=True)
class Callback:
    """A press of an inline button that waits for ``answerCallbackQuery``."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    at: float
    answered_at: float | None = None
    text: str | None = None
    show_alert: bool = False
    url: str | None = None
