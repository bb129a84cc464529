"""What people do in the sandbox: they write, press, send files, block the bot, move groups; the bot gets updates."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from .entities.fix import fix_text
from .entities.units import length
from .errors import ApiError, SandboxError
from .media import document_media, photo_media
from .methods.chats import status_json
from .methods.sending import MAX_CAPTION, MAX_TEXT
from .model import SUPERGROUP_BELOW, Callback, Group, Json, Message, Person
from .view import ANONYMOUS_ADMIN, message_json
from .world import World

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class People:
    """Acts of people on a world. All raise SandboxError when no person in Telegram could do that."""

    def __init__(self, world: World) -> None:
        self._world = world

    # People and groups

    def person(
        self,
        user_id: int,
        first_name: str,
        username: str | None = None,
        last_name: str | None = None,
        language_code: str = "ru",
    ) -> Person:
        """Create the person, or rename them; what they have done with the bot stays."""
        if user_id <= 0 or user_id == self._world.bot_id or not first_name.strip():
            raise SandboxError("a person needs a positive id of their own and a first name")
        person = self._world.people.get(user_id) or Person(id=user_id, first_name=first_name)
        person.first_name, person.last_name = first_name, last_name
        person.username, person.language_code = username, language_code
        self._world.save_person(person)
        return person

    def group(
        self, chat_id: int, title: str, members: Sequence[int] = (), bot_status: str = "member"
    ) -> Group:
        """Create the group with the bot in it, or rename it. Ids below -1000000000000 are supergroups."""
        if chat_id >= 0 or not title.strip():
            raise SandboxError("a group needs a negative id and a title")
        group = self._world.groups.get(chat_id)
        if group is not None:
            group.title = title
            self._join(group, members)
            return group
        group = Group(id=chat_id, title=title, bot_status="left")
        self._join(group, members)
        self._set_bot_status(group, bot_status)
        return group

    def join(self, chat_id: int, user_id: int) -> None:
        self._join(self._group(chat_id), [user_id])

    def _join(self, group: Group, members: Sequence[int]) -> None:
        for user_id in members:
            self._world.person(user_id)
            if user_id not in group.members:
                group.members.append(user_id)
        self._world.save_group(group)

    # Messages

    def write(
        self,
        user_id: int,
        text: str,
        chat_id: int | None = None,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Write as a person; writing in private starts the bot. ``anonymous`` writes as a group's administrator."""
        text, entities = fix_text(text, [])
        if not text:
            raise SandboxError("an empty message cannot be sent")
        if length(text) > MAX_TEXT:
            raise SandboxError(f"a message has at most {MAX_TEXT} characters")
        place = self._place(user_id, chat_id)
        if anonymous and place > 0:
            raise SandboxError("nobody is anonymous in a private chat")
        sender = ANONYMOUS_ADMIN if anonymous else user_id
        if anonymous and ANONYMOUS_ADMIN not in self._world.people:
            self.person(ANONYMOUS_ADMIN, "Group", "GroupAnonymousBot")
        return self._add(place, sender, text=text, entities=entities, reply_to=reply_to)

    def start(self, user_id: int, payload: str = "") -> Message:
        """Press Start, or open a deep link with its payload."""
        if not PAYLOAD.fullmatch(payload):
            raise SandboxError("a start payload has at most 64 characters A-Z, a-z, 0-9, _ and -")
        return self.write(user_id, f"/start {payload}".strip())

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        message = self._own(user_id, chat_id, message_id)
        message.text, message.entities = fix_text(text, [])
        message.edited_at = self._world.now
        self._world.save_message(message)
        self._tell_bot("edited_message", message)
        return message

    def delete(self, user_id: int, chat_id: int, message_id: int) -> None:
        """The bot is not told, as in Telegram."""
        message = self._own(user_id, chat_id, message_id)
        message.deleted = True
        self._world.save_message(message)

    def photo(
        self,
        user_id: int,
        bodies: Sequence[bytes],
        caption: str | None = None,
        *,
        chat_id: int | None = None,
        album: str | None = None,
    ) -> list[Message]:
        """Send photos; more than one are an album, and so are all that share ``album``."""
        place = self._place(user_id, chat_id)
        try:
            media = [photo_media(self._world, body) for body in bodies]
        except ApiError as error:
            raise SandboxError(error.description) from None
        return self._send_media(place, user_id, media, caption, album)

    def document(
        self,
        user_id: int,
        files: Sequence[tuple[str, str, bytes]],
        caption: str | None = None,
        *,
        chat_id: int | None = None,
        album: str | None = None,
    ) -> list[Message]:
        """Send files given as name, MIME type and bytes."""
        place = self._place(user_id, chat_id)
        try:
            media = [
                document_media(self._world, body, name=name, mime_type=mime) for name, mime, body in files
            ]
        except ApiError as error:
            raise SandboxError(error.description) from None
        return self._send_media(place, user_id, media, caption, album)

    def _send_media(
        self, place: int, user_id: int, media: list[Json], caption: str | None, album: str | None
    ) -> list[Message]:
        text, entities = fix_text(caption or "", [])
        if length(text) > MAX_CAPTION:
            raise SandboxError(f"a caption has at most {MAX_CAPTION} characters")
        if album is None and len(media) > 1:
            album = str(secrets.randbits(53))
        sent = []
        for number, shown in enumerate(media):
            words, marks = (text, entities) if number == 0 else ("", [])
            sent.append(self._add(place, user_id, text=words, entities=marks, media=shown, album=album))
        return sent

    # Buttons

    def press(self, user_id: int, chat_id: int, message_id: int, button: str) -> Callback:
        """Press the button with this text or data, which must be there now."""
        message = self._world.message(chat_id, message_id)
        rows = ((message.markup if message else None) or {}).get("inline_keyboard", [])
        found = [b for row in rows for b in row if button in (b.get("callback_data"), b["text"])]
        if not found:
            raise SandboxError(f"message {message_id} has no button {button!r}")
        if "callback_data" not in found[0]:
            raise SandboxError(f"the button {button!r} opens an address and tells the bot nothing")
        return self.press_raw(user_id, chat_id, message_id, found[0]["callback_data"])

    def press_raw(self, user_id: int, chat_id: int, message_id: int, data: str) -> Callback:
        """What a forged client could send: any data, any message, also one that is gone."""
        person = self._world.person(user_id)
        chat = self._world.chat(chat_id)
        callback = Callback(
            id=str(secrets.randbits(62)),
            user_id=user_id,
            chat_id=chat_id,
            message_id=message_id,
            data=data,
            at=self._world.clock.now(),
        )
        self._world.save_callback(callback)
        message = self._world.message(chat_id, message_id)
        shown = {"chat": chat.as_chat(), "message_id": message_id, "date": 0}
        self._world.updates.add(
            "callback_query",
            {
                "id": callback.id,
                "from": person.as_user(),
                "message": message_json(self._world, message) if message else shown,
                "chat_instance": str(abs(chat_id) * 7919),
                "data": data,
            },
        )
        return callback

    # The bot's standing

    def block(self, user_id: int) -> None:
        person = self._world.person(user_id)
        self._set_blocked(person, blocked=True)

    def unblock(self, user_id: int) -> None:
        person = self._world.person(user_id)
        self._set_blocked(person, blocked=False)

    def deactivate(self, user_id: int) -> None:
        """The person deletes their Telegram account."""
        person = self._world.person(user_id)
        person.deactivated = True
        self._world.save_person(person)

    def kick(self, chat_id: int) -> None:
        self._set_bot_status(self._group(chat_id), "kicked")

    def invite(self, chat_id: int, *, administrator: bool = False) -> None:
        self._set_bot_status(self._group(chat_id), "administrator" if administrator else "member")

    def migrate(self, chat_id: int) -> int:
        """Turn a basic group into a supergroup and return its new id; the old one refuses from now on."""
        old = self._group(chat_id)
        if old.is_supergroup or old.migrated_to is not None:
            raise SandboxError("only a basic group can become a supergroup")
        new = Group(
            id=SUPERGROUP_BELOW + chat_id,
            title=old.title,
            members=list(old.members),
            bot_status=old.bot_status,
        )
        self._world.save_group(new)
        old.migrated_to = new.id
        self._world.save_group(old)
        owner = old.members[0] if old.members else self._world.bot_id
        self._add(old.id, owner, extra={"migrate_to_chat_id": new.id})
        self._add(new.id, owner, extra={"migrate_from_chat_id": old.id})
        return new.id

    # Inside

    def _place(self, user_id: int, chat_id: int | None) -> int:
        """Where the person writes; in private they thereby start the bot."""
        person = self._world.person(user_id)
        if person.deactivated:
            raise SandboxError(f"{person.full_name} has deleted the account")
        if chat_id is None or chat_id == user_id:
            if not person.started or person.blocked:
                self._set_blocked(person, blocked=False)
                person.started = True
                self._world.save_person(person)
            return user_id
        group = self._group(chat_id)
        if group.migrated_to is not None:
            raise SandboxError(f"the group has moved to {group.migrated_to}")
        self._join(group, [user_id])
        return chat_id

    def _group(self, chat_id: int) -> Group:
        group = self._world.groups.get(chat_id)
        if group is None:
            raise SandboxError(f"no such group: {chat_id}")
        return group

    def _own(self, user_id: int, chat_id: int, message_id: int) -> Message:
        message = self._world.message(chat_id, message_id)
        if message is None or message.sender_id != user_id:
            raise SandboxError(f"{user_id} has no message {message_id} in this chat")
        return message

    def _add(
        self,
        chat_id: int,
        sender_id: int,
        *,
        text: str = "",
        entities: list[Json] | None = None,
        media: Json | None = None,
        album: str | None = None,
        reply_to: int | None = None,
        extra: Json | None = None,
    ) -> Message:
        message = Message(
            chat_id=chat_id,
            id=self._world.next_message_id(chat_id),
            sender_id=sender_id,
            date=self._world.now,
            text=text,
            entities=entities or [],
            media=media,
            album=album,
            reply_to=reply_to,
            extra=extra or {},
        )
        self._world.add_message(message)
        self._tell_bot("message", message)
        return message

    def _tell_bot(self, kind: str, message: Message) -> None:
        group = self._world.groups.get(message.chat_id)
        if group is None or self._hears(group, message):
            self._world.updates.add(kind, message_json(self._world, message))

    def _hears(self, group: Group, message: Message) -> bool:
        """With privacy mode a bot hears commands, mentions of itself, answers to it and service messages."""
        if group.bot_status in ("left", "kicked"):
            return False
        if group.bot_status == "administrator" or self._world.reads_groups or message.is_service:
            return True
        replied = self._world.message(group.id, message.reply_to or 0)
        if replied is not None and replied.sender_id == self._world.bot_id:
            return True
        name = f"@{self._world.username}".lower()
        if message.text.startswith("/"):
            command = message.text.split(maxsplit=1)[0].lower()
            return "@" not in command or command.endswith(name)
        return name in message.text.lower()

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        if person.blocked == blocked:
            return
        person.blocked = blocked
        self._world.save_person(person)
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        self._tell_membership(person.as_chat(), person.as_user(), before, after)

    def _set_bot_status(self, group: Group, status: str) -> None:
        if status not in ("member", "administrator", "left", "kicked"):
            raise SandboxError(f"no such standing of a bot: {status}")
        before, group.bot_status = group.bot_status, status
        self._world.save_group(group)
        if before != status:
            actor = group.members[0] if group.members else self._world.bot_id
            self._tell_membership(group.as_chat(), self._world.user(actor), before, status)

    def _tell_membership(self, chat: Json, actor: Json, before: str, after: str) -> None:
        bot = self._world.bot_user()
        self._world.updates.add(
            "my_chat_member",
            {
                "chat": chat,
                "from": actor,
                "date": self._world.now,
                "old_chat_member": status_json(bot, before),
                "new_chat_member": status_json(bot, after),
            },
        )
