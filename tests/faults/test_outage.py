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
    """Notes waited longer, but new orders are more important."""
    old = a_card_for_everybody(running, dice)
    running.wait_ended(old)
    back = goes_away(running, seconds=15)
    word = f"{dice.getrandbits(64):016x}"
    mention_everybody(running, old, word)
    new = a_card_for_everybody(running, dice)
    wait_until_back(running, back)

    waiting = [*ids_of(old), *ids_of(new)]
    measured.until("the backlog is gone", lambda: not running.oracle.unsent(waiting), since=back, at_most=60)
    running.assert_all_is_well([*old, *new])
    sent = [call["params"]["text"] for call in running.sandbox.calls(method="sendMessage", outcome="ok")]
    refs = [order["ref"] for order in running.oracle.orders(ids_of(new))]
    # Of the last calls: those that name the note, and those that name a new order.
    notes = [number for number, text in enumerate(sent) if word in text]
    cards = [number for number, text in enumerate(sent) if any(ref in text.split() for ref in refs)]
    assert len(notes) == len(old)
    assert cards
    assert max(cards) < min(notes)


def a_card_for_everybody(running: Running, dice: Random) -> list[OrderRow]:
    """So many orders that each manager has got one at least, and few enough that they are not told as one."""
    people = running.oracle.one("SELECT count(*) FROM assignment_manager")
    rows: list[OrderRow] = []
    owners: set[int] = set()
    while len(owners) < people and len(rows) < people * 4:
        (row,) = made_orders(1, dice)
        answer = running.new_order(row)
        assert answer.status == 201, answer
        owners.add(answer.body["owner"]["id"])
        rows.append(row)
    return rows


def mention_everybody(running: Running, rows: Sequence[OrderRow], word: str) -> None:
    known: dict[str, Any] = running.product.addresses
    lead = Rest(known["api"], known["keys"]["lead"])
    for order in running.oracle.orders(ids_of(rows)):
        body = {"text": f"Посмотрите: {word}", "mentions": [order["assigned_manager_id"]]}
        assert lead.post(f"orders/{order['ref']}/notes/", body, once=f"note-{order['id']}").status == 201
