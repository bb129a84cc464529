"""Days and moments as people write them. Today is Tuesday, 29 December 2026, 15:00 in Moscow."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from telegram_bot.policies.dealing import DealState, asked
from telegram_bot.policies.moments import day_in, moment_in

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 12, 29, 15, 0, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("сегодня", date(2026, 12, 29)),
        (" Завтра ", date(2026, 12, 30)),
        ("послезавтра", date(2026, 12, 31)),
        ("вчера", date(2026, 12, 28)),
        ("+3", date(2027, 1, 1)),
        ("30.12", date(2026, 12, 30)),
        ("2.1", date(2027, 1, 2)),
        ("28.12", date(2026, 12, 28)),
        ("5/01", date(2027, 1, 5)),
        ("05.01.27", date(2027, 1, 5)),
        ("05.01.2028", date(2028, 1, 5)),
        ("2027-02-28", date(2027, 2, 28)),
        ("29.02", None),
        ("29.02.2028", date(2028, 2, 29)),
        ("31.04", None),
        ("00.01", None),
        ("1.1.1", None),
        ("", None),
        ("когда-нибудь", None),
        ("1" * 5000, None),
    ],
)
def test_a_day_is_the_nearest_of_its_name(written: str, day: date | None) -> None:
    assert day_in(written, today=NOW.date()) == day


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("18:00", (29, 18, 0)),
        ("завтра", (30, 10, 0)),
        ("завтра 9:30", (30, 9, 30)),
        ("завтра в 9:30", (30, 9, 30)),
        ("завтра в 15", (30, 15, 0)),
        ("в 15", (29, 15, 0)),
        ("завтра в 25", None),
        ("завтра 15", None),
        ("31.12, 23:59", (31, 23, 59)),
        ("24:00", None),
        ("завтра 9:60", None),
        ("скоро 9:00", None),
        ("9", None),
    ],
)
def test_a_moment_is_a_day_a_time_or_both(written: str, at: tuple[int, int, int] | None) -> None:
    expected = datetime(2026, 12, at[0], at[1], at[2], tzinfo=MOSCOW) if at else None
    assert moment_in(written, now=NOW) == expected


@pytest.mark.parametrize(
    ("state", "asks"),
    [
        (DealState("awaiting_payment"), ""),
        (DealState("awaiting_payment", decision="thinks"), ""),
        (DealState("awaiting_payment", decision="confirmed"), "seller"),
        (DealState("awaiting_payment", decision="confirmed", has_seller_date=True), ""),
        (DealState("ready_for_shipment"), "carrier"),
        (DealState("ready_for_shipment", has_carrier=True), "tracking"),
        (DealState("ready_for_shipment", has_carrier=True, has_tracking=True), "promised"),
        (DealState("ready_for_shipment", has_tracking=True, has_promised=True), "carrier"),
        (DealState("ready_for_shipment", has_carrier=True, has_tracking=True, has_promised=True), ""),
        (DealState("in_transit"), ""),
        (DealState("in_transit", is_due_to_arrive=True), "delivered"),
        (DealState("in_transit", is_due_to_arrive=True, is_delivered=True), ""),
        (DealState("delivered", is_due_to_arrive=True), ""),
    ],
)
def test_the_card_asks_for_what_its_step_lacks_first(state: DealState, asks: str) -> None:
    assert asked(state) == asks
