"""Buttons: whoever presses is asked who they are, whether they may, and whether it is still so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from assignment.models import Shift
from core import clock
from core.models import Entry, Message, TelegramLink
from orders.models import Order, StatusEvent
from orders.services import order_set_severity
from orders.statuses import Status
from telegram_bot.cards.callback import read
from telegram_bot.models import Update
from telegram_bot.sandbox.model import Callback
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.view import Seen
from tests.telegram_bot.bot import Office, running_bot, wait_for


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


def first_card(sandbox: Sandbox, chat: int) -> Seen:
    return wait_for(lambda: sandbox.sent(chat))[0]


def answer_to(sandbox: Sandbox, query_id: str) -> Callback:
    return wait_for(lambda: [c for c in sandbox.callback_answers() if c.id == query_id])[0]


def accepted(order: Order) -> int:
    return StatusEvent.objects.filter(order=order, route="accept").count()


def test_pressed_twice_it_acts_once_and_says_so(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        data = card.buttons[0][0].data
        first = answer_to(sandbox, sandbox.press_raw(chat, chat, card.id, data))
        second = answer_to(sandbox, sandbox.press_raw(chat, chat, card.id, data))
    assert not first.show_alert
    assert (second.text, second.show_alert) == ("You have accepted it already.", True)
    assert accepted(order) == 1
    assert Message.objects.get(template="order_new").acted_at is not None


def test_twenty_presses_at_once_act_once(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        data = card.buttons[0][0].data
        with ThreadPoolExecutor(20) as people:
            list(people.map(lambda _n: sandbox.press_raw(chat, chat, card.id, data), range(20)))
        wait_for(lambda: len(sandbox.callback_answers(chat)) == 20, seconds=20)
    assert accepted(order) == 1
    assert sum(not answer.show_alert for answer in sandbox.callback_answers(chat)) == 1


def test_somebody_elses_button_is_refused_and_nothing_changes(office: Office, sandbox: Sandbox) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris", capacity=0)
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        data = card.buttons[0][0].data
        answer = answer_to(sandbox, sandbox.press_raw(chat_of(boris), chat_of(boris), 1, data))
    assert (answer.text, answer.show_alert) == ("This order is not yours to move.", True)
    assert Order.objects.get(pk=order.pk).status == Status.PENDING_MANAGER
    assert (
        Entry.objects.filter(kind="command.route", output__result="refused", output__code="not_yours").count()
        == 1
    )
    assert sandbox.sent(chat)[0].text == card.text


def test_a_stranger_learns_how_to_become_known(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    sandbox.person(99, "Stranger")
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        data = card.buttons[0][0].data
        sandbox.write(99, "hi")
        said = first_card(sandbox, 99)
        answer = answer_to(sandbox, sandbox.press_raw(99, 99, said.id, data))
    assert said.text.startswith("👋")
    assert answer.show_alert
    assert answer.text.startswith("👋")
    assert accepted(order) == 0


@pytest.mark.parametrize("change", ["deactivated", "unlinked"])
def test_who_has_left_can_press_nothing(office: Office, sandbox: Sandbox, change: str) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        if change == "deactivated":
            anna.user.is_active = False
            anna.user.save(update_fields=["is_active"])
        else:
            TelegramLink.objects.update(active=False, unlinked_at=clock.now())
        answer = answer_to(sandbox, sandbox.press(chat, chat, card.id, "Accept"))
    assert answer.show_alert
    assert accepted(order) == 0


def test_a_button_of_an_order_that_changed_is_refused_and_the_card_brought_to_the_truth(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        order_set_severity(
            order_id=order.pk,
            severity="critical",
            actor=office.actor(office.lead),
            seen_version=None,
            now=clock.now(),
        )
        stale = answer_to(sandbox, sandbox.press(chat, chat, card.id, "Accept"))
        assert (accepted(order), stale.show_alert) == (0, True)
        assert stale.text == "The order has changed since you looked at it. Look again and decide."
        fresh = wait_for(lambda: [m for m in sandbox.sent(chat) if m.id == card.id and m.versions])[0]
        assert fresh.text.startswith("🔴")
        answer_to(sandbox, sandbox.press(chat, chat, card.id, "Accept"))
    assert accepted(order) == 1


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "a",
        "a:1",
        "a:1:2:3",
        "a:-1:1",
        "a:1:1;drop",
        "a:١:١",
        "z:1:1",
        "a:9999999999999999999:1",
        "a:0:0",
        "w",
    ],
)
def test_forged_data_changes_nothing(office: Office, sandbox: Sandbox, data: str) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        sandbox.press_raw(chat, chat, card.id, data or " ")
        answer = wait_for(lambda: sandbox.callback_answers(chat))[0]
    assert answer.show_alert
    assert accepted(order) == 0
    assert not Update.objects.exclude(state="done").exists()


def test_only_our_own_data_is_read() -> None:
    assert read("a:12:3") is not None
    assert read("a:12") is None
    assert read("a:12:3\n") is None


def test_what_next_tells_all_of_the_order(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        order = office.order_now()
        card = first_card(sandbox, chat)
        sandbox.press(chat, chat, card.id, "What next")
        told = wait_for(lambda: sandbox.sent(chat)[1:])[0]
    assert f"{order.ref}: Accept the order by" in told.text
    assert "Manager: Anna" in told.text


def test_orders_of_a_summary_are_accepted_from_the_list(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    chat = chat_of(anna)
    office.receive_now(*[f"A-{n}" for n in range(10)])
    with running_bot(sandbox):
        summary = first_card(sandbox, chat)
        sandbox.press(chat, chat, summary.id, "My orders")
        listed = wait_for(lambda: sandbox.sent(chat)[1:])[0]
        accept = [b for row in listed.buttons for b in row if b.text.startswith("Accept ")]
        assert len(accept) == 8
        sandbox.press(chat, chat, listed.id, "→")
        second = wait_for(lambda: [m for m in sandbox.sent(chat) if m.id == listed.id and m.versions])[0]
        assert [b.text for row in second.buttons for b in row if b.text.startswith("Accept")] == [
            "Accept R-9",
            "Accept R-10",
        ]
        answer = answer_to(sandbox, sandbox.press(chat, chat, listed.id, "Accept R-10"))
        assert answer.text.startswith("R-10 is accepted.")
        wait_for(
            lambda: not any("Accept R-10" in b.text for row in sandbox.sent(chat)[1].buttons for b in row)
        )
    assert len(sandbox.sent(chat)) == 2
    assert Order.objects.filter(status=Status.UNDER_INSPECTION).count() == 1


def test_a_shift_is_ended_and_begun_by_buttons(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(anna)
    with running_bot(sandbox):
        sandbox.write(chat, "/shift")
        shown = first_card(sandbox, chat)
        assert shown.text.startswith("🟢 You are on shift until")
        ended = answer_to(sandbox, sandbox.press(chat, chat, shown.id, "End my shift"))
        wait_for(lambda: "not on shift" in sandbox.sent(chat)[0].text)
        assert ended.text == "Your shift has ended."
        assert not Shift.objects.filter(manager=anna, ends_at__gt=clock.now()).exists()
        begun = answer_to(sandbox, sandbox.press(chat, chat, shown.id, "Start my shift"))
    assert begun.text == "Your shift has begun."
    shift = Shift.objects.get(manager=anna, ends_at__gt=clock.now())
    assert shift.ends_at - shift.starts_at == timedelta(hours=8)
