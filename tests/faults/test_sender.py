"""The sender dies, is stopped, or Telegram fails: nothing is lost, at most one marked repeat, nobody is flooded."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

import pytest

from tests.faults.intake import OrderRow, ids_of, made_orders
from tests.faults.oracle import Row
from tests.faults.running import LEASE, Running
from tests.faults.sandbox import REPEAT
from tests.faults.waiting import Measured, wait_for

SETTLED = int(LEASE) + 15
"""Seconds after which what a dead sender had in hand has been repeated."""


def bring_in(running: Running, dice: Random, count: int) -> list[OrderRow]:
    """One after another, each answered at once whatever Telegram does."""
    rows = made_orders(count, dice)
    for row in rows:
        answer = running.new_order(row)
        assert answer.status == 201, answer
        assert answer.seconds < 2
    return rows


def assert_each_card_came_once_or_twice(running: Running, rows: Sequence[OrderRow]) -> int:
    """By Telegram: once, or a second time that is marked, and only if the first one's end was unknown. Returns how
    many came twice."""
    twice = 0
    refs = {order["id"]: order["ref"] for order in running.oracle.orders(ids_of(rows))}
    for card in running.oracle.cards(ids_of(rows)):
        if card["status"] != "sent" or card["chat_id"] is None:
            continue
        seen = running.sandbox.about(card["chat_id"], refs[card["order_id"]])
        first, *again = [message["text"].startswith(REPEAT) for message in seen]
        assert not first or card["unknown"], "a repeat of nothing"
        assert again in ([], [True]), f"{refs[card['order_id']]} came {len(seen)} times: {seen}"
        assert not again or card["unknown"] == 1
        twice += len(again)
    return twice


def wait_until_delivered_and_hanging(running: Running, *, already: int = 0) -> None:
    wait_for(
        "Telegram has it and does not answer",
        lambda: len(running.sandbox.calls(outcome="fault hang")) > already,
        seconds=30,
        every=0.02,
    )


@pytest.mark.short
def test_it_is_killed_between_the_send_and_the_answer(
    running: Running, dice: Random, measured: Measured
) -> None:
    hung = len(running.sandbox.calls(outcome="fault hang"))
    running.sandbox.do("fail", kind="hang", methods=["sendmessage"], times=1)
    rows = bring_in(running, dice, 1)
    wait_until_delivered_and_hanging(running, already=hung)

    running.product.kill("bot")
    killed = time.monotonic()

    ids = ids_of(rows)
    measured.until(
        "it was repeated", lambda: not running.oracle.unsent(ids), since=killed, at_most=SETTLED + 10
    )
    running.assert_all_is_well(rows)
    assert assert_each_card_came_once_or_twice(running, rows) == 1


def test_it_is_killed_again_and_again_while_it_sends(
    running: Running, dice: Random, measured: Measured
) -> None:
    rows: list[OrderRow] = []
    for _ in range(3):
        rows += bring_in(running, dice, 8)
        time.sleep(dice.uniform(0, 0.5))
        running.product.kill("bot")
        killed = time.monotonic()
        running.wait_whole(60)

    ids = ids_of(rows)
    measured.until("all ended", lambda: not running.oracle.unsent(ids), since=killed, at_most=SETTLED + 30)
    running.assert_all_is_well(rows)
    assert_each_card_came_once_or_twice(running, rows)


def test_it_is_stopped_for_a_minute_and_another_goes_on(
    running: Running, dice: Random, measured: Measured
) -> None:
    with running.product.another_bot() as second:
        hung = len(running.sandbox.calls(outcome="fault hang"))
        running.sandbox.do("fail", kind="hang", methods=["sendmessage"], times=1)
        rows = bring_in(running, dice, 1)
        wait_until_delivered_and_hanging(running, already=hung)
        stopped = time.monotonic()
        with running.product.frozen("bot"):
            rows += bring_in(running, dice, 5)
            measured.until(
                "the second leads",
                lambda: running.oracle.heartbeat("sender")["detail"].get("pid") == second.pid,
                since=stopped,
                at_most=25,
            )
            measured.until(
                "all have ended",
                lambda: not running.oracle.unsent(ids_of(rows)),
                since=stopped,
                at_most=SETTLED + 20,
            )
            before = messages_as_they_are(running, rows)
            time.sleep(max(0.0, 60 - (time.monotonic() - stopped)))
        running.sandbox.heal()
        time.sleep(10)

        assert messages_as_they_are(running, rows) == before
        assert assert_each_card_came_once_or_twice(running, rows) == 1
        assert running.oracle.heartbeat("sender")["detail"]["pid"] == second.pid
        running.assert_all_is_well(rows)


def messages_as_they_are(running: Running, rows: Sequence[OrderRow]) -> object:
    return running.oracle.rows(
        """SELECT m.* FROM core_message m JOIN orders_order o ON o.id = m.order_id
            WHERE o.external_id = ANY(%(ids)s) ORDER BY m.id""",
        ids=ids_of(rows),
    )


@pytest.mark.parametrize("retry_after", [4, None])
def test_a_storm_of_429(running: Running, dice: Random, measured: Measured, retry_after: int | None) -> None:
    """While Telegram says "wait", nothing is asked of it; then everything arrives, and once."""
    told = {"retry_after": retry_after} if retry_after else {}
    before = running.sandbox.ask("state")["violations"]
    running.sandbox.do("fail", kind="429", methods=["send*", "edit*"], lasting=15, **told)
    rows = bring_in(running, dice, 30)
    time.sleep(10)
    over = time.monotonic()

    ids = ids_of(rows)
    measured.until("the backlog is gone", lambda: not running.oracle.unsent(ids), since=over, at_most=60)
    assert running.sandbox.ask("state")["violations"] == before
    running.assert_all_is_well(rows)
    assert assert_each_card_came_once_or_twice(running, rows) == 0


@pytest.mark.parametrize("has_email", [True, False])
def test_somebody_blocks_the_bot(running: Running, dice: Random, measured: Measured, has_email: bool) -> None:
    """What was meant for them goes by letter, or else their lead is told and somebody else gets the order; new orders
    go to others until they are back."""
    with preferred_manager(running, has_email=has_email) as victim:
        running.sandbox.do("block", user_id=victim["chat_id"])
        began = time.monotonic()
        rows = bring_in(running, dice, 1)
        assert running.rest.heard[-1].body["owner"]["id"] == victim["user_id"]

        told = told_by_letter if has_email else others_were_told
        measured.until("somebody was told", lambda: told(running, rows), since=began, at_most=30)
        wait_for("they count as unreachable", lambda: not is_reachable(running, victim["user_id"]), seconds=5)
        bring_in(running, dice, 1)
        assert running.rest.heard[-1].body["owner"]["id"] != victim["user_id"]

        running.sandbox.do("unblock", user_id=victim["chat_id"])
        running.sandbox.do("write", user_id=victim["chat_id"], text="/next")
        wait_for("they are back", lambda: is_reachable(running, victim["user_id"]), seconds=15)
        bring_in(running, dice, 1)
        assert running.rest.heard[-1].body["owner"]["id"] == victim["user_id"]
    running.wait_ended(rows)


@contextmanager
def preferred_manager(running: Running, *, has_email: bool) -> Iterator[Row]:
    """Somebody who gets the next orders, for so large a capacity."""
    (chosen,) = running.oracle.rows(
        """SELECT m.id, m.user_id, m.capacity, l.chat_id, u.email FROM assignment_manager m
             JOIN core_user u ON u.id = m.user_id
             JOIN core_telegramlink l ON l.user_id = m.user_id AND l.active ORDER BY m.id LIMIT 1"""
    )
    set_manager(running, chosen, capacity=90_000, email=chosen["email"] if has_email else "")
    try:
        yield chosen
    finally:
        set_manager(running, chosen, capacity=chosen["capacity"], email=chosen["email"])


def set_manager(running: Running, chosen: Row, *, capacity: int, email: str) -> None:
    running.oracle.rows("UPDATE core_user SET email = %(e)s WHERE id = %(id)s", e=email, id=chosen["user_id"])
    running.oracle.rows(
        "UPDATE assignment_manager SET capacity = %(c)s WHERE id = %(id)s", c=capacity, id=chosen["id"]
    )


def told_by_letter(running: Running, rows: Sequence[OrderRow]) -> bool:
    (card,) = running.oracle.cards(ids_of(rows))
    return card["status"] == "sent" and card["chat_id"] is None


def others_were_told(running: Running, rows: Sequence[OrderRow]) -> bool:
    """Their lead that it did not arrive, and the next manager of a new order."""
    died, *anew = sorted(running.oracle.cards(ids_of(rows)), key=lambda card: card["id"])
    alarms = running.oracle.rows(
        """SELECT 1 FROM core_message WHERE template = 'message_dead' AND status = 'sent'
              AND (context ->> 'message')::bigint = %(message)s AND person_id <> %(owner)s""",
        message=died["id"],
        owner=died["person_id"],
    )
    is_next = [card["status"] == "sent" and card["person_id"] != died["person_id"] for card in anew]
    return died["status"] == "dead" and bool(alarms) and is_next == [True]


def is_reachable(running: Running, user_id: int) -> bool:
    return bool(
        running.oracle.one(
            """SELECT count(*) FROM core_telegramlink
                WHERE user_id = %(user)s AND active AND unreachable_since IS NULL""",
            user=user_id,
        )
    )


@pytest.mark.parametrize("kind", ["500", "502", "reset", "truncated", "slow"])
def test_telegram_is_unsure_of_itself(running: Running, dice: Random, measured: Measured, kind: str) -> None:
    """Calls that take effect while their answers are errors, cut off, torn or late."""
    running.sandbox.do(
        "fail", kind=kind, methods=["sendmessage"], probability=0.4, seed=dice.randrange(1000), lasting=15,
        delivered=True,
    )  # fmt: skip
    rows = bring_in(running, dice, 24)
    time.sleep(10)
    over = time.monotonic()

    ids = ids_of(rows)
    measured.until("all have ended", lambda: not running.oracle.unsent(ids), since=over, at_most=60)
    running.assert_all_is_well(rows)
    assert_each_card_came_once_or_twice(running, rows)
