"""The bot dies within an album, or within a typed answer: nothing that was sent is lost, and nothing counts twice."""

import signal
import time
from dataclasses import dataclass
from random import Random

import pytest

from tests.faults.intake import OrderRow
from tests.faults.oracle import Row
from tests.faults.pictures import photo
from tests.faults.running import Running
from tests.faults.test_presses import cards_to_accept, press_accept
from tests.faults.waiting import Measured, wait_for

ALBUM = 6
BACK = 60
"""Seconds after which a killed bot has kept what was sent meanwhile: its lease has run out by then."""

LONGEST_PAUSE = 30
"""Seconds that the supervisor waits at most before it starts again what dies again and again."""

POINT_WITH_A_PHOTO, POINT_WITH_A_NUMBER = 9, 18


@dataclass(frozen=True)
class Inspected:
    """An order under inspection, and its manager's chat with the card open."""

    running: Running
    row: OrderRow
    order_id: int
    inspection_id: int
    chat: int

    def stand_at(self, point: int) -> None:
        self.running.sandbox.press_raw(self.chat, self.card(), f"ip:{self.inspection_id}:{point}")
        wait_for("the card stands there", lambda: self.dialogue()["point"] == point, seconds=20)

    def card(self) -> int:
        """The message that is the card now."""
        return int(
            self.running.oracle.one(
                """SELECT provider_id FROM core_message WHERE order_id = %(order)s AND template = 'inspection'
                      AND NOT edits AND status = 'sent' ORDER BY id DESC LIMIT 1""",
                order=self.order_id,
            )
        )

    def dialogue(self) -> Row:
        (row,) = self.running.oracle.rows(
            "SELECT point, awaits FROM telegram_bot_dialogue WHERE order_id = %(order)s", order=self.order_id
        )
        return row

    def kept(self) -> int:
        """Different files at the point."""
        return int(
            self.running.oracle.one(
                """SELECT count(DISTINCT e.sha256) FROM orders_evidence e
                     JOIN orders_inspectionitem i ON i.id = e.item_id
                    WHERE e.order_id = %(order)s AND e.removed_at IS NULL AND i.number = %(point)s""",
                order=self.order_id,
                point=POINT_WITH_A_PHOTO,
            )
        )

    def answers(self, point: int) -> list[str]:
        """All that were ever given to the point."""
        rows = self.running.oracle.rows(
            """SELECT a.value FROM orders_inspectionanswer a JOIN orders_inspectionitem i ON i.id = a.item_id
                WHERE a.inspection_id = %(inspection)s AND i.number = %(point)s ORDER BY a.id""",
            inspection=self.inspection_id,
            point=point,
        )
        return [row["value"] for row in rows]

    def assert_all_is_well(self, *, files: int) -> None:
        oracle = self.running.oracle
        states = oracle.rows(
            "SELECT state, told_at IS NOT NULL AS told FROM telegram_bot_incomingfile WHERE order_id = %(order)s",
            order=self.order_id,
        )
        assert [(row["state"], row["told"]) for row in states] == [("kept", True)] * files
        rows = oracle.one(
            "SELECT count(*) FROM orders_evidence WHERE order_id = %(order)s", order=self.order_id
        )
        assert rows == files, "a file is there twice"
        assert not oracle.one("SELECT count(*) FROM telegram_bot_update WHERE state <> 'done'")
        self.running.wait_ended([self.row])
        self.running.assert_all_is_well([self.row])

    def is_told(self) -> bool:
        return not self.running.oracle.one(
            "SELECT count(*) FROM telegram_bot_incomingfile WHERE order_id = %(order)s AND told_at IS NULL",
            order=self.order_id,
        )


def inspected(running: Running, dice: Random) -> Inspected:
    """A new order, accepted, its inspection open."""
    rows, cards = cards_to_accept(running, dice, 1)
    press_accept(running, cards[0])
    chat, order_id = cards[0]["chat_id"], order_of(running, rows[0])
    inspection_id = wait_for(
        "it is under inspection",
        lambda: running.oracle.one(
            "SELECT max(id) FROM orders_inspection WHERE order_id = %(order)s", order=order_id
        ),
        seconds=30,
    )
    running.sandbox.press_raw(chat, int(cards[0]["provider_id"]), f"i:{order_id}")
    wait_for(
        "the card has arrived",
        lambda: running.oracle.one(
            "SELECT count(*) FROM core_message WHERE order_id = %(order)s AND template = 'inspection'"
            " AND status = 'sent'",
            order=order_id,
        ),
        seconds=30,
    )
    return Inspected(running, rows[0], order_id, inspection_id, chat)


def order_of(running: Running, row: OrderRow) -> int:
    return int(
        running.oracle.one("SELECT id FROM orders_order WHERE external_id = %(id)s", id=row["external_id"])
    )


@pytest.mark.short
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_within_an_album(
    running: Running, dice: Random, measured: Measured, by: signal.Signals
) -> None:
    """Stored or not, handled or not, fetched or not: 0 to 700 ms after it was sent."""
    order = inspected(running, dice)
    order.stand_at(POINT_WITH_A_PHOTO)
    running.sandbox.album(order.chat, [photo(dice) for _ in range(ALBUM)])
    time.sleep(dice.uniform(0, 0.7))
    running.product.kill("bot", by=by)
    ended = time.monotonic()

    measured.until("all are kept", lambda: order.kept() == ALBUM, since=ended, at_most=BACK)
    measured.until("and told", order.is_told, since=ended, at_most=BACK + 15)
    order.assert_all_is_well(files=ALBUM)


def test_it_is_killed_again_and_again_while_it_fetches(
    running: Running, dice: Random, measured: Measured
) -> None:
    order = inspected(running, dice)
    order.stand_at(POINT_WITH_A_PHOTO)
    began = time.monotonic()
    for _ in range(3):
        running.sandbox.album(order.chat, [photo(dice) for _ in range(ALBUM)])
        time.sleep(dice.uniform(0.1, 0.6))
        killed = running.product.kill("bot")
        wait_for("it is back", lambda killed=killed: running.product.is_back("bot", after=killed), seconds=60)

    measured.until("all are kept", lambda: order.kept() == 3 * ALBUM, since=began, at_most=2 * BACK)
    measured.until("and told", order.is_told, since=began, at_most=2 * BACK + 15)
    order.assert_all_is_well(files=3 * ALBUM)


@pytest.mark.short
def test_it_is_killed_within_a_typed_answer(running: Running, dice: Random, measured: Measured) -> None:
    """Before it was fetched, stored, applied or shown, as it comes: 0 to 120 ms after it was written."""
    order = inspected(running, dice)
    for number in range(4):
        running.sandbox.press_raw(order.chat, order.card(), f"ic:{order.inspection_id}:{POINT_WITH_A_NUMBER}")
        wait_for("it is awaited", lambda: order.dialogue()["awaits"] == "answer", seconds=30)
        running.sandbox.write(order.chat, f"{number},5")
        time.sleep(0.03 * number + dice.uniform(0, 0.03))
        running.product.kill("bot")
        ended = time.monotonic()
        given = [f"{earlier}.5" for earlier in range(number + 1)]
        measured.until(
            "answered once",
            lambda given=given: order.answers(POINT_WITH_A_NUMBER) == given,
            since=ended,
            at_most=BACK + LONGEST_PAUSE,
        )
    order.assert_all_is_well(files=0)
