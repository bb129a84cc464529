"""A message that did not arrive, or a part that fell silent, is told to people who can do something about it."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from core import outbox, selectors
from core.models import Importance, Message
from telegram_bot import cards

log = structlog.get_logger(__name__)

MESSAGE_DEAD = "message_dead"


def message_died(message: Message, *, because: str, to_the_next: bool, now: datetime) -> None:
    """To the lead when it mattered, else to the admins' group. An alarm about an alarm would never end."""
    if message.template == MESSAGE_DEAD or _is_reply(message):
        log.error("message_dead", message=message.pk, template=message.template)
        return
    importance = Importance.BREACH if to_the_next else Importance.REMINDER
    context = {"message": message.pk, "because": because}
    posted = outbox.post(
        [
            outbox.Outgoing(
                template=MESSAGE_DEAD,
                importance=importance,
                dedup_key=f"{MESSAGE_DEAD}:{message.pk}:{whom.key}",
                order_id=message.order_id,
                context=context,
                person_id=whom.person_id,
                group_id=whom.group_id,
            )
            for whom in _whom(message, to_the_next=to_the_next)
        ],
        now=now,
    )
    if not posted:
        log.error("nobody_could_be_told", message=message.pk, template=message.template)


def part_silent(part: str, *, since: datetime, now: datetime) -> None:
    """Once an episode: `since` is the part's last progress."""
    outbox.post(
        [
            outbox.Outgoing(
                template="part_silent",
                importance=Importance.BREACH,
                dedup_key=f"part_silent:{part}:{since:%Y%m%d%H%M%S}:{whom.key}",
                context={"part": part, "since": since.isoformat()},
                person_id=whom.person_id,
                group_id=whom.group_id,
            )
            for whom in _admins()
        ],
        now=now,
    )


def update_died(update: int, *, because: str, now: datetime) -> None:
    """What somebody wrote or pressed could not be handled, and will not be tried again."""
    outbox.post(
        [
            outbox.Outgoing(
                template="update_dead",
                importance=Importance.REMINDER,
                dedup_key=f"update_dead:{update}:{whom.key}",
                context={"update": update, "because": because},
                person_id=whom.person_id,
                group_id=whom.group_id,
            )
            for whom in _admins()
        ],
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Whom:
    person_id: int | None = None
    group_id: int | None = None

    @property
    def key(self) -> str:
        return f"person:{self.person_id}" if self.person_id is not None else f"group:{self.group_id}"


def _whom(message: Message, *, to_the_next: bool) -> list[_Whom]:
    """The person's lead, else the other leads, else the admins; never the one who was not reached."""
    if not to_the_next:
        return _admins(except_group=message.group_id)
    own = selectors.leads_by_member([message.person_id]) if message.person_id is not None else {}
    leads = [lead for lead in own.values() if lead != message.person_id] or selectors.all_leads()
    people = [_Whom(person_id=lead) for lead in leads if lead != message.person_id]
    return people or _admins(except_group=message.group_id)


def _admins(*, except_group: int | None = None) -> list[_Whom]:
    group_id = selectors.admins_group()
    if group_id is not None and group_id != except_group:
        return [_Whom(group_id=group_id)]
    return [_Whom(person_id=lead) for lead in selectors.all_leads()]


def _is_reply(message: Message) -> bool:
    spec = cards.CARDS.get(message.template)
    return spec is not None and spec.is_reply
