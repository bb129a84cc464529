"""The sender against a sandbox that misbehaves: every message ends as it should, and how often it was shown."""

from datetime import timedelta

import pytest
from django.core import mail

from assignment.services import order_assign
from core import clock, outbox
from core.models import ChatGroup, Entry, Importance, Message, TelegramLink
from orders.models import Order
from orders.services import order_route
from telegram_bot.policies.outcomes import REPEAT_AFTER
from telegram_bot.sandbox.limits import LimitSettings
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sending.merging import merge_floods
from tests.stories.company import owner_of
from tests.telegram_bot.bot import (
    Office,
    call,
    is_polled,
    notice,
    running_bot,
    status,
    wait_for,
    wait_is_over,
)

REPEAT = "Repeat: you may have seen this already."


def chat_of(who: object) -> int:
    return 7000 + who.user_id  # type: ignore[attr-defined]


def texts(sandbox: Sandbox, chat: int) -> list[str]:
    return [message.text for message in sandbox.sent(chat)]


def test_what_is_posted_leaves_at_once(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        wait_for(lambda: is_polled(sandbox))
        before = clock.now()
        message = notice("hello", to=anna.user)
        wait_for(lambda: status(message) == "sent")
    assert message.sent_at - before < timedelta(seconds=1)
    assert (message.channel, message.chat_id, message.attempts) == ("telegram", chat_of(anna), 1)
    assert texts(sandbox, chat_of(anna)) == ["hello"]
    assert str(sandbox.sent(chat_of(anna))[0].id) == message.provider_id


def test_a_message_for_later_waits(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    later = clock.now() + timedelta(seconds=1.5)
    with running_bot(sandbox):
        message = notice("later", to=anna.user, not_before=later)
        wait_for(lambda: status(message) == "sent")
    assert message.sent_at >= later


def test_the_most_important_leaves_first(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    notice("digest", to=anna.user, importance=Importance.DIGEST)
    notice("reminder", to=anna.user, importance=Importance.REMINDER)
    notice("crisis", to=anna.user, importance=Importance.CRISIS)
    with running_bot(sandbox):
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 3)
    assert texts(sandbox, chat_of(anna)) == ["crisis", "reminder", "digest"]


def test_many_chats_are_served_through_a_server_that_takes_thirty_a_second(
    office: Office, sandbox: Sandbox
) -> None:
    """Each gets its message, once. How fast is said by `make bench` (sending) and, without a machine, by the pacing."""
    sandbox.limit(LimitSettings(on=True))
    people = [office.hire(f"Manager{n}").user for n in range(140)]
    with running_bot(sandbox, rate=29):
        outbox.post(
            [
                outbox.Outgoing("notice", Importance.ASSIGNMENT, f"{p.pk}", p.pk, context={"text": "hello"})
                for p in people
            ],
            now=clock.now(),
        )
        wait_for(lambda: not Message.objects.exclude(status="sent").exists(), seconds=30)
    assert [texts(sandbox, 7000 + person.pk) for person in people] == [["hello"]] * len(people)


def test_a_chat_that_has_to_wait_gets_no_call_meanwhile_and_holds_up_nobody(
    office: Office, sandbox: Sandbox
) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris")
    sandbox.fail("429", chat_id=chat_of(anna), times=1, retry_after=3, methods=["sendMessage"])
    with running_bot(sandbox):
        held = notice("to Anna", to=anna.user)
        wait_for(lambda: status(held) == "failed")
        began = clock.now()
        second = notice("second to Anna", to=anna.user)
        free = notice("to Boris", to=boris.user)
        wait_for(lambda: status(free) == "sent", seconds=2)
        wait_for(lambda: status(held) == status(second) == "sent", seconds=8)
    assert held.sent_at - began >= timedelta(seconds=2.5)
    assert (held.attempts, sandbox.violations) == (1, 0)


def test_a_wait_without_a_time_is_kept_too(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("429", chat_id=chat_of(anna), times=2, methods=["sendMessage"])
    with running_bot(sandbox):
        message = notice("hello", to=anna.user)
        wait_for(lambda: status(message) == "sent", seconds=12)
    at = [call.at for call in sandbox.calls("sendMessage")]
    assert len(at) == 3
    assert at[1] - at[0] >= 1
    assert at[2] - at[1] >= 2


def test_the_next_worker_keeps_the_wait_that_the_last_one_was_told(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("429", chat_id=chat_of(anna), times=1, retry_after=4, methods=["sendMessage"])
    with running_bot(sandbox):
        held = notice("first", to=anna.user)
        wait_for(lambda: status(held) == "failed")
    other = notice("second", to=anna.user)
    with running_bot(sandbox):
        wait_for(lambda: status(other) == status(held) == "sent", seconds=10)
    assert sandbox.violations == 0


@pytest.mark.parametrize("fault", ["500", "502", "reset", "truncated"])
def test_after_an_unknown_outcome_what_matters_is_repeated_once_and_says_so(
    office: Office, sandbox: Sandbox, fault: str
) -> None:
    anna = office.hire("Anna", linked=True)
    sandbox.fail(fault, methods=["sendMessage"], times=1)
    with running_bot(sandbox):
        order = office.order_now()
        message = Message.objects.get(template="order_new", order_id=order.pk)
        wait_is_over(message, told=REPEAT_AFTER)
        wait_for(lambda: status(message) == "sent")
    shown = texts(sandbox, chat_of(anna))
    assert shown[-1].startswith(f"🔁 {REPEAT}")
    assert len(shown) == (1 if fault in ("500", "502") else 2)
    assert message.unknown_outcomes == 1


def test_after_a_second_unknown_outcome_it_goes_by_letter(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("reset", methods=["sendMessage"], chat_id=chat_of(anna))
    with running_bot(sandbox):
        message = notice("important", to=anna.user)
        wait_is_over(message, told=REPEAT_AFTER)
        wait_for(lambda: status(message) == "dead")  # an answer goes nowhere else
        order = office.order_now()
        card = Message.objects.get(template="order_new", order_id=order.pk)
        wait_is_over(card, told=REPEAT_AFTER)
        wait_for(lambda: status(card) == "sent")
    assert len(sandbox.sent(chat_of(anna))) == 4
    assert card.channel == "email"
    assert [letter.to for letter in mail.outbox] == [["anna@rop.example"]]
    assert "Repeat" in mail.outbox[0].body
    assert f"Accept {order.ref}" in mail.outbox[0].body


def test_a_reminder_is_never_repeated(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.fail("reset", methods=["sendMessage"], times=1)
    with running_bot(sandbox):
        message = notice("remember", to=anna.user, importance=Importance.REMINDER)
        wait_for(lambda: status(message) == "dead", seconds=5)
    assert texts(sandbox, chat_of(anna)) == ["remember"]
    assert Entry.objects.filter(kind="message.dead").count() == 1


def test_while_telegram_is_down_no_message_is_spent_and_afterwards_all_arrive_once(
    office: Office, sandbox: Sandbox
) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris")
    with running_bot(sandbox):
        wait_for(lambda: is_polled(sandbox))
        sandbox.fail("down", lasting=4)
        messages = [notice(f"{n} to {m.user}", to=m.user) for n in range(2) for m in (anna, boris)]
        wait_for(lambda: all(status(message) == "sent" for message in messages), seconds=30)
    assert sorted(texts(sandbox, chat_of(anna))) == ["0 to Anna", "1 to Anna"]
    assert all(message.unknown_outcomes == 0 for message in messages)


def test_who_blocked_the_bot_gets_letters_and_is_marked(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.block(chat_of(anna))
    with running_bot(sandbox):
        order = office.order_now()
        message = Message.objects.get(template="order_new", order_id=order.pk)
        wait_for(lambda: status(message) == "sent", seconds=5)
    link = TelegramLink.objects.get(user=anna.user)
    assert link.unreachable_since is not None
    assert "blocked" in link.unreachable_because
    assert message.channel == "email"
    assert mail.outbox[0].subject.startswith(f"🔹 Accept {order.ref} by")


def test_who_unblocks_it_gets_messages_again(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.block(chat_of(anna))
    with running_bot(sandbox):
        order = office.order_now()
        wait_for(
            lambda: TelegramLink.objects.filter(user=anna.user, unreachable_since__isnull=False).exists()
        )
        sandbox.unblock(chat_of(anna))
        sandbox.write(chat_of(anna), "/my")
        wait_for(lambda: [text for text in texts(sandbox, chat_of(anna)) if order.ref in text])
    assert TelegramLink.objects.get(user=anna.user).unreachable_since is None


def test_when_a_person_can_be_reached_by_nothing_the_lead_is_told(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    anna.user.email = ""
    anna.user.save(update_fields=["email"])
    sandbox.block(chat_of(anna))
    lead_chat = 7000 + office.lead.pk
    with running_bot(sandbox):
        order = office.order_now()
        told = wait_for(lambda: [text for text in texts(sandbox, lead_chat) if order.ref in text], seconds=10)
    message = Message.objects.get(template="order_new", order_id=order.pk)
    assert message.status == "dead"
    assert "Anna" in told[0]


def test_whoever_is_lost_with_many_offers_is_one_alarm(office: Office, sandbox: Sandbox) -> None:
    """The offers before go to others; that their old cards can't be corrected is nobody's trouble."""
    anna = office.hire("Anna", capacity=1000)
    anna.user.email = ""
    anna.user.save(update_fields=["email"])
    with running_bot(sandbox):
        office.receive_now("A-1", "A-2", "A-3")
        wait_for(nothing_waits, seconds=20)
        sandbox.block(chat_of(anna))
        office.hire("Boris", capacity=10)
        last = office.order_now("A-4")
        lost = Message.objects.filter(order_id=last.pk, person=anna.user, template="order_new")
        wait_for(lambda: lost.filter(status="dead").exists(), seconds=10)
        wait_for(lambda: {owner_of(order) for order in Order.objects.all()} == {"Boris"}, seconds=10)
        wait_for(nothing_waits, seconds=20)
    alarms = Message.objects.filter(template="message_dead")
    assert {alarm.context["message"] for alarm in alarms} == set(lost.values_list("pk", flat=True))


def nothing_waits() -> bool:
    return not Message.objects.filter(status__in=["queued", "sending", "failed"]).exists()


def test_a_group_that_moved_is_followed(office: Office, sandbox: Sandbox) -> None:
    sandbox.group(-555, "Admins", [chat_of(office.hire("Anna"))])
    group = ChatGroup.objects.create(code="admins", title="Admins", chat_id=-555)
    moved_to = sandbox.migrate(-555)
    outbox.post(
        [outbox.Outgoing("notice", Importance.BREACH, "g", group_id=group.pk, context={"text": "to all"})],
        now=clock.now(),
    )
    with running_bot(sandbox):
        wait_for(lambda: texts(sandbox, moved_to) == ["to all"])
    group.refresh_from_db()
    assert group.chat_id == moved_to


def test_a_group_that_threw_the_bot_out_is_marked_and_leads_are_told(
    office: Office, sandbox: Sandbox
) -> None:
    sandbox.group(-555, "Admins", [7000 + office.lead.pk])
    group = ChatGroup.objects.create(code="admins", title="Admins", chat_id=-555)
    sandbox.kick(-555)
    outbox.post(
        [outbox.Outgoing("notice", Importance.BREACH, "g", group_id=group.pk, context={"text": "to all"})],
        now=clock.now(),
    )
    with running_bot(sandbox):
        wait_for(lambda: Message.objects.filter(dedup_key="g", status="dead").exists())
        # That the bot had once been let in may be read only now; that it was thrown out is read after it.
        wait_for(lambda: ChatGroup.objects.filter(pk=group.pk, unreachable_since__isnull=False).exists())


def test_what_is_not_true_any_more_is_not_sent(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order = office.order_now()
    office.accept(order)
    with running_bot(sandbox):
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
    assert Message.objects.get(template="order_new").status == "superseded"
    assert sandbox.sent(chat_of(anna)) == []


def test_a_message_that_cannot_be_made_stops_nobody(office: Office, sandbox: Sandbox) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris")
    outbox.post(
        [outbox.Outgoing("no_such_template", Importance.CRISIS, "poison", anna.user_id)], now=clock.now()
    )
    with running_bot(sandbox):
        good = notice("good", to=boris.user)
        also_good = notice("good too", to=anna.user)
        wait_for(lambda: status(good) == status(also_good) == "sent", seconds=4)
        poison = Message.objects.get(dedup_key="poison")
        assert (poison.status, poison.attempts) == ("failed", 1)
        Message.objects.filter(pk=poison.pk).update(attempts=4, not_before=clock.now())
        wait_for(lambda: status(poison) == "dead", seconds=5)
        wait_for(lambda: texts(sandbox, 7000 + office.lead.pk))
    assert poison.error == "UnknownTemplate"


def test_a_flood_to_one_person_is_one_summary(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    orders = office.receive_now(*[f"A-{n}" for n in range(20)])
    with running_bot(sandbox):
        wait_for(lambda: sandbox.sent(chat_of(anna)))
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
    shown = sandbox.sent(chat_of(anna))
    assert len(shown) == 1
    assert sum(order.ref in shown[0].text for order in orders) == 15
    assert "and 5 more" in shown[0].text
    assert Message.objects.filter(template="order_new", status="merged").count() == 20
    assert [button.text for row in shown[0].buttons for button in row] == ["My orders"]


def test_a_summary_leaves_out_what_is_done_by_then(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    orders = office.receive_now(*[f"A-{n}" for n in range(8)])
    for order in orders[:3]:
        office.accept(order)
    with running_bot(sandbox):
        shown = wait_for(lambda: sandbox.sent(chat_of(anna)))[0].text
    assert [order.ref in shown for order in orders] == [False] * 3 + [True] * 5


def test_four_messages_are_still_told_one_by_one(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    office.receive_now(*[f"A-{n}" for n in range(4)])
    with running_bot(sandbox):
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 4)


def test_what_came_together_while_something_was_away_is_told_at_once(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna", capacity=100)
    orders = office.receive_now("A-1", "A-2")
    Message.objects.update(not_before=clock.now() - timedelta(seconds=16))
    with running_bot(sandbox):
        shown = wait_for(lambda: sandbox.sent(chat_of(anna)))
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
    assert len(sandbox.sent(chat_of(anna))) == 1
    assert all(order.ref in shown[0].text for order in orders)


def test_a_summary_that_has_not_left_takes_what_came_later(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    office.receive_now(*[f"A-{n}" for n in range(6)])
    merge_floods(now=clock.now())
    office.receive_now("A-6")
    with running_bot(sandbox):
        wait_for(lambda: sandbox.sent(chat_of(anna)))
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
    assert len(sandbox.sent(chat_of(anna))) == 1
    assert Message.objects.filter(template="order_new", status="merged").count() == 7


def test_what_may_have_arrived_is_repeated_beside_the_summary(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    first, *_others = office.receive_now(*[f"A-{n}" for n in range(6)])
    Message.objects.filter(order_id=first.pk).update(unknown_outcomes=1)
    with running_bot(sandbox):
        wait_for(lambda: len(sandbox.sent(chat_of(anna))) == 2)
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
    repeats = [text for text in texts(sandbox, chat_of(anna)) if REPEAT in text]
    assert [first.ref in text for text in repeats] == [True]


def test_the_card_of_an_order_that_went_to_another_loses_its_button_and_says_who_has_it(
    office: Office, sandbox: Sandbox
) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris")
    with running_bot(sandbox):
        order = office.order_now()
        wait_for(lambda: sandbox.sent(chat_of(anna)))
        order_assign(
            order_id=order.pk,
            manager_id=boris.user_id,
            actor=office.actor(office.lead),
            seen_version=None,
            now=clock.now(),
        )
        card = wait_for(lambda: [m for m in sandbox.sent(chat_of(anna)) if "Boris" in m.text])[0]
        wait_for(lambda: [m for m in sandbox.sent(chat_of(boris)) if f"Accept {order.ref}" in m.text])
    assert card.text.splitlines()[0] == f"➡️ {order.ref} is now with Boris. You have nothing to do for it."
    assert card.buttons == []
    assert len(sandbox.sent(chat_of(anna))) == 1


def test_a_card_that_its_owner_deleted_comes_anew_when_the_order_goes_on(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox):
        order = office.order_now()
        card = wait_for(lambda: sandbox.sent(chat_of(anna)))[0]
        call(sandbox, "deleteMessage", chat_id=chat_of(anna), message_id=card.id)
        order_route(
            order_id=order.pk,
            route="accept",
            actor=office.actor(anna),
            seen_version=None,
            now=clock.now(),
        )
        new = wait_for(lambda: [m for m in sandbox.sent(chat_of(anna)) if "Contact the seller by" in m.text])[
            0
        ]
    assert new.id != card.id


def test_a_lease_that_ran_out_is_an_unknown_outcome(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order = office.order_now()
    reminder = notice("remember", to=anna.user, importance=Importance.REMINDER)
    long_ago = clock.now() - timedelta(seconds=61)
    Message.objects.update(status="sending", channel="telegram", lease_token="0" * 32, lease_until=long_ago)
    with running_bot(sandbox):
        card = Message.objects.get(template="order_new", order_id=order.pk)
        wait_is_over(card, told=REPEAT_AFTER)
        wait_for(lambda: status(card) == "sent")
    assert card.unknown_outcomes == 1
    assert REPEAT in texts(sandbox, chat_of(anna))[0]
    assert (status(reminder), reminder.error[:15]) == ("dead", "outcome unknown")
    assert len(sandbox.sent(chat_of(anna))) == 1


def test_without_a_token_everything_goes_by_letter(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    with running_bot(None):
        order = office.order_now()
        wait_for(lambda: mail.outbox)
    assert f"Accept {order.ref}" in mail.outbox[0].subject
    assert Message.objects.get(template="order_new").channel == "email"


def test_strangers_words_are_shown_as_they_are_and_harmless(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order = office.order_now()
    Order.objects.filter(pk=order.pk).update(
        client_name="<b>Bold</b> & \u202eevil\u200b https://evil.example @someone",
        item="[x](tg://user?id=1) <script>",
    )
    with running_bot(sandbox):
        card = wait_for(lambda: sandbox.sent(chat_of(anna)))[0]
    assert "<b>Bold</b> & evil https://evil.example @someone" in card.text
    assert "[x](tg://user?id=1) <script>" in card.text
    assert sandbox.calls("sendMessage")[-1].params["link_preview_options"] == '{"is_disabled": true}'


def test_an_answer_to_a_command_never_becomes_a_letter(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    sandbox.block(chat_of(anna))
    with running_bot(sandbox):
        first = notice("first", to=anna.user)
        wait_for(lambda: status(first) == "dead")
        second = notice("second", to=anna.user)
        wait_for(lambda: status(second) == "dead")
    assert mail.outbox == []
    assert not Message.objects.filter(template="message_dead").exists()


def test_who_was_deactivated_is_told_nothing_and_the_lead_learns_of_it(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    order = office.order_now()
    anna.user.is_active = False
    anna.user.save(update_fields=["is_active"])
    with running_bot(sandbox):
        wait_for(lambda: sandbox.sent(7000 + office.lead.pk))
    assert sandbox.sent(chat_of(anna)) == []
    assert Message.objects.get(template="order_new", order_id=order.pk).status == "dead"
