"""A storm: everything comes due at one instant. Each order is told once, in few messages."""

import time
from collections import Counter
from datetime import timedelta

import pytest

from core import clock, outbox
from core.models import ChatGroup, Importance, Message
from orders.models import Order
from rop import loop
from telegram_bot.policies.settling import LONGEST, QUIET, Settling
from telegram_bot.sandbox.limits import LimitSettings
from telegram_bot.sandbox.server import Sandbox
from tests.factories import EscalationFactory
from tests.telegram_bot.bot import Office, running_bot, wait_for

GROUP = -555
ORDERS, MANAGERS = 2000, 20
WAITING = ["queued", "failed", "sending"]


@pytest.fixture
def group(office: Office, sandbox: Sandbox) -> ChatGroup:
    sandbox.group(GROUP, "Admins", [7000 + office.lead.pk])
    return ChatGroup.objects.create(code="admins", title="Admins", chat_id=GROUP)


def most_in_a_minute(moments: list[float]) -> int:
    return max(sum(start <= at < start + 60 for at in moments) for start in moments)


def test_two_thousand_that_stand_still_are_told_once_and_in_few_messages(
    office: Office, sandbox: Sandbox, group: ChatGroup
) -> None:
    managers = [office.hire(f"Manager{n}", capacity=ORDERS) for n in range(MANAGERS)]
    for first in range(0, ORDERS, 500):
        office.receive_now(*[f"A-{number}" for number in range(first, first + 500)])
    Message.objects.update(status="superseded", ended_at=clock.now())
    sandbox.limit(LimitSettings(on=True))
    now = clock.now()
    Order.objects.update(moved_at=now - timedelta(hours=73), wake_at=now)
    with running_bot(sandbox, rate=25):
        began = time.monotonic()
        while Order.objects.filter(wake_at__lte=now).exists():
            loop.sweep(clock.now())
        swept = time.monotonic() - began
        wait_for(lambda: not Message.objects.filter(status__in=WAITING).exists(), seconds=180)

    told = Message.objects.filter(template__in=["stuck", "escalation"], edits=False)
    assert Counter(told.values_list("status", flat=True)).keys() <= {"merged", "sent"}
    by_template = Counter(told.values_list("template", flat=True))
    assert by_template == {"stuck": ORDERS, "escalation": 2 * ORDERS}  # the lead, and the group
    assert told.values("order_id", "person_id", "group_id").distinct().count() == 3 * ORDERS

    in_group = [call.at for call in sandbox.calls("sendMessage") if call.params.get("chat_id") == str(GROUP)]
    assert in_group
    assert most_in_a_minute(in_group) <= 5
    # One message each; as many more as times that the flood was longer than anybody is kept waiting.
    at_most = 2 + swept / LONGEST
    for person in (office.lead, *(manager.user for manager in managers)):
        assert 1 <= len(sandbox.sent(7000 + person.pk)) <= at_most
    assert (sandbox.refusals, sandbox.violations) == (0, 0)


def test_what_comes_within_seconds_is_one_message(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", capacity=100)
    with running_bot(sandbox):
        for wave in range(4):
            office.receive_now(*[f"A-{wave}-{n}" for n in range(5)])
            time.sleep(0.3)
        shown = wait_for(lambda: sandbox.sent(7000 + anna.user_id))
        wait_for(lambda: not Message.objects.filter(status__in=WAITING).exists())
    assert len(sandbox.sent(7000 + anna.user_id)) == 1
    assert shown[0].text.startswith("📋 20 things wait for you")


def test_the_group_reads_how_many_the_worst_ones_and_where_the_rest_is(
    office: Office, sandbox: Sandbox, group: ChatGroup, settings: object
) -> None:
    settings.PUBLIC_URL = "https://rop.example"  # type: ignore[attr-defined]
    office.hire("Anna", capacity=100)
    orders = office.receive_now(*[f"A-{number}" for number in range(30)])
    worst = office.receive_now("B-1", severity="critical")[0]
    Message.objects.update(status="superseded", ended_at=clock.now())
    for order in (*orders, worst):
        escalation = EscalationFactory(order=order, trigger="stuck", generation="1", opened_at=clock.now())
        outbox.post(
            [
                outbox.Outgoing(
                    template="escalation",
                    importance=Importance.BREACH,
                    dedup_key=f"escalation:{order.pk}",
                    group_id=group.pk,
                    order_id=order.pk,
                    context={"escalations": [escalation.pk], "trigger": "stuck", "times": 1},
                    thread=f"order:{order.pk}:group:{group.pk}",
                )
            ],
            now=clock.now(),
        )
    with running_bot(sandbox):
        shown = wait_for(lambda: sandbox.sent(GROUP))
        wait_for(lambda: not Message.objects.filter(status__in=WAITING).exists())
        lines = shown[0].text.splitlines()
        assert lines[0].startswith("📋")
        assert "31" in lines[0]
        listed = [line for line in lines if "· R-" in line or line.startswith(("🔴", "🔹"))]
        assert worst.ref in listed[0]
        assert len(listed) == 15
        links = [entity["url"] for entity in shown[0].entities if entity["type"] == "text_link"]
        assert links == ["https://rop.example/admin/inbox/"]
        # Its button brings the list to whoever pressed it, in private.
        sandbox.press(7000 + office.lead.pk, GROUP, shown[0].id, shown[0].buttons[0][0].text)
        listed_in_private = wait_for(lambda: sandbox.sent(7000 + office.lead.pk))
        assert listed_in_private[0].text.startswith("🔥 31 orders burn")
    assert len(sandbox.sent(GROUP)) == 1


# ── when a flood is over ──


def test_a_flood_is_told_when_nothing_new_came_for_a_while() -> None:
    settling: Settling[str] = Settling()
    assert settling.unsettled({"anna": 5}, now=100.0) == {"anna"}
    assert settling.unsettled({"anna": 9}, now=100.5) == {"anna"}
    assert settling.unsettled({"anna": 9}, now=100.5 + QUIET - 0.01) == {"anna"}
    assert settling.unsettled({"anna": 9}, now=100.5 + QUIET) == set()


def test_a_flood_that_does_not_end_is_told_all_the_same() -> None:
    settling: Settling[str] = Settling()
    for step in range(int(LONGEST / 0.5)):
        assert settling.unsettled({"anna": step}, now=100 + step * 0.5) == {"anna"}
    assert settling.unsettled({"anna": 99}, now=100.01 + LONGEST) == set()


def test_each_waits_for_their_own_and_what_was_told_is_forgotten() -> None:
    settling: Settling[str] = Settling()
    settling.unsettled({"anna": 5, "boris": 6}, now=100.0)
    assert settling.unsettled({"anna": 5, "boris": 7}, now=101.0) == {"boris"}
    assert settling.unsettled({}, now=101.1) == set()
    assert settling.unsettled({"anna": 8}, now=101.2) == {"anna"}
