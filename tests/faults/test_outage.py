"""Telegram is away for half a minute: orders come in as before; afterwards what matters is told first, and once."""

import time
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.faults.intake import OrderRow, body_of, ids_of, made_orders
from tests.faults.rest import Rest
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

AWAY = 30


def goes_away(running: Running, *, seconds: float) -> float:
    """Returns when it will be back."""
    running.sandbox.do("fail", kind="down", lasting=seconds)
    return time.monotonic() + seconds


def wait_until_back(running: Running, back: float) -> None:
    time.sleep(max(0.0, back - time.monotonic()))
    wait_for("Telegram is back", lambda: answers(running), seconds=10)


def answers(running: Running) -> bool:
    try:
        running.sandbox.ask("state")
    except OSError:
        return False
    return True


def test_each_person_gets_one_summary(running: Running, dice: Random, measured: Measured) -> None:
    began, rows = running.oracle.now(), made_orders(180, dice)
    back = goes_away(running, seconds=AWAY)
    for start in range(0, len(rows), 60):
        bodies = [body_of(row) for row in rows[start : start + 60]]
        answer = running.rest.post("orders/batch/", {"orders": bodies}, once=f"away-{start}")
        assert answer.status == 201
        assert answer.seconds < 5
        time.sleep(5)
    wait_until_back(running, back)

    ids = ids_of(rows)
    measured.until("the backlog is gone", lambda: not running.oracle.unsent(ids), since=back, at_most=60)
    running.assert_all_is_well(rows)
    told = running.oracle.rows(
        """SELECT person_id, count(*) FILTER (WHERE template = 'summary' AND status = 'sent') AS summaries,
                  count(*) FILTER (WHERE template = 'order_new' AND status = 'sent') AS cards
             FROM core_message WHERE created_at >= %(began)s AND person_id IN (SELECT user_id FROM assignment_manager)
            GROUP BY person_id""",
        began=began,
    )
    assert len(told) == running.oracle.one("SELECT count(*) FROM assignment_manager")
    assert [row for row in told if row["summaries"] != 1 or row["cards"]] == []


def test_what_matters_comes_first(running: Running, dice: Random, measured: Measured) -> None:
    """In each chat: a note waited longer, but a new order is more important."""
    rows = bring_in(running, dice, 12)
    running.wait_ended(rows)
    back = goes_away(running, seconds=5)
    word = f"{dice.getrandbits(64):016x}"
    mention_owners(running, rows, word)
    new = bring_in(running, dice, 12)
    wait_until_back(running, back)

    waiting = [*ids_of(rows), *ids_of(new)]
    measured.until("the backlog is gone", lambda: not running.oracle.unsent(waiting), since=back, at_most=60)
    running.assert_all_is_well([*rows, *new])
    both = 0
    refs = [order["ref"] for order in running.oracle.orders(ids_of(new))]
    for chat_id in {card["chat_id"] for card in running.oracle.cards(ids_of(new))}:
        told = "\n".join(message["text"] for message in running.sandbox.from_bot(chat_id))
        note, cards = told.find(word), [told.find(ref) for ref in refs if ref in told]
        both += note >= 0 and bool(cards)
        assert note < 0 or not cards or max(cards) < note, told
    assert both, "nobody had both"


def bring_in(running: Running, dice: Random, count: int) -> list[OrderRow]:
    rows = made_orders(count, dice)
    for row in rows:
        assert running.new_order(row).status == 201
    return rows


def mention_owners(running: Running, rows: Sequence[OrderRow], word: str) -> None:
    """One note for each person who has any of these orders."""
    known: dict[str, Any] = running.product.addresses
    lead = Rest(known["api"], known["keys"]["lead"])
    for order in {
        order["assigned_manager_id"]: order for order in running.oracle.orders(ids_of(rows))
    }.values():
        body = {"text": f"Посмотрите: {word}", "mentions": [order["assigned_manager_id"]]}
        assert lead.post(f"orders/{order['ref']}/notes/", body, once=f"note-{order['id']}").status == 201
