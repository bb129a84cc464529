"""What every act of a person in the sandbox rests on: where it happens, what it leaves, what the bot hears of it."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import SandboxError
from .methods.chats import status_json
from .model import Group, Json, Message, Person
from .view import message_json
from .world import World


class Acting:
    """A world seen from the side of its people."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _open_private(self, person: Person) -> None:
        """Writing in private starts the bot and unblocks it."""
        if not person.started or person.blocked:
            self._set_blocked(person, blocked=False)
            person.started = True
            self._world.save_person(person)

    def _place(self, user_id: int, chat_id: int | None) -> int:
        """Where the person writes; in private they thereby start the bot."""
        person = self._world.person(user_id)
        if person.deactivated:
            raise SandboxError(f"{person.full_name} has deleted the account")
        if chat_id is None or chat_id == user_id:
            self._open_private(person)
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

    def _join(self, group: Group, members: Sequence[int]) -> None:
        for user_id in members:
            self._world.person(user_id)
            if user_id not in group.members:
                group.members.append(user_id)
        self._world.save_group(group)

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        if person.blocked == blocked:
            return
        person.blocked = blocked
        self._world.save_person(person)
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        self._tell_membership(person.as_chat(), person.as_user(), before, after)

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
