"""What burns, for leads: a list of their teams, from which each order is opened and decided about."""

from datetime import timedelta

from core import clock
from core.models import Message, Team
from core.roles import LEAD, OBSERVER
from orders.models import Order
from rop import loop
from rop.models import Escalation
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.view import Seen
from tests.telegram_bot.bot import Office, running_bot, wait_for


def ask(sandbox: Sandbox, chat: int, words: str) -> Seen:
    before = len(sandbox.sent(chat))
    sandbox.write(chat, words)
    return wait_for(lambda: sandbox.sent(chat)[before:], what=f"an answer to {words}")[-1]


def wait_noted(message: Seen) -> None:
    """What is there to be pressed is known to the bot as its own only once it has noted that it was sent."""
    wait_for(
        Message.objects.filter(chat_id=message.chat_id, provider_id=str(message.id), status="sent").exists,
        what=f"message {message.id} noted as sent",
    )


def escalated(office: Office, *external_ids: str, severity: str = "normal") -> list[Order]:
    orders = office.receive_now(*external_ids, severity=severity)
    now = clock.now()
    ids = [order.pk for order in orders]
    Order.objects.filter(pk__in=ids).update(moved_at=now - timedelta(hours=25), wake_at=now)
    loop.sweep(now)
    Message.objects.filter(status="queued").update(status="superseded", ended_at=clock.now())
    return orders


def labels(message: Seen) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def test_a_lead_opens_an_order_of_the_list_and_decides(office: Office, sandbox: Sandbox) -> None:
    office.hire("Anna", capacity=100)
    chat = 7000 + office.lead.pk
    orders = escalated(office, *[f"A-{n}" for n in range(7)])
    worst = escalated(office, "B-1", severity="critical")[0]
    with running_bot(sandbox):
        listed = ask(sandbox, chat, "/burning")
        assert listed.text.splitlines()[0] == "🔥 8 orders burn, the worst first: open and decide"
        assert labels(listed) == [worst.ref, *(o.ref for o in orders[:5]), "1 / 2", "→"]
        wait_noted(listed)
        sandbox.press(chat, chat, listed.id, "→")
        second = wait_for(lambda: [m for m in sandbox.sent(chat) if m.id == listed.id and m.versions])[0]
        assert labels(second) == [*(o.ref for o in orders[5:]), "←", "2 / 2"]

        sandbox.press(chat, chat, listed.id, orders[6].ref)
        opened = wait_for(lambda: sandbox.sent(chat)[1:])[0]
        assert orders[6].ref in opened.text
        wait_noted(opened)
        sandbox.press(chat, chat, opened.id, "I take it on")
        wait_for(lambda: "Olga is at it" in sandbox.sent(chat)[1].text)
    assert Escalation.objects.filter(state="acknowledged").get().order_id == orders[6].pk


def test_one_sees_what_burns_in_ones_own_teams(office: Office, sandbox: Sandbox) -> None:
    anna, boris = office.hire("Anna"), office.hire("Boris", capacity=0)
    other = office.person("Pavel", LEAD)
    other.language = "en"
    other.save(update_fields=["language"])
    office.account(other)
    boris.user.team = Team.objects.create(name="Tver", lead=other)
    boris.user.save(update_fields=["team"])
    order = escalated(office, "A-1")[0]
    assert order.assigned_manager_id == anna.user_id
    with running_bot(sandbox):
        assert order.ref in ask(sandbox, 7000 + office.lead.pk, "/burning").text
        assert ask(sandbox, 7000 + other.pk, "/burning").text == "🌤 Nothing burns."


def test_it_is_for_leads(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    order = escalated(office, "A-1")[0]
    with running_bot(sandbox):
        told = ask(sandbox, 7000 + anna.user_id, "/burning").text
    assert told == "Only a lead decides about escalations."
    assert order.ref not in told


def test_help_offers_what_the_person_may_do(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna")
    observer = office.person("Olya", OBSERVER)
    observer.language = "en"
    observer.save(update_fields=["language"])
    office.account(observer)

    def offered(who: int) -> set[str]:
        lines = ask(sandbox, 7000 + who, "/help").text.splitlines()
        return {line.split()[0] for line in lines if line.startswith("/")}

    with running_bot(sandbox):
        assert offered(anna.user_id) == {
            "/next",
            "/my",
            "/inspect",
            "/order",
            "/why",
            "/shift",
            "/cancel",
            "/help",
        }
        assert offered(office.lead.pk) == {"/burning", "/connect", "/order", "/why", "/cancel", "/help"}
        assert offered(observer.pk) == {"/next", "/my", "/order", "/why", "/help"}
