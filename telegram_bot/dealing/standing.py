"""Where a person stands in the deal of an order: read, changed and shown. Locks go: dialogue, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from core.actors import Actor, Door, person
from core.models import User
from orders import gate
from orders.models import Blocker, Order
from orders.selectors.deals import Deal, deal_of
from telegram_bot.cards.deal.state import way_of
from telegram_bot.dialogues import HOLDS_FOR, card_post, dialogue_in_hand, dialogue_take, stand
from telegram_bot.models import Dialogue, Screen, Talk
from telegram_bot.policies.dealing import asked


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's dialogue about the deal of one order, locked, and the order as it was when the update began.

    `written`: the person has just written something, which stands below the card. `anew`: the button was pressed
    under another message.
    """

    user: User
    order: Order
    dialogue: Dialogue
    now: datetime
    written: bool = False
    anew: bool = False

    @property
    def actor(self) -> Actor:
        return person(self.user, door=Door.BOT)

    @property
    def draft(self) -> dict[str, object]:
        return dict(self.dialogue.draft)

    @property
    def here(self) -> datetime:
        """The present moment in the reader's zone."""
        return timezone.localtime(self.now)

    def deal(self) -> Deal:
        """The deal as it is now."""
        return deal_of(self.order.pk)


def may_deal(user: User, order: Order) -> bool:
    """Whoever may act on the order, and whoever has to remove something from its way."""
    return may_move(user, order) or _removes(user, order)


def may_move(user: User, order: Order) -> bool:
    return gate.may_act(person(user, door=Door.BOT), owner_id=order.assigned_manager_id)


def _removes(user: User, order: Order) -> bool:
    return Blocker.objects.filter(order=order, owner=user, resolved_at__isnull=True).exists()


def take(user: User, order: Order, *, now: datetime, anew: bool = False) -> Standing:
    """This order comes into the person's hand; no other one is in it any more."""
    return Standing(user, order, dialogue_take(user, order, about=Talk.DEAL, now=now), now, anew=anew)


def in_hand(user: User, *, now: datetime) -> Standing | None:
    """The order whose deal the person is at, while it is theirs."""
    dialogue = dialogue_in_hand(user, about=Talk.DEAL, now=now)
    if dialogue is None or dialogue.order.closed_at is not None or not may_deal(user, dialogue.order):
        return None
    return Standing(user, dialogue.order, dialogue, now)


def back(standing: Standing, told: str = "") -> None:
    """To the step, with what has just been recorded."""
    stand(standing.dialogue, Screen.STEP, draft={"told": told} if told else None)


def let_go(standing: Standing) -> None:
    """Somebody else has changed the order: what was told last is old by now, and a question that nobody answered."""
    dialogue = standing.dialogue
    if dialogue.screen == Screen.STEP or standing.now - dialogue.touched_at > HOLDS_FOR:
        back(standing)


def ask(standing: Standing, screen: str, **draft: object) -> None:
    """A question whose answer may be written; what was chosen before it is kept."""
    stand(standing.dialogue, screen, awaits=AWAITED.get(screen, ""), draft=draft)


AWAITED: Mapping[str, str] = {
    # Who writes at once what stands in the way has answered that; its kind is "something else" then.
    str(Screen.KIND): Screen.BLOCKER,
    **{
        str(screen): screen
        for screen in (
            Screen.UNTIL,
            Screen.DECLINED,
            Screen.AGAIN,
            Screen.SELLER,
            Screen.CARRIER,
            Screen.TRACKING,
            Screen.PROMISED,
            Screen.WAY,
            Screen.DELIVERED,
            Screen.BLOCKER,
            Screen.DUE,
            Screen.REMOVE,
        )
    },
}
"""On these the next words are the answer; at the step itself it depends on where the order stands."""


def show(standing: Standing, *, anew: bool = False, files: Sequence[int] = ()) -> None:
    """Keep where the person stands, and bring the card to it."""
    dialogue = standing.dialogue
    order = Order.objects.get(pk=standing.order.pk)
    if dialogue.screen == Screen.STEP:
        dialogue.awaits = asked(way_of(order, standing.deal())) if may_move(standing.user, order) else ""
    below = anew or standing.anew or standing.written
    card_post(dialogue, version=order.version, anew=below, now=standing.now, files=files)
