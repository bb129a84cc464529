"""The bot dies with presses in flight: each is applied once."""

import signal
import time
import urllib.request
from random import Random

import pytest

from tests.faults.intake import OrderRow, ids_of, made_orders
from tests.faults.oracle import Row
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

PRESSES = 6
BACK = 60
"""Seconds after which a killed bot has handled what was pressed meanwhile."""


def cards_to_accept(running: Running, dice: Random, count: int) -> tuple[list[OrderRow], list[Row]]:
    """New orders, each with its card in its manager's chat."""
    rows = made_orders(count, dice)
    for row in rows:
        assert running.new_order(row).status == 201
    running.wait_ended(rows)
    cards = running.oracle.cards(ids_of(rows))
    assert all(card["status"] == "sent" for card in cards), "they were merged: nothing to press"
    return rows, cards


def press_accept(running: Running, card: Row) -> None:
    data = next(button["data"] for button in buttons(running, card) if button["data"].startswith("a:"))
    running.sandbox.press(card["chat_id"], int(card["provider_id"]), data)


def buttons(running: Running, card: Row) -> list[dict[str, str]]:
    (message,) = [m for m in running.sandbox.from_bot(card["chat_id"]) if m["id"] == int(card["provider_id"])]
    return [button for line in message["buttons"] for button in line]


def accepted(running: Running, rows: list[OrderRow]) -> int:
    orders = running.oracle.orders(ids_of(rows))
    return sum(order["status"] == "under_inspection" for order in orders)


def assert_each_was_applied_once(running: Running, rows: list[OrderRow], cards: list[Row]) -> None:
    running.wait_ended(rows)
    running.assert_all_is_well(rows)
    moves = running.oracle.rows(
        """SELECT o.external_id, count(e.id) FROM orders_order o JOIN order_status_events e ON e.order_id = o.id
            WHERE o.external_id = ANY(%(ids)s) AND e.route = 'accept' GROUP BY o.id""",
        ids=ids_of(rows),
    )
    assert sorted(row["count"] for row in moves) == [1] * len(rows)
    assert not running.oracle.one("SELECT count(*) FROM telegram_bot_update WHERE state <> 'done'")
    for card in cards:
        assert not any(button["data"].startswith("a:") for button in buttons(running, card)), (
            "can be accepted still"
        )


@pytest.mark.short
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_presses_in_flight(
    running: Running, dice: Random, measured: Measured, by: signal.Signals
) -> None:
    rows, cards = cards_to_accept(running, dice, PRESSES)
    for card in cards:
        press_accept(running, card)
        time.sleep(dice.uniform(0, 0.03))
    time.sleep(dice.uniform(0, 0.15))
    running.product.kill("bot", by=by)
    ended = time.monotonic()

    measured.until("all are accepted", lambda: accepted(running, rows) == PRESSES, since=ended, at_most=BACK)
    assert_each_was_applied_once(running, rows, cards)


def test_it_is_killed_at_each_stage_of_a_press(running: Running, dice: Random, measured: Measured) -> None:
    """Before it was fetched, stored, applied or answered, as it comes: 0 to 120 ms after the press."""
    rows, cards = cards_to_accept(running, dice, PRESSES)
    for number, card in enumerate(cards):
        press_accept(running, card)
        time.sleep(0.02 * number + dice.uniform(0, 0.02))
        running.product.kill("bot")
        ended = time.monotonic()
        done = number + 1
        measured.until("accepted", lambda done=done: accepted(running, rows) == done, since=ended, at_most=60)
    assert_each_was_applied_once(running, rows, cards)


def test_of_two_bots_one_leads_and_the_other_takes_its_place(
    running: Running, dice: Random, measured: Measured
) -> None:
    refused = len(running.sandbox.calls(method="getUpdates", outcome="refused"))
    rows, cards = cards_to_accept(running, dice, PRESSES)
    with running.product.another_bot() as second:
        for card in cards[: PRESSES // 2]:
            press_accept(running, card)
        time.sleep(dice.uniform(0, 0.2))
        running.product.kill("bot")
        killed = time.monotonic()
        for card in cards[PRESSES // 2 :]:
            press_accept(running, card)

        measured.until(
            "all are accepted", lambda: accepted(running, rows) == PRESSES, since=killed, at_most=15
        )
        assert_each_was_applied_once(running, rows, cards)
        running.wait_whole(60)
        leads = {running.oracle.heartbeat(name)["detail"]["pid"] for name in ("bot", "sender")}
        assert leads == {second.pid}
    assert len(running.sandbox.calls(method="getUpdates", outcome="refused")) == refused


def test_a_stranger_polls_with_the_same_token(running: Running, dice: Random, measured: Measured) -> None:
    """Telegram answers 409 to one of the two; the stranger confirms nothing, so that nothing is lost."""
    rows, cards = cards_to_accept(running, dice, PRESSES)
    token = (running.product.run / "sandbox.token").read_text().strip()
    until = time.monotonic() + 10
    pressed = list(cards)
    while time.monotonic() < until:
        if pressed:
            press_accept(running, pressed.pop())
        poll_as_stranger(f"{running.sandbox.base}bot{token}/getUpdates?timeout=1")
    assert running.sandbox.calls(method="getUpdates", outcome="refused"), "nobody was refused"
    ended = time.monotonic()

    measured.until("all are accepted", lambda: accepted(running, rows) == PRESSES, since=ended, at_most=BACK)
    assert_each_was_applied_once(running, rows, cards)
    wait_for("it polls again", running.product.ready, seconds=30)


def poll_as_stranger(address: str) -> None:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            answer.read()
    except OSError:
        time.sleep(0.2)
