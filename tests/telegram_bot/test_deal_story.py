"""The deal in the chat, from the first question to the client to the delivery, by presses and typed words."""

from datetime import date, timedelta

import pytest

from core.models import Message
from orders.models import Contact, TrackingCheck
from orders.statuses import Status
from tests.stories.company import Company, moment
from tests.stories.dealing import pay
from tests.telegram_bot.dealing import DealTalk, deal_of_anna

pytestmark = pytest.mark.usefixtures("folder")

DAY = timedelta(days=1)


@pytest.fixture
def talk(company: Company) -> DealTalk:
    return deal_of_anna(company)


def test_from_the_follow_up_to_delivered(company: Company, talk: DealTalk) -> None:
    """Eleven presses, two typed answers and a photo."""
    first = Message.objects.get(template="follow_up")
    assert first.status == "sent"
    shown = talk.shown()
    assert shown.startswith(f"🔹 {talk.order.ref}: Follow up with the client by 16:00 (in 4 h)")
    assert "Подтверждаете покупку?" in shown
    assert "[✅ Confirmed] [🤔 Thinks until…]\n[❌ Declined…]\n[📵 No answer] [🔁 Call back…]" in shown

    # The client wants to think it over over night, and is left alone until then.
    talk.press_label("🤔 Thinks until")
    assert "Until when does the client think?" in talk.shown()
    talk.press_label("tomorrow 10:00")
    assert talk.shown().startswith("✅ The client thinks until tomorrow 10:00.")
    assert talk.deal.until == moment("10:00", day=1)
    company.go_to(moment("10:00", day=1))
    talk.deliver()
    assert "Follow up with the client by 14:00" in talk.shown()
    talk.press_label("✅ Confirmed")
    assert talk.deal.decision == "confirmed"

    # The date by word, the payment by finance.
    shown = talk.shown()
    assert "Confirm the payment" in shown
    assert "💳 Paid 0 ₽ of 125,000 ₽: finance records it" in shown.replace("\u00a0", " ")
    assert "Which day is agreed with the seller?" in shown
    talk.write("послезавтра")
    assert talk.deal.seller_date == date(2026, 3, 5)
    assert "✅ The seller's date: 5 mar." in talk.shown()
    pay(company, talk.order)
    talk.follow()
    talk.press_label("📦 Release")
    assert talk.fresh().status == Status.READY_FOR_SHIPMENT

    # The carrier by a button, the number typed, the date by a button.
    assert "Which carrier?" in talk.shown()
    talk.press_label("СДЭК")
    assert "Tracking number?" in talk.shown()
    talk.write("10 2345 678")
    assert "🚚 СДЭК · 10 2345 678" in talk.shown()
    assert "Which day does the carrier promise?" in talk.shown()
    talk.press_label("8 mar")
    assert "[🚚 Ship]" in talk.shown()
    talk.press_label("🚚 Ship")
    assert talk.fresh().status == Status.IN_TRANSIT

    # AI-РОП asks where it is, once.
    company.go(2 * DAY)
    talk.deliver()
    assert "Where is the parcel?" in talk.shown()
    talk.press_label("On its way")
    assert TrackingCheck.objects.get().state == "moving"

    # It has arrived.
    talk.press_label("📬 Delivered")
    talk.press_label("Today")
    assert "Send a photo or a file that proves the delivery" in talk.shown()
    talk.send_kept(talk.photo())
    assert "📎 1 photo" in talk.shown()
    talk.press_label("🏁 Record the delivery")
    assert talk.fresh().status == Status.DELIVERED
    assert talk.pressed == 11
    assert company.audit() == {}
    assert not Contact.objects.filter(whom="client").exists()
    assert talk.shown() == (
        f"✅ {talk.order.ref} is delivered.\n\n"
        f"{talk.order.ref}: Delivered. Nothing to do: AI-ROP closes the order 19 mar 10:00\n[What next]"
    )
