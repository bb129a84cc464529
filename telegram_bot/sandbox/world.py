"""Everything that the sandbox knows at this moment: the bot, people, groups, messages, files, presses.

All of it lives in memory and is touched only from the server's event loop; the store is told of every change.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict

from .changes import Changes
from .clock import Clock
from .errors import ApiError, SandboxError, bad_request, chat_not_found, forbidden, migrated
from .limits import Limits, LimitSettings
from .model import Callback, Chat, File, Group, Json, Message, Person
from .store import Store
from .updates import UpdateQueue

ANONYMOUS_ADMIN = 1087968824
"""The account in whose name Telegram shows what a group's anonymous administrators write."""

_ANONYMOUS = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


class World:
    """The state of one sandbox, with the questions that both the Bot API and the people in it ask."""

    def __init__(
        self, *, token: str, username: str, bot_name: str, store: Store, limits: LimitSettings, clock: Clock
    ) -> None:
        self.token = token
        self.bot_id = int(token.partition(":")[0])
        self.username = username
        self.bot_name = bot_name
        self.clock = clock
        self.store = store
        self.changes = Changes()
        self.limits = Limits(limits)
        self.updates = UpdateQueue(clock, store)
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.pinned: dict[int, int] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, File] = {}
        self.media: dict[str, Json] = {}
        self.callbacks: dict[str, Callback] = {}
        self.settings: Json = {}
        self.reads_groups = False
        self._last_id = 0
        self._load()

    def _load(self) -> None:
        self.people = {row["id"]: Person(**row) for row in self.store.load("person")}
        self.groups = {row["id"]: Group(**row) for row in self.store.load("group")}
        self.files = {row["id"]: File(**row) for row in self.store.load("file")}
        self.paths = {file.path: file for file in self.files.values()}
        self.callbacks = {row["id"]: Callback(**row) for row in self.store.load("callback")}
        for row in self.store.load("message"):
            message = Message.from_row(row)
            self.messages.setdefault(message.chat_id, {})[message.id] = message
            self._remember_media(message)
        for chat_id, messages in self.messages.items():
            self.messages[chat_id] = dict(sorted(messages.items()))
        self.pinned = {row["chat"]: row["message"] for row in self.store.load("pinned")}
        self.settings = next(self.store.load("settings"), {})
        shared = [
            number
            for chat_id, known in self.messages.items()
            if not _own_numbers(chat_id)
            for number in known
        ]
        self._last_id = max(shared, default=0)

    @property
    def now(self) -> int:
        return int(self.clock.now())

    # Who is there

    def bot_user(self) -> Json:
        return {"id": self.bot_id, "is_bot": True, "first_name": self.bot_name, "username": self.username}

    def user(self, user_id: int) -> Json:
        if user_id == ANONYMOUS_ADMIN:
            return dict(_ANONYMOUS)
        return self.bot_user() if user_id == self.bot_id else self.people[user_id].as_user()

    def person(self, user_id: int) -> Person:
        """Raises SandboxError."""
        person = self.people.get(user_id)
        if person is None:
            raise SandboxError(f"no such person: {user_id}")
        return person

    def chat(self, chat_id: int) -> Chat:
        """Raises SandboxError."""
        chat: Chat | None = self.people.get(chat_id) or self.groups.get(chat_id)
        if chat is None:
            raise SandboxError(f"no such chat: {chat_id}")
        return chat

    def known_chat(self, reference: str) -> Chat:
        """The chat that the bot means, by id or @username. Raises ApiError."""
        if not reference:
            raise bad_request("chat_id is empty")
        if reference.startswith("@"):
            # A bot finds only channels and public groups by name, and the sandbox has none of them.
            raise chat_not_found()
        try:
            chat_id = int(reference)
        except ValueError:
            raise chat_not_found() from None
        chat = self.people.get(chat_id) or self.groups.get(chat_id)
        if chat is None:
            raise chat_not_found()
        return chat

    def writable_chat(self, reference: str) -> Chat:
        """The chat, when the bot may write there. Raises ApiError."""
        chat = self.known_chat(reference)
        refusal = self.refusal_to_write(chat)
        if refusal is not None:
            raise refusal
        return chat

    def refusal_to_write(self, chat: Chat) -> ApiError | None:
        if isinstance(chat, Person):
            return _private_refusal(chat)
        kind = "supergroup" if chat.is_supergroup else "group"
        if chat.migrated_to is not None:
            return migrated(chat.migrated_to)
        if chat.bot_status == "kicked":
            return forbidden(f"bot was kicked from the {kind} chat")
        if chat.bot_status == "left":
            return forbidden(f"bot is not a member of the {kind} chat")
        return None

    # Messages

    def next_message_id(self, chat_id: int) -> int:
        """Supergroups number their messages themselves; all other chats share the account's numbers."""
        if _own_numbers(chat_id):
            return next(reversed(self.messages.get(chat_id, {})), 0) + 1
        self._last_id += 1
        return self._last_id

    def add_message(self, message: Message) -> Message:
        self.messages.setdefault(message.chat_id, {})[message.id] = message
        self.save_message(message)
        return message

    def save_message(self, message: Message) -> None:
        """Store the message as it is now and show it on open pages."""
        self._remember_media(message)
        self.store.put("message", f"{message.chat_id}:{message.id}", asdict(message))
        self.changes.tell("message", chat_id=message.chat_id, message_id=message.id)

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """None when there is no such message any more."""
        message = self.messages.get(chat_id, {}).get(message_id)
        return None if message is None or message.deleted else message

    def _remember_media(self, message: Message) -> None:
        for file_id in file_ids(message.media or {}):
            self.media[file_id] = message.media or {}

    def pin(self, chat_id: int, message_id: int | None) -> None:
        if message_id is None:
            self.pinned.pop(chat_id, None)
            self.store.forget("pinned", chat_id)
        else:
            self.pinned[chat_id] = message_id
            self.store.put("pinned", chat_id, {"chat": chat_id, "message": message_id})
        self.changes.tell("chat", chat_id=chat_id)

    # The rest

    def save_person(self, person: Person) -> None:
        self.people[person.id] = person
        self.store.put("person", person.id, asdict(person))
        self.changes.tell("chat", chat_id=person.id)

    def save_group(self, group: Group) -> None:
        self.groups[group.id] = group
        self.store.put("group", group.id, asdict(group))
        self.changes.tell("chat", chat_id=group.id)

    def save_callback(self, callback: Callback) -> None:
        self.callbacks[callback.id] = callback
        self.store.put("callback", callback.id, asdict(callback))

    def save_settings(self) -> None:
        self.store.put("settings", "", self.settings)

    def add_body(self, body: bytes) -> str:
        """Keep the bytes and return the name under which files refer to them."""
        name = secrets.token_urlsafe(12)
        self.store.put_body(name, body)
        return name

    def add_file(
        self, body: str, *, size: int, mime_type: str, name: str | None, folder: str, suffix: str
    ) -> File:
        file = File(
            id=f"{folder}-{secrets.token_urlsafe(24)}",
            body=body,
            unique_id=secrets.token_urlsafe(9),
            path=f"{folder}/file_{len(self.files)}{suffix}",
            size=size,
            mime_type=mime_type,
            name=name,
        )
        self.files[file.id] = file
        self.paths[file.path] = file
        self.store.put("file", file.id, asdict(file))
        return file

    def clear(self) -> None:
        """Forget people, chats and updates, as on the first start."""
        self.updates.clear()
        for things in (self.people, self.groups, self.messages, self.pinned, self.callbacks):
            things.clear()
        for files in (self.files, self.paths, self.media):
            files.clear()
        self.store.clear()
        self.changes.tell("all")


def file_ids(media: Json) -> list[str]:
    if "photo" in media:
        return [size["file_id"] for size in media["photo"]]
    return [media[kind]["file_id"] for kind in ("video", "document") if kind in media]


def _own_numbers(chat_id: int) -> bool:
    return chat_id < 0 and Group(id=chat_id, title="").is_supergroup


def _private_refusal(person: Person) -> ApiError | None:
    if person.deactivated:
        return forbidden("user is deactivated")
    if person.blocked:
        return forbidden("bot was blocked by the user")
    if not person.started:
        return forbidden("bot can't initiate conversation with a user")
    return None
