"""The first story: an order comes in, its manager gets a message and accepts it there."""

from orders.models import Order
from orders.statuses import Status
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, running_bot, wait_for


def test_a_new_order_reaches_its_manager_and_is_accepted_by_one_press(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    chat = 7000 + anna.user_id
    with running_bot(sandbox):
        order = office.order_now()
        card = wait_for(lambda: sandbox.sent(chat))[0]
        assert f"Accept {order.ref}" in card.text.splitlines()[0]

        sandbox.press(chat, chat, card.id, "Accept")
        answered = wait_for(lambda: sandbox.callback_answers(chat))[0]

        assert answered.text.startswith(f"{order.ref} is accepted. Next: Contact the seller by ")
        assert Order.objects.get(pk=order.pk).status == Status.UNDER_INSPECTION
        edited = wait_for(lambda: [m for m in sandbox.sent(chat) if "Contact the seller by" in m.text])[0]
        assert edited.id == card.id
        assert not any("Accept" in button.text for row in edited.buttons for button in row)
