"""Escalations in Telegram: who is told, what each button does, who may press it, what the cards show afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignment.models import Manager
from core import clock, outbox
from core.models import ChatGroup, Entry, Importance, Message, TelegramLink, User
from core.roles import FINANCE, LEAD, OBSERVER
from orders.models import Order
from orders.services import order_set_severity
from rop import loop
from rop.models import Escalation, Proposal, Snooze
from rop.words import RESOLVED_BECAUSE, SNOOZED_BECAUSE
from sla.models import Clock
from telegram_bot.cards import CARDS
from telegram_bot.cards.callback import RESOLVED_WHY, SNOOZED_WHY
from telegram_bot.sandbox.model import Callback
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.view import Seen
from telegram_bot.sending.merging import merge_floods
from tests.factories import EscalationFactory, ProposalFactory
from tests.telegram_bot.bot import Office, running_bot, wait_for

GROUP = -555
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def chat_of(who: User | Manager) -> int:
    return 7000 + (who.user_id if isinstance(who, Manager) else who.pk)


@pytest.fixture
def group(office: Office, sandbox: Sandbox) -> ChatGroup:
    """The admins' group, with the lead in it."""
    sandbox.group(GROUP, "Admins", [chat_of(office.lead)])
    return ChatGroup.objects.create(code="admins", title="Admins", chat_id=GROUP)


def in_work(office: Office, external_id: str = "A-1") -> Order:
    """Accepted by its owner; what was to be told of it is told."""
    order = office.accept(office.order_now(external_id))
    Message.objects.filter(status="queued").update(status="superseded", ended_at=clock.now())
    return order


def miss(order: Order, *, by: timedelta = SECOND) -> None:
    """Its stage ought to have been over so long ago; AI-РОП looks at it now."""
    now = clock.now()
    Clock.objects.filter(order_id=order.pk, state="running").update(due_at=now - by)
    Order.objects.filter(pk=order.pk).update(wake_at=now)
    loop.sweep(now)


def cards(sandbox: Sandbox, chat: int) -> list[Seen]:
    return [message for message in sandbox.sent(chat) if message.buttons or "R-" in message.text]


def card(sandbox: Sandbox, chat: int) -> Seen:
    return wait_for(lambda: cards(sandbox, chat), what=f"a card in {chat}")[-1]


def labels(message: Seen) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def verb(message: Seen, code: str) -> str:
    """The data of its button with this verb; empty when it has none."""
    data = [button.data or "" for row in message.buttons for button in row]
    return next((one for one in data if one.startswith(f"{code}:")), "")


def shown(sandbox: Sandbox, chat: int, message: Seen, *parts: str) -> Seen:
    """This message once it says all of that, in its text or its buttons."""

    def look() -> list[Seen]:
        return [
            now
            for now in sandbox.sent(chat)
            if now.id == message.id and all(part in f"{now.text}\n{labels(now)}" for part in parts)
        ]

    return wait_for(look, seconds=15, what=f"{parts} in {chat}: {sandbox.sent(chat)}")[0]


def press(sandbox: Sandbox, who: User | Manager, chat: int, message: Seen, button: str) -> Callback:
    query = sandbox.press(chat_of(who), chat, message.id, button)
    return answer_to(sandbox, query)


def press_raw(sandbox: Sandbox, who: int, chat: int, message_id: int, data: str) -> Callback:
    return answer_to(sandbox, sandbox.press_raw(who, chat, message_id, data))


def answer_to(sandbox: Sandbox, query: str) -> Callback:
    return wait_for(lambda: [c for c in sandbox.callback_answers() if c.id == query], what="an answer")[0]


def done(kind: str) -> int:
    """How often it was done; what was refused is journalled too."""
    return sum(entry.output.get("result") != "refused" for entry in Entry.objects.filter(kind=kind))


# ── from the breach to the press ──


def test_what_was_missed_reaches_owner_lead_and_group_and_is_reassigned_by_a_press(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    anna, lead_chat = office.hire("Anna"), chat_of(office.lead)
    order = in_work(office)
    boris = office.hire("Boris")
    office.hire("Vera", capacity=0)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        assert card(sandbox, chat_of(anna)).text.startswith(f"🔥 {order.ref}: ")
        in_private, in_group = card(sandbox, lead_chat), card(sandbox, GROUP)
        for told in (in_private, in_group):
            assert order.ref in told.text.splitlines()[0]
        assert "Under inspection: 3 h late" in in_private.text
        assert "Manager: Anna (load 1 of 30)" in in_private.text

        press(sandbox, office.lead, lead_chat, in_private, "Reassign…")
        menu = shown(sandbox, lead_chat, in_private, "Who takes it?", "Boris · 0/30")
        assert labels(menu) == ["⭐ Boris · 0/30", "Vera · 0/0 · has no room", "← Back"]
        answer = press(sandbox, office.lead, lead_chat, menu, "⭐ Boris · 0/30")
        assert (answer.text, answer.show_alert) == (f"Boris has {order.ref} now.", False)

        shown(sandbox, lead_chat, in_private, "Olga gave it to Boris")
        shown(sandbox, GROUP, in_group, "Olga", "Boris")
        wait_for(lambda: [m for m in sandbox.sent(chat_of(boris)) if order.ref in m.text])
    assert Order.objects.get(pk=order.pk).assigned_manager_id == boris.user_id
    assert done("command.assign") == 1


def test_the_group_says_who_takes_it_and_until_when(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    office.hire("Anna")
    order, lead_chat = in_work(office), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        in_private, in_group = card(sandbox, lead_chat), card(sandbox, GROUP)
        data = verb(in_group, "ea")
        answer = press_raw(sandbox, lead_chat, GROUP, in_group.id, data)
        assert answer.text.startswith("It is yours until ")
        taken = shown(sandbox, GROUP, in_group, "🖐", "Olga")
        assert verb(taken, "ea") == ""
        seen = shown(sandbox, lead_chat, in_private, f"{order.ref}: Olga is at it until ")
        assert labels(seen) == ["Reassign…", "Snooze…", "Resolve…"]

        again = press_raw(sandbox, lead_chat, GROUP, in_group.id, data)
        assert (again.text, again.show_alert) == ("Olga is at it already.", True)
    assert done("command.acknowledge") == 1
    assert Message.objects.filter(template="escalation", acted_at__isnull=False).count() == 1


def test_a_snooze_by_presses_keeps_silent_and_its_end_tells_once(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        press(sandbox, office.lead, chat, told, "Snooze…")
        menu = shown(sandbox, chat, told, "How long to say nothing about it?")
        assert labels(menu) == ["1 hour", "3 hours", "till 09:00", "← Back"]
        press(sandbox, office.lead, chat, menu, "1 hour")
        whys = shown(sandbox, chat, told, "Why can it wait?")
        why = "The seller has to answer first"
        data = next(b.data or "" for row in whys.buttons for b in row if b.text == why)
        answer = press(sandbox, office.lead, chat, whys, why)
        assert answer.text.startswith("Silent until ")
        quiet = shown(sandbox, chat, told, f"{order.ref} is silent until ", "the seller has to answer first")
        assert labels(quiet) == ["Remind again", "Reassign…", "Resolve…"]
        again = press_raw(sandbox, chat, chat, told.id, data)
        assert (again.text, again.show_alert) == ("The order is snoozed already.", True)
        snooze = Snooze.objects.get()
        assert (snooze.until - snooze.since, snooze.why) == (HOUR, "waits_for_seller")

        # An hour and a second later the lead on duty would have been told, and nobody was.
        before = len(sandbox.sent(chat))
        began = snooze.since - HOUR - SECOND
        Snooze.objects.update(since=began, until=began + HOUR)
        miss(order, by=HOUR + SECOND)
        wait_for(lambda: len(sandbox.sent(chat)) == before + 1)
        loop.sweep(clock.now())
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
        assert len(sandbox.sent(chat)) == before + 1
        assert shown(sandbox, chat, told, "a newer message is below").buttons == []
        assert "I take it on" in labels(card(sandbox, chat))


def test_an_escalation_is_resolved_with_a_reason(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        press(sandbox, office.lead, chat, told, "Resolve…")
        menu = shown(sandbox, chat, told, "Why is it settled?")
        press(sandbox, office.lead, chat, menu, "← Back")
        shown(sandbox, chat, told, "I take it on")
        press(sandbox, office.lead, chat, told, "Resolve…")
        menu = shown(sandbox, chat, told, "Why is it settled?")
        data = menu.buttons[1][0].data or ""
        answer = press(sandbox, office.lead, chat, menu, "Agreed with the manager")
        assert (answer.text, answer.show_alert) == ("Resolved.", False)
        ended = shown(sandbox, chat, told, f"{order.ref}: resolved by Olga", "agreed with the manager")
        assert ended.buttons == []
        again = press_raw(sandbox, chat, chat, told.id, data)
        assert (again.text, again.show_alert) == ("There is nothing to resolve any more.", True)
    assert Escalation.objects.get().reason == "agreed"
    assert Clock.objects.get(order_id=order.pk, state="running").breached_at is not None


def test_a_repeat_is_a_new_message_and_the_one_before_loses_its_buttons(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    office.hire("Anna")
    order = in_work(office)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        first = card(sandbox, GROUP)
        Escalation.objects.update(fired={"group:escalate:+7200": [1, (clock.now() - 5 * HOUR).isoformat()]})
        miss(order, by=8 * HOUR)
        wait_for(lambda: len(cards(sandbox, GROUP)) == 2, seconds=20)
        old = wait_for(
            lambda: [m for m in sandbox.sent(GROUP) if m.id == first.id and not m.buttons], seconds=10
        )[0]
        assert order.ref in old.text
        second = card(sandbox, GROUP)
        assert len(second.buttons) >= 2
        # Whoever presses the old one in a client that shows it still gets the truth, and does the same.
        data = verb(first, "ea")
        press_raw(sandbox, chat_of(office.lead), GROUP, first.id, data)
        shown(sandbox, GROUP, second, "🖐")


def test_what_is_proposed_is_done_by_one_press_or_left(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    chat = chat_of(office.lead)
    order, other = in_work(office, "A-1"), in_work(office, "A-2")
    boris = office.hire("Boris")
    for one in (order, other):
        ProposalFactory(order=one, from_user=anna.user, to_user=boris.user, created_at=clock.now())
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        assert "AI-ROP proposes: give it to Boris (load 0 of 30)" in told.text
        data = verb(told, "ey")
        press(sandbox, office.lead, chat, told, "Reassign…")
        menu = shown(sandbox, chat, told, "Who takes it?")
        assert labels(menu)[0] == "⭐ Boris · 0/30"
        answer = press_raw(sandbox, chat, chat, told.id, data)
        assert answer.text == f"Boris has {order.ref} now."
        shown(sandbox, chat, told, "Olga gave it to Boris")
        again = press_raw(sandbox, chat, chat, told.id, data)
        assert again.show_alert
        assert again.text == "This proposal was decided already, or no longer fits."

        miss(other)
        told = wait_for(lambda: [m for m in cards(sandbox, chat) if other.ref in m.text])[0]
        answer = press(sandbox, office.lead, chat, told, "Leave with Anna")
        assert answer.text == "The order stays where it is."
        wait_for(
            lambda: [m for m in sandbox.sent(chat) if m.id == told.id and "Leave with Anna" not in labels(m)]
        )
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["accepted", "dismissed"]
    assert Order.objects.get(pk=other.pk).assigned_manager_id == anna.user_id


def test_the_owner_says_that_they_are_on_it(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order, chat = in_work(office), chat_of(anna)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        assert labels(told) == ["I am on it", "Inspection", "What next"]
        answer = press(sandbox, anna, chat, told, "I am on it")
        assert answer.text.startswith("It is yours until ")
        of_lead = card(sandbox, chat_of(office.lead))
        shown(sandbox, chat_of(office.lead), of_lead, f"{order.ref}: Anna is at it")
    assert Escalation.objects.get().acknowledged_by_id == anna.user_id


def test_an_order_that_stands_still_is_told_to_its_owner_with_the_step(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    order = in_work(office)
    now = clock.now()
    Order.objects.filter(pk=order.pk).update(moved_at=now - 25 * HOUR, wake_at=now)
    with running_bot(sandbox):
        loop.sweep(now)
        told = card(sandbox, chat_of(anna))
        of_lead = card(sandbox, chat_of(office.lead))
    assert told.text.startswith(f"🧊 Move {order.ref}: ")
    assert "No movement for 1 d 1 h\n" in told.text
    assert "No movement: 1 d 1 h" in of_lead.text


# ── who may ──

BUTTONS: dict[str, Callable[[Order, Proposal], str]] = {
    "acknowledge": lambda order, _p: f"ea:{order.pk}:{seen(order)}",
    "give": lambda order, _p: f"eg:{order.pk}:0",
    "give to": lambda order, p: f"ep:{order.pk}:{order.version}:{p.to_user_id}",
    "snooze": lambda order, _p: f"ez:{order.pk}",
    "for how long": lambda order, _p: f"el:{order.pk}:1",
    "snooze because": lambda order, _p: f"es:{order.pk}:1:1",
    "remind again": lambda order, _p: f"eu:{order.pk}",
    "resolve": lambda order, _p: f"er:{order.pk}:{seen(order)}",
    "resolve because": lambda order, _p: f"ed:{order.pk}:{seen(order)}:1",
    "follow": lambda order, p: f"ey:{p.pk}:{order.version}",
    "dismiss": lambda _o, p: f"en:{p.pk}",
    "back": lambda order, _p: f"e:{order.pk}",
    "what burns": lambda _o, _p: "b:0",
    "open": lambda order, _p: f"o:{order.pk}",
}


def seen(order: Order) -> int:
    return Escalation.objects.filter(order=order).latest("pk").pk


def state(order: Order) -> list[object]:
    """All that the buttons can change."""
    return [
        Order.objects.filter(pk=order.pk).values_list("assigned_manager", "version").get(),
        list(Escalation.objects.values_list("pk", "state", "acknowledged_until")),
        list(Snooze.objects.values_list("pk", "ended_at")),
        list(Proposal.objects.values_list("pk", "state")),
    ]


@pytest.mark.parametrize("role", ["manager", "finance", "observer", "deactivated lead", "unlinked lead"])
def test_who_is_no_lead_gets_a_sentence_from_each_button_and_nothing_changes(
    office: Office, sandbox: Sandbox, group: ChatGroup, role: str
) -> None:
    anna = office.hire("Anna")
    order = in_work(office)
    boris = office.hire("Boris")
    proposal = ProposalFactory(order=order, from_user=anna.user, to_user=boris.user, created_at=clock.now())
    presser = _presser(office, role)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        in_group = card(sandbox, GROUP)
        before = state(order)
        for name, data in BUTTONS.items():
            answer = press_raw(sandbox, chat_of(presser), GROUP, in_group.id, data(order, proposal))
            assert answer.show_alert, name
            assert answer.text, name
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
        assert [m.text for m in sandbox.sent(GROUP)] == [in_group.text]
        assert sandbox.sent(GROUP)[0].versions == []
    assert state(order) == before


def _presser(office: Office, role: str) -> User:
    if role == "manager":
        return office.hire("Dina").user
    user = office.person("Pavel", {"finance": FINANCE, "observer": OBSERVER}.get(role, LEAD))
    user.language = "en"
    user.is_active = role != "deactivated lead"
    user.save(update_fields=["language", "is_active"])
    office.account(user)
    if role == "unlinked lead":
        TelegramLink.objects.filter(user=user).update(active=False, unlinked_at=clock.now())
    return user


def test_a_lead_of_another_team_may_press_in_the_group_too(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    office.hire("Anna")
    order = in_work(office)
    pavel = office.person("Pavel", LEAD)
    office.account(pavel)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        in_group = card(sandbox, GROUP)
        press_raw(sandbox, chat_of(pavel), GROUP, in_group.id, f"ea:{order.pk}:{seen(order)}")
        shown(sandbox, GROUP, in_group, "🖐", "Pavel")


def test_twenty_presses_at_once_by_two_leads_in_private_and_in_the_group_act_once(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    office.hire("Anna")
    order = in_work(office)
    pavel = office.person("Pavel", LEAD)
    office.account(pavel)
    with running_bot(sandbox):
        miss(order, by=3 * HOUR)
        in_group = card(sandbox, GROUP)
        data = f"ea:{order.pk}:{seen(order)}"
        places = [(chat_of(office.lead), GROUP), (chat_of(pavel), GROUP), (chat_of(office.lead), 0)]

        def press_one(number: int) -> str:
            who, chat = places[number % 3]
            return sandbox.press_raw(who, chat or who, in_group.id, data)

        with ThreadPoolExecutor(20) as people:
            queries = list(people.map(press_one, range(20)))
        answers = [answer_to(sandbox, query) for query in queries]
    assert sum(not answer.show_alert for answer in answers) == 1
    assert all(answer.text for answer in answers)
    assert done("command.acknowledge") == 1


# ── still so? ──


def test_what_was_not_seen_is_neither_taken_nor_resolved(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        old = seen(order)
        EscalationFactory(order=order, trigger="task", generation="task.1/1", opened_at=clock.now())
        before = state(order)
        for data in (f"ea:{order.pk}:{old}", f"ed:{order.pk}:{old}:1"):
            answer = press_raw(sandbox, chat, chat, told.id, data)
            assert answer.show_alert
            assert answer.text == "Something else has happened to this order since. Look again and decide."
        assert state(order) == before
        # The refusal has brought the card to what is true: two things are wrong with the order.
        shown(sandbox, chat, told, "A task is not done", f"{order.ref}")


def test_an_order_that_changed_since_the_candidates_were_shown_is_not_given(
    office: Office, sandbox: Sandbox
) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    boris = office.hire("Boris")
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        press(sandbox, office.lead, chat, told, "Reassign…")
        menu = shown(sandbox, chat, told, "Who takes it?")
        order_set_severity(
            order_id=order.pk,
            severity="critical",
            actor=office.actor(office.lead),
            seen_version=None,
            now=clock.now(),
        )
        answer = press(sandbox, office.lead, chat, menu, "Boris · 0/30")
    assert answer.show_alert
    assert answer.text == "The order has changed since you looked at it. Look again and decide."
    assert Order.objects.get(pk=order.pk).assigned_manager_id != boris.user_id


def test_given_twice_it_is_given_once(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    boris = office.hire("Boris")
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        version = Order.objects.get(pk=order.pk).version
        data = f"ep:{order.pk}:{version}:{boris.user_id}"
        press_raw(sandbox, chat, chat, told.id, data)
        again = press_raw(sandbox, chat, chat, told.id, data)
        nobody = press_raw(sandbox, chat, chat, told.id, f"ep:{order.pk}:{version + 1}:{office.lead.pk}")
    assert (again.text, again.show_alert) == (f"Boris has {order.ref} already.", True)
    assert (nobody.text, nobody.show_alert) == ("This person is not a manager.", True)
    assert done("command.assign") == 1


@pytest.mark.parametrize(
    "data",
    [
        "ea:999999:1", "eg:999999:0", "ep:999999:1:1", "es:999999:1:1", "ed:999999:1:1", "eu:999999", "ey:999999:1",
        "en:999999", "es:{order}:2:1", "es:{order}:1:9", "el:{order}:24", "ed:{order}:{seen}:0", "ea:{order}",
        "eg:{order}:999999999999999999", "ep:{order}:1:999999999999999999", "e", "ez:-1", "eq:1", "o:0",
    ],
)  # fmt: skip
def test_forged_data_changes_nothing(office: Office, sandbox: Sandbox, data: str) -> None:
    office.hire("Anna")
    order, chat = in_work(office), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        before = state(order)
        answer = press_raw(sandbox, chat, chat, told.id, data.format(order=order.pk, seen=seen(order)))
    assert state(order) == before
    assert answer.show_alert or data.startswith("eg:{order}")


def test_a_menu_opens_only_under_the_card_of_that_order(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna")
    order, other, chat = in_work(office, "A-1"), in_work(office, "A-2"), chat_of(office.lead)
    with running_bot(sandbox):
        miss(order)
        told = card(sandbox, chat)
        answer = press_raw(sandbox, chat, chat, told.id, f"eg:{other.pk}:0")
        assert (answer.text, answer.show_alert) == ("This message is old. What burns now: /burning", True)
        wait_for(lambda: not Message.objects.filter(status__in=["queued", "failed", "sending"]).exists())
        assert sandbox.sent(chat)[0].text == told.text


def test_each_short_reason_has_its_button() -> None:
    assert sorted(SNOOZED_WHY.values()) == sorted(SNOOZED_BECAUSE)
    assert sorted(RESOLVED_WHY.values()) == sorted(RESOLVED_BECAUSE)


def test_an_edit_of_a_card_is_never_swallowed_by_a_summary(office: Office) -> None:
    office.hire("Anna", capacity=100)
    orders = office.receive_now(*[f"A-{number}" for number in range(7)])
    Message.objects.update(status="superseded", ended_at=clock.now())
    told = [
        outbox.Outgoing(
            template="escalation",
            importance=Importance.BREACH,
            dedup_key=f"escalation:{order.pk}",
            person_id=office.lead.pk,
            order_id=order.pk,
            context={"escalations": [1]},
            thread=f"order:{order.pk}:lead:{office.lead.pk}",
            edits=order == orders[0],
        )
        for order in orders
    ]
    outbox.post(told, now=clock.now())
    assert merge_floods(now=clock.now()) == 6
    assert Message.objects.get(edits=True, template="escalation").status == "queued"


def test_many_cards_are_read_by_as_many_queries_as_one(office: Office) -> None:
    office.hire("Anna", capacity=100)
    orders = office.receive_now(*[f"A-{number}" for number in range(12)])
    found = [
        EscalationFactory(order=order, trigger="stuck", generation="1", opened_at=clock.now())
        for order in orders
    ]
    messages = [
        Message(pk=one.pk, template="escalation", order_id=one.order_id, context={"escalations": [one.pk]})
        for one in found
    ]
    load = CARDS["escalation"].load
    load(messages[:1], clock.now())  # the matrix and the calendar are read once by each process
    with CaptureQueriesContext(connection) as of_one:
        assert len(load(messages[:1], clock.now())) == 1
    with CaptureQueriesContext(connection) as of_all:
        assert len(load(messages, clock.now())) == 12
    assert len(of_all) == len(of_one) <= 11
