"""Valkey is hung, gone or empty: orders get owners at once, what is due is at most 20 s late, nothing is doubled."""

import threading
import time
from random import Random

import pytest
import redis

from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.intake import Pouring, ids_of, made_orders
from tests.faults.product import kept_down
from tests.faults.running import Running
from tests.faults.waiting import Measured

LATE = 20
WORKERS_BACK = 60


def assert_the_loop_is_celerys_again(running: Running, measured: Measured, *, since: float) -> None:
    healed = running.oracle.now()
    measured.until(
        "workers sweep again",
        lambda: running.works("worker", since=healed),
        since=since,
        at_most=WORKERS_BACK,
    )


@pytest.mark.short
def test_valkey_hangs_for_20_seconds(running: Running, dice: Random, measured: Measured) -> None:
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=3):
        dues.one_a_second(dice, seconds=3)
        with running.product.frozen("valkey"):
            dues.one_a_second(dice, seconds=20)
    thawed = time.monotonic()

    dues.assert_noticed(measured, at_most=LATE)
    assert_the_loop_is_celerys_again(running, measured, since=thawed)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)


def test_valkey_is_gone_for_30_seconds(running: Running, dice: Random, measured: Measured) -> None:
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=4):
        dues.one_a_second(dice, seconds=4)
        with kept_down(running.product, "valkey"):
            dues.one_a_second(dice, seconds=30)
    back = time.monotonic()

    dues.assert_noticed(measured, at_most=LATE)
    assert_the_loop_is_celerys_again(running, measured, since=back)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)
    running.assert_audited()


def test_valkey_is_emptied_in_the_middle_of_a_wave(
    running: Running, dice: Random, measured: Measured
) -> None:
    rows = made_orders(1000, dice)
    pouring = Pouring(running.rest, rows, size=100, name="flushed")
    over = threading.Event()

    def flush() -> None:
        with redis.Redis.from_url(running.product.addresses["redis_url"]) as valkey:
            while not over.wait(dice.uniform(0.05, 0.5)):
                valkey.flushall()

    flushing = threading.Thread(target=flush, daemon=True)
    flushing.start()
    pouring.begin()
    pouring.wait(90)
    over.set()
    flushing.join(5)
    began = time.monotonic()

    assert running.oracle.owned(ids_of(rows)) == len(rows)
    assert_the_loop_is_celerys_again(running, measured, since=began)
    running.wait_ended(rows)
    running.assert_all_is_well(rows)
    assert running.oracle.better_moves(ids_of(rows)) == []
