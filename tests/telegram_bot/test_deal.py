"""The deal in the chat, by the bot's own buttons, over the sandbox's HTTP."""

from datetime import timedelta

import pytest

from core import clock
from core.models import Message
from core.models.outbox import Channel
from orders.models import Order, Task
from orders.statuses import Status
from rop import loop
from telegram_bot.cards.deal import thread_of
from telegram_bot.models import FileState, IncomingFile
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.view import Seen
from tests.stories.dealing import awaiting, pay
from tests.telegram_bot.bot import Office, running_bot, wait_for
from tests.telegram_bot.phone import Phone

pytestmark = pytest.mark.usefixtures("folder")


class DealPhone(Phone):
    @property
    def thread(self) -> str:
        return thread_of(self.order.pk, self.manager.user_id)


@pytest.fixture
def phone(office: Office, sandbox: Sandbox) -> DealPhone:
    """The inspection of Anna's order is completed."""
    anna = office.hire("Anna")
    order = awaiting(office)
    assert order.assigned_manager_id == anna.user_id
    return DealPhone(sandbox, anna, order)


def status_of(phone: Phone) -> str:
    return Order.objects.get(pk=phone.order.pk).status


def test_the_whole_way_from_the_follow_up_to_delivered(
    office: Office, sandbox: Sandbox, phone: DealPhone
) -> None:
    """Eight presses, two typed answers, an album of two photos; in one message that stays last in the chat."""
    with running_bot(sandbox):
        phone.sees("Follow up with the client", "Подтверждаете покупку?", "[✅ Confirmed]")
        done = phone.press("✅ Confirmed", "Which day is agreed with the seller?", "finance records it")
        assert done.text.startswith("The client confirmed. Next: Confirm the payment by ")
        phone.write("завтра", "✅ The seller's date: tomorrow.", "📅 Seller's date: tomorrow")
        office.now = clock.now()
        pay(office, phone.order)
        phone.press("📦 Release", "Which carrier?")
        assert status_of(phone) == Status.READY_FOR_SHIPMENT
        phone.press("СДЭК", "✅ The carrier: СДЭК.", "Tracking number?")
        phone.write("10 2345 678", "🚚 СДЭК · 10 2345 678", "Which day does the carrier promise?")
        phone.press("Tomorrow", "promised tomorrow", "[🚚 Ship]")
        phone.press("🚚 Ship", "Where is the parcel?")
        assert status_of(phone) == Status.IN_TRANSIT
        phone.press("📬 Delivered", "When was it delivered?")
        phone.press("Today", "Send a photo or a file that proves the delivery")
        phone.photos(2, "📎 2 photos", "[🏁 Record the delivery]")
        phone.press("🏁 Record the delivery", "Delivered. Nothing to do: AI-ROP closes the order")
        wait_for(lambda: [m.id for m in cards_of(phone)] == [phone.card().id], what="one card of the deal")
    assert status_of(phone) == Status.DELIVERED
    assert phone.presses == 8
    assert IncomingFile.objects.filter(state=FileState.KEPT, purpose="delivery").count() == 2
    assert not Message.objects.filter(status="dead").exists()


def cards_of(phone: DealPhone) -> list[Seen]:
    """What is left in the chat of the deal's cards."""
    sent = Message.objects.filter(thread=phone.thread, channel=Channel.TELEGRAM)
    ids = set(sent.values_list("provider_id", flat=True))
    return [m for m in phone.sandbox.sent(phone.chat) if str(m.id) in ids and not m.deleted]


def test_where_one_stands_survives_the_bot(sandbox: Sandbox, phone: DealPhone) -> None:
    with running_bot(sandbox):
        phone.sees("[🤔 Thinks until…]")
        phone.press("🤔 Thinks until", "Until when does the client think?")
    with running_bot(sandbox):
        phone.write("+2", "✅ The client thinks until")
    assert Task.objects.filter(order=phone.order, kind="follow_up").count() == 1


def test_five_presses_at_once_record_one_thing(sandbox: Sandbox, phone: DealPhone) -> None:
    with running_bot(sandbox):
        card = phone.sees("[✅ Confirmed]")
        data = next(b.data for row in card.buttons for b in row if b.text.startswith("✅ Confirmed"))
        assert data is not None
        for _ in range(5):
            sandbox.press_raw(phone.chat, phone.chat, card.id, data)
        wait_for(lambda: len(sandbox.callback_answers()) == 5)
        phone.sees("Which day is agreed with the seller?")
    assert phone.order.client_decisions.count() == 1


def test_the_parcel_is_asked_about_in_a_message_of_its_own(
    office: Office, sandbox: Sandbox, phone: DealPhone
) -> None:
    with running_bot(sandbox):
        phone.sees("[✅ Confirmed]")
        phone.press("✅ Confirmed", "finance records it")
        phone.press("Tomorrow", "📅 Seller's date: tomorrow")
        office.now = clock.now()
        pay(office, phone.order)
        phone.press("📦 Release", "Which carrier?")
        phone.press("СДЭК", "Tracking number?")
        phone.write("1", "Which day")
        phone.press("Tomorrow", "[🚚 Ship]")
        phone.press("🚚 Ship", "Where is the parcel?")
        before = phone.card().id
        # Two days pass for the order alone: the clock is the database's.
        _go_back(phone.order, timedelta(days=2))
        loop.sweep(clock.now())
        wait_for(lambda: phone.card().id > before, what="a question about the parcel")
        asked: Seen = phone.sees("Where is the parcel?", "[On its way]")
        phone.press("On its way", "✅ On the way: on its way.")
    assert asked.id == phone.card().id
    assert not Task.objects.filter(order=phone.order, kind="track", status="open").exists()


def _go_back(order: Order, passed: timedelta) -> None:
    now = clock.now()
    row = Order.objects.get(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(status_since=row.status_since - passed, wake_at=now)
