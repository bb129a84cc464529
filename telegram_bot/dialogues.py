"""What dialogues about orders share: which one is in a person's hand, and how its card is brought to the truth."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core import outbox
from core.models import Importance, Message, MessageStatus, User
from core.models.outbox import Channel
from orders.models import POINTS, Order
from telegram_bot.cards import deal, inspection
from telegram_bot.models import Awaits, Dialogue, Screen, Talk
from telegram_bot.visits import Known

HOLDS_FOR = timedelta(hours=12)
"""After so long nobody remembers what they were asked: words and files are taken for that order no more."""

ON_ITS_WAY = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.FAILED, MessageStatus.SENT)

CARDS = {
    Talk.INSPECTION: (inspection.TEMPLATE, inspection.thread_of),
    Talk.DEAL: (deal.TEMPLATE, deal.thread_of),
}
FIRST: Mapping[str, str] = {Talk.INSPECTION: Screen.GROUPS, Talk.DEAL: Screen.STEP}
"""Where each begins."""


def dialogue_of(user_id: int, order_id: int, *, about: str, now: datetime) -> Dialogue:
    """Locked; a new one where there is none."""
    dialogue, _made = Dialogue.objects.select_for_update(of=("self",)).get_or_create(
        person_id=user_id,
        order_id=order_id,
        about=about,
        defaults={"touched_at": now, "screen": FIRST[about]},
    )
    return dialogue


def dialogue_take(user: User, order: Order, *, about: str, now: datetime) -> Dialogue:
    """This one comes into the person's hand; no other one is in it any more. Not saved yet."""
    others = Dialogue.objects.filter(person=user, in_hand=True).exclude(order=order, about=about)
    others.update(in_hand=False, awaits=Awaits.NOTHING)
    dialogue = dialogue_of(user.pk, order.pk, about=about, now=now)
    dialogue.in_hand = True
    dialogue.touched_at = now
    return dialogue


def dialogue_in_hand(user: User, *, about: str, now: datetime) -> Dialogue | None:
    """Locked, with its order; None when nothing of this kind is in the person's hand."""
    dialogue = (
        Dialogue.objects.select_for_update(of=("self",))
        .select_related("order__assigned_manager")
        .filter(person=user, about=about, in_hand=True, touched_at__gt=now - HOLDS_FOR)
        .first()
    )
    if dialogue is not None:
        dialogue.touched_at = now
    return dialogue


def stand(
    dialogue: Dialogue,
    screen: str,
    *,
    group: str = "",
    point: int | None = None,
    page: int = 0,
    awaits: str = Awaits.NOTHING,
    draft: dict[str, object] | None = None,
) -> None:
    # A forged page is past all there is; the card shows the last one then.
    dialogue.screen, dialogue.group, dialogue.point, dialogue.page = screen, group, point, min(page, POINTS)
    dialogue.awaits, dialogue.draft = awaits, draft or {}


def card_post(
    dialogue: Dialogue, *, version: int, anew: bool, now: datetime, files: Sequence[int] = ()
) -> None:
    """Keep where the person stands, and bring the card to it: in place, or `anew` below what was sent since.

    `files`: rows of files whose end the card tells. Posted in the transaction of the update, so it can't be lost.
    """
    template, thread_of = CARDS[Talk(dialogue.about)]
    dialogue.cards += 1
    dialogue.shown_version = version
    dialogue.save()
    thread = thread_of(dialogue.order_id, dialogue.person_id)
    edits = not anew and Message.objects.filter(thread=thread, edits=False, status__in=ON_ITS_WAY).exists()
    card = outbox.Outgoing(
        template=template,
        importance=Importance.ASSIGNMENT,
        dedup_key=f"{template}:{dialogue.pk}:{dialogue.cards}",
        person_id=dialogue.person_id,
        order_id=dialogue.order_id,
        context={"files": list(files)} if files else {},
        thread=thread,
        edits=edits,
    )
    outbox.post([card], now=now)


def card_pressed(known: Known, thread: str) -> Message | None:
    """The card that was pressed, if it is one of this thread."""
    return (
        Message.objects.filter(
            thread=thread,
            chat_id=known.visit.chat_id,
            provider_id=str(known.visit.message_id),
            status=MessageStatus.SENT,
            channel=Channel.TELEGRAM,
        )
        .order_by("edits", "pk")
        .first()
    )


def is_newest(card: Message) -> bool:
    newest = (
        Message.objects.filter(thread=card.thread, edits=False, status=MessageStatus.SENT)
        .order_by("-pk")
        .values_list("provider_id", flat=True)
        .first()
    )
    return newest == card.provider_id
