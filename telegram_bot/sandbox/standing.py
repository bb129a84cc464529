"""Groups and the bot's standing: who blocks it, where it is a member, and a group that becomes a supergroup."""

from __future__ import annotations

from collections.abc import Sequence

from .acting import Acting
from .errors import SandboxError
from .model import SUPERGROUP_BELOW, Group


class Standing(Acting):
    """Acts that change where the bot may write."""

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

    def _set_bot_status(self, group: Group, status: str) -> None:
        if status not in ("member", "administrator", "left", "kicked"):
            raise SandboxError(f"no such standing of a bot: {status}")
        before, group.bot_status = group.bot_status, status
        self._world.save_group(group)
        if before != status:
            actor = group.members[0] if group.members else self._world.bot_id
            self._tell_membership(group.as_chat(), self._world.user(actor), before, status)
