"""Who wrote or pressed, and what they are answered. Nothing here is believed but the ids that Telegram vouches for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import outbox
from core.models import Importance, Message, TelegramLink, User
from telegram_bot.cards import reader_of, render_template
from telegram_bot.policies.text import plain
from telegram_bot.sending import reach

LANGUAGES = frozenset({"ru", "en"})
OURS = "ru"
TOO_OLD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Visit:
    """One update of a person. `item_id` is the inbox row; `message_id` the message whose button was pressed.

    `sent_at`: when it was written; of a press only when it was received is known. `is_anonymous`: written as a group
    or a channel, so that nobody knows by whom. `reply_to`: the message that it answers.
    """

    item_id: int
    telegram_id: int
    chat_id: int
    is_private: bool
    name: str = ""
    language_code: str = ""
    message_id: int | None = None
    sent_at: datetime | None = None
    chat_title: str = ""
    is_anonymous: bool = False
    reply_to: int | None = None

    def is_too_old(self, now: datetime) -> bool:
        """It waited so long (the bot was down) that what it asked for may not be wanted any more."""
        return self.sent_at is not None and now - self.sent_at > TOO_OLD

    @property
    def language(self) -> str:
        code = self.language_code[:2]
        return code if code in LANGUAGES else OURS


@dataclass(frozen=True, slots=True)
class Answer:
    """`toast` answers a pressed button; `say` (HTML) goes to a chat that is nobody's yet.

    `late_toast` is asked after the commit, when AI-РОП has looked at what the press changed.
    """

    toast: str = ""
    alert: bool = False
    say: str = ""
    late_toast: Callable[[], str] | None = None


SILENCE = Answer()


@dataclass(frozen=True, slots=True)
class Known:
    """A visit of somebody who is linked and active."""

    visit: Visit
    user: User
    chat_id: int
    now: datetime

    def reply(
        self, template: str, *, order_id: int | None = None, thread: str = "", **context: Any
    ) -> Answer:
        """A message of its own, in private, posted in the transaction of the visit: it can't be lost."""
        self._post(template, order_id=order_id, context=context, thread=thread)
        return SILENCE

    def change_pressed(self, template: str, *, order_id: int | None = None, **context: Any) -> None:
        """Bring the message whose button was pressed to what is true. Only in the person's own chat."""
        if self.visit.message_id is not None and self.visit.chat_id == self.chat_id:
            self._post(template, order_id=order_id, context={**context, **self._place}, edits=True)

    def change_card(self, card: Message, **context: Any) -> None:
        """The same for a message that the bot has sent, here or into a group, and that is about an order still."""
        self._post(
            card.template,
            order_id=card.order_id,
            context={**context, **self._place},
            edits=True,
            group_id=card.group_id,
        )

    @property
    def _place(self) -> dict[str, int | None]:
        return {"chat_id": self.visit.chat_id, "message_id": self.visit.message_id}

    def _post(
        self,
        template: str,
        *,
        order_id: int | None,
        context: dict[str, Any],
        edits: bool = False,
        group_id: int | None = None,
        thread: str = "",
    ) -> None:
        message = outbox.Outgoing(
            template=template,
            importance=Importance.ASSIGNMENT,
            dedup_key=f"visit:{self.visit.item_id}:{template}",
            person_id=self.user.pk if group_id is None else None,
            group_id=group_id,
            order_id=order_id,
            context=context,
            thread=thread,
            edits=edits,
        )
        outbox.post([message], now=self.now)


def answer(visit: Visit, act: Callable[[Known], Answer], *, now: datetime, aloud: bool = False) -> Answer:
    """What a linked person is answered by `act`, in their language; others are told how to become one.

    In a group others are told so only when `aloud`.
    """
    link = (
        TelegramLink.objects.select_related("user__team")
        .filter(telegram_id=visit.telegram_id, active=True)
        .first()
    )
    if link is None:
        return stranger(visit, now=now, aloud=aloud)
    if not link.user.is_active:
        return _closed(visit, aloud=aloud)
    if visit.is_private and link.unreachable_since is not None:
        reach.mark_reachable(telegram_id=visit.telegram_id, now=now)
    with reading_as(link.user):
        return act(Known(visit, link.user, link.chat_id, now))


@contextmanager
def reading_as(user: User) -> Iterator[None]:
    """Texts made here are in this person's language and time."""
    reader = reader_of(user)
    with translation.override(reader.language), timezone.override(reader.zone):
        yield


def stranger(visit: Visit, *, now: datetime, aloud: bool = False) -> Answer:
    with translation.override(visit.language):
        return _turn_away(visit, render_template("stranger", {}, now=now), aloud=aloud)


def _closed(visit: Visit, *, aloud: bool) -> Answer:
    with translation.override(visit.language):
        return _turn_away(visit, _("Your access is closed. Ask your lead."), aloud=aloud)


def _turn_away(visit: Visit, html: str, *, aloud: bool) -> Answer:
    if visit.message_id is not None:
        return Answer(toast=plain(html), alert=True)
    return Answer(say=html if visit.is_private or aloud else "")
