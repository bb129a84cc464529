"""Connecting the admins' group without a shell: a lead says it in the group itself."""

import pytest

from core import clock
from core.models import ChatGroup, Entry, Team, TelegramLink
from core.roles import LEAD
from core.selectors import admins_group
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, in_russian, running_bot, wait_for

GROUP = -555


@pytest.fixture
def chat(office: Office, sandbox: Sandbox) -> int:
    sandbox.group(GROUP, "РОП \u202e <b>", [7000 + office.lead.pk])
    return GROUP


def said(sandbox: Sandbox, who: int, chat: int, text: str = "/connect", *, anonymous: bool = False) -> str:
    before = len(sandbox.sent(chat))
    sandbox.write(who, text, chat, anonymous=anonymous)
    return wait_for(lambda: sandbox.sent(chat)[before:], what=text)[0].text


def test_a_lead_connects_the_group_by_a_word_in_it(office: Office, sandbox: Sandbox, chat: int) -> None:
    lead = 7000 + office.lead.pk
    with running_bot(sandbox):
        answer = said(sandbox, lead, chat)
        assert answer == "✅ Escalations come here from now on (Olga). Their buttons work for leads."
        group = ChatGroup.objects.get()
        assert (group.code, group.chat_id, group.title, admins_group()) == (
            "admins",
            GROUP,
            "РОП <b>",
            group.pk,
        )
        again = said(sandbox, lead, chat)
    assert again == answer
    assert ChatGroup.objects.count() == 1
    entry = Entry.objects.filter(kind="command.group_connect").latest("pk")
    assert (entry.actor_id, entry.inputs["chat"], entry.inputs["before"]) == (office.lead.pk, GROUP, GROUP)


def test_another_group_takes_the_place_of_the_first(office: Office, sandbox: Sandbox, chat: int) -> None:
    ChatGroup.objects.create(code="admins", title="Old", chat_id=-1, unreachable_since=clock.now())
    with running_bot(sandbox):
        said(sandbox, 7000 + office.lead.pk, chat)
    group = ChatGroup.objects.get()
    assert (group.chat_id, group.unreachable_since) == (GROUP, None)


@pytest.mark.parametrize("who", ["manager", "stranger", "anonymous", "unlinked lead", "deactivated lead"])
def test_nobody_else_connects_it_and_each_is_told_why(
    office: Office, sandbox: Sandbox, chat: int, who: str
) -> None:
    anna, pavel = office.hire("Anna"), office.person("Pavel", LEAD)
    account = office.account(pavel).telegram_id
    pavel.is_active = who != "deactivated lead"
    pavel.save(update_fields=["is_active"])
    if who == "unlinked lead":
        TelegramLink.objects.filter(user=pavel).update(active=False, unlinked_at=clock.now())
    sandbox.person(99, "Stranger")
    writer = {"manager": 7000 + anna.user_id, "stranger": 99, "anonymous": 7000 + office.lead.pk}
    with running_bot(sandbox):
        answer = said(sandbox, writer.get(who, account), chat, anonymous=who == "anonymous")
    beginnings = {
        "manager": "Only a lead connects a group.",
        "anonymous": in_russian("I can't see who you are: write this under your own name, not as the group."),
        "deactivated lead": in_russian("Your access is closed. Ask your lead."),
    }
    assert answer.startswith(beginnings.get(who, "👋"))
    assert not ChatGroup.objects.exists()


def test_in_private_it_says_where_to_write_it(office: Office, sandbox: Sandbox) -> None:
    lead = 7000 + office.lead.pk
    with running_bot(sandbox):
        answer = said(sandbox, lead, lead)
    assert answer == in_russian("Write this in the group where escalations are to come.")
    assert not ChatGroup.objects.exists()


def test_a_chat_of_another_group_is_not_taken(office: Office, sandbox: Sandbox, chat: int) -> None:
    ChatGroup.objects.create(code="finance", title="Finance", chat_id=GROUP)
    with running_bot(sandbox):
        answer = said(sandbox, 7000 + office.lead.pk, chat)
    assert answer == "This chat is connected as another group already."
    assert not ChatGroup.objects.filter(code="admins").exists()


def test_put_out_and_let_in_again_the_bot_writes_there_again(
    office: Office, sandbox: Sandbox, chat: int
) -> None:
    group = ChatGroup.objects.create(code="admins", title="Admins", chat_id=GROUP)
    with running_bot(sandbox):
        sandbox.kick(GROUP)
        wait_for(lambda: ChatGroup.objects.filter(unreachable_since__isnull=False).exists())
        assert admins_group() is None
        sandbox.invite(GROUP)
        wait_for(lambda: admins_group() == group.pk)
    group.refresh_from_db()
    assert group.unreachable_because == ""


def test_a_group_that_becomes_a_supergroup_is_followed_at_once(
    office: Office, sandbox: Sandbox, chat: int
) -> None:
    ChatGroup.objects.create(code="admins", title="Admins", chat_id=GROUP)
    with running_bot(sandbox):
        moved_to = sandbox.migrate(GROUP)
        wait_for(lambda: ChatGroup.objects.get().chat_id == moved_to)


def test_a_lead_needs_no_team_to_connect(office: Office, sandbox: Sandbox, chat: int) -> None:
    Team.objects.update(lead=None)
    with running_bot(sandbox):
        said(sandbox, 7000 + office.lead.pk, chat)
    assert ChatGroup.objects.get().chat_id == GROUP
