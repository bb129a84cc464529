"""Tasks that people give each other: told at once, done by one press, over the sandbox's HTTP."""

from datetime import timedelta

import pytest

from assignment.models import Manager
from assignment.services import order_assign
from core import clock
from core.actors import rop
from core.models import Message, User
from orders.models import Order, Task, TaskStatus
from orders.services import task_add, task_cancel, task_done
from orders.services.tasks import SETTLE_CLAIM, task_open
from telegram_bot.cards import callback
from telegram_bot.sandbox.server import Sandbox
from tests.stories.dealing import owners
from tests.telegram_bot.bot import Office, running_bot, wait_for
from tests.telegram_bot.phone import Phone


@pytest.fixture
def phone(office: Office, sandbox: Sandbox) -> Phone:
    """Anna has an order."""
    anna = office.hire("Anna")
    return Phone(sandbox, anna, office.order_now("A-1"))


def given(office: Office, order: Order, *, by: Manager | User, to: Manager) -> Task:
    return task_add(
        order_id=order.pk,
        title="Send me the receipt",
        owner_id=to.user_id,
        due_at=clock.now() + timedelta(hours=2),
        actor=office.actor(by),
        now=clock.now(),
    )


def test_whoever_gets_a_task_is_told_and_says_that_it_is_done(
    office: Office, sandbox: Sandbox, phone: Phone
) -> None:
    with running_bot(sandbox):
        task = given(office, phone.order, by=office.lead, to=phone.manager)
        told = phone.says(f"☑️ {phone.order.ref}: Send me the receipt by", "(in 2 h)", "Given by Olga")
        assert [button.text for button in told.buttons[0]] == ["✅ Done", "Order"]

        assert phone.press_at(told, "✅ Done").text == "Done."
        phone.says(f"✅ {phone.order.ref}: done — Send me the receipt")
        # The old button, pressed again: done once.
        assert phone.press_data(told.id, callback.data(callback.TASK_DONE, task.pk)).text == "Done."
    task.refresh_from_db()
    assert (task.status, task.ended_by_id) == (TaskStatus.DONE, phone.manager.user_id)


def test_a_task_that_another_person_ends_is_seen_to_be_over(
    office: Office, sandbox: Sandbox, phone: Phone
) -> None:
    with running_bot(sandbox):
        task = given(office, phone.order, by=office.lead, to=phone.manager)
        phone.says(f"☑️ {phone.order.ref}: Send me the receipt by")
        task_cancel(task_id=task.pk, actor=office.actor(office.lead), now=clock.now())
        phone.says(f"✖️ {phone.order.ref}: not needed any more — Send me the receipt")


def test_a_claim_passes_to_the_next_owner_in_both_chats(
    office: Office, sandbox: Sandbox, phone: Phone
) -> None:
    boris = office.hire("Boris")
    other = Phone(sandbox, boris, phone.order)
    with running_bot(sandbox):
        task = task_open(
            phone.order, kind=SETTLE_CLAIM, title="Settle the claim", owner_id=phone.manager.user_id,
            due_at=clock.now() + timedelta(hours=2), actor=rop(), now=clock.now(),
        )  # fmt: skip
        phone.says(f"☑️ {phone.order.ref}: Settle the claim by")
        order_assign(
            order_id=phone.order.pk, manager_id=boris.user_id, actor=office.actor(office.lead),
            seen_version=None, now=clock.now(),
        )  # fmt: skip
        other.says(f"☑️ {phone.order.ref}: Settle the claim by")
        phone.says(f"➡️ {phone.order.ref}: Settle the claim — Boris has it now")

        # The newest of the thread is Boris's by now: each message is edited where its own reader has it.
        task_cancel(task_id=task.pk, actor=office.actor(office.lead), now=clock.now())
        for one in (phone, other):
            one.says(f"✖️ {phone.order.ref}: not needed any more — Settle the claim")


def test_a_task_for_oneself_is_no_news(office: Office, phone: Phone) -> None:
    given(office, phone.order, by=phone.manager, to=phone.manager)
    assert not Message.objects.filter(template="task").exists()


def test_a_task_of_somebody_else_is_not_ended_by_its_button(
    office: Office, sandbox: Sandbox, phone: Phone
) -> None:
    boris = office.hire("Boris")
    task = given(office, phone.order, by=office.lead, to=phone.manager)
    other = Phone(sandbox, boris, phone.order)
    with running_bot(sandbox):
        sandbox.write(other.chat, "/help")
        shown = other.says("What I can do")
        refused = other.press_data(shown.id, callback.data(callback.TASK_DONE, task.pk))
        assert refused.show_alert
        shown_again = other.press_data(shown.id, callback.data(callback.TASK, task.pk))
        assert shown_again.text == "This task is not yours."
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN


def test_the_days_list_leads_to_the_task_and_an_ended_one_says_so(
    office: Office, sandbox: Sandbox, phone: Phone
) -> None:
    order = phone.order
    task = given(office, order, by=office.lead, to=phone.manager)
    Message.objects.update(status="superseded", ended_at=clock.now())
    with running_bot(sandbox):
        sandbox.write(phone.chat, "/my")
        phone.press_at(phone.says("You have 1 open order"), f"☑️ {order.ref}")
        told = phone.says("☑️", "Send me the receipt by")
        task_done(task_id=task.pk, actor=owners(office, order), now=clock.now())
        phone.press_at(told, "✅ Done")
        wait_for(lambda: "done — Send me the receipt" in phone.says("Send me the receipt").text)
