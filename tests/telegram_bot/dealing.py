"""A person in the chat about the deal of an order: what they press, write and send, and the card as it looks then."""

from dataclasses import dataclass

from core.models import Message, User
from orders.models import Order
from orders.selectors.deals import Deal, deal_of
from telegram_bot import cards
from telegram_bot.cards import callback as k
from telegram_bot.cards.deal import TEMPLATE, thread_of
from telegram_bot.models import Dialogue, Talk
from tests.stories.company import Company
from tests.stories.dealing import awaiting
from tests.telegram_bot import talking


@dataclass
class DealTalk(talking.Talk):
    """`pressed` counts the buttons of the story."""

    pressed: int = 0

    @property
    def thread(self) -> str:
        return thread_of(self.order.pk, self.user.pk)

    def newest(self) -> Message | None:
        sent = Message.objects.filter(thread=self.thread, edits=False, status="sent")
        return sent.order_by("-pk").first()

    def card(self) -> cards.Rendered:
        """What the last word about the card looks like now: a card of the deal, or what AI-РОП asks for."""
        return self.rendered(Message.objects.filter(thread=self.thread).latest("pk"))

    def press_label(self, label: str) -> object:  # type: ignore[override]
        self.pressed += 1
        return super().press_label(label)

    def open(self) -> None:
        self.press(k.DEAL, self.order.pk)

    def fresh(self) -> Order:
        return Order.objects.get(pk=self.order.pk)

    @property
    def deal(self) -> Deal:
        return deal_of(self.order.pk)

    @property
    def dialogue(self) -> Dialogue:
        return Dialogue.objects.get(person=self.user, order=self.order, about=Talk.DEAL)

    def tick(self) -> None:
        """What commands leave to the loop is looked at, and what it posts arrives."""
        self.company.go_to(self.company.now)
        self.deliver()


def deal_of_anna(company: Company, external_id: str = "A-1", *, name: str = "Anna") -> DealTalk:
    """Her order's inspection is completed, and AI-РОП has asked her to ask the client."""
    manager = company.manager(name, capacity=1000)
    manager.user.language = "en"
    manager.user.save(update_fields=["language"])
    return dealing(company, manager.user, awaiting(company, external_id))


def dealing(company: Company, user: User, order: Order) -> DealTalk:
    talk = DealTalk(company, user, order)
    talk.deliver()
    return talk


__all__ = ["TEMPLATE", "DealTalk", "deal_of_anna", "dealing"]
