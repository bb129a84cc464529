"""Connecting the admins' group: whoever may do so says it in the very chat, so that nobody copies numbers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import journal
from core.actors import Actor
from core.models import ChatGroup
from core.selectors import ADMINS

PERMISSION = "core.connect_group"
TITLE_LIMIT = 100


class GroupRefused(Exception):
    """The group can't be connected; str() says why, in the reader's language. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@transaction.atomic
def group_connect(*, chat_id: int, title: str, actor: Actor, now: datetime) -> ChatGroup:
    """This chat is the admins' group from now on, instead of the one that was. Connecting it again says that it works.

    Raises GroupRefused: `not_yours`, `chat_taken`.
    """
    if not actor.may(PERMISSION):
        raise GroupRefused("not_yours", _("Only a lead connects a group."))
    group = ChatGroup.objects.select_for_update().filter(code=ADMINS).first() or ChatGroup(code=ADMINS)
    if ChatGroup.objects.filter(chat_id=chat_id).exclude(pk=group.pk).exists():
        raise GroupRefused("chat_taken", _("This chat is connected as another group already."))

    before = group.chat_id
    group.chat_id = chat_id
    group.title = title[:TITLE_LIMIT] or group.title or ADMINS
    group.active = True
    group.unreachable_since = None
    group.unreachable_because = ""
    group.save()
    record = journal.Record(
        kind="command.group_connect", inputs={"group": group.pk, "chat": chat_id, "before": before}
    )
    journal.write([record], actor=actor, now=now)
    return group


def group_came_back(*, chat_id: int) -> bool:
    """The bot is in this chat again: messages go there again."""
    gone = ChatGroup.objects.filter(chat_id=chat_id, unreachable_since__isnull=False)
    return bool(gone.update(unreachable_since=None, unreachable_because=""))


def group_lost(*, chat_id: int, because: str, now: datetime) -> bool:
    """The bot was put out of this chat: whoever is told next is somebody else."""
    there = ChatGroup.objects.filter(chat_id=chat_id, unreachable_since__isnull=True)
    return bool(there.update(unreachable_since=now, unreachable_because=because[:100]))


def group_moved(*, chat_id: int, to: int) -> bool:
    """The group became a supergroup, which has another number."""
    return bool(ChatGroup.objects.filter(chat_id=chat_id).update(chat_id=to))
