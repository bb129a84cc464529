"""The loop's workers die: the work goes on, what is due is noticed once and in time."""

import time
from random import Random

import pytest

from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.intake import body_of, made_orders
from tests.faults.product import kept_down
from tests.faults.running import Running
from tests.faults.waiting import Measured

STORM = 400
LATE = 15


def a_storm_of_dues(running: Running, dice: Random, *, seconds: int) -> Dues:
    """Many orders whose acceptance comes due at one instant, so many seconds from now."""
    rows = made_orders(STORM, dice)
    with quick_acceptance(running.oracle, seconds=seconds):
        running.rest.insist(
            "orders/batch/", {"orders": [body_of(row) for row in rows]}, once=rows[0]["external_id"]
        )
    return Dues(running, rows)


def wait_for_the_instant(running: Running, dues: Dues, *, plus: float) -> None:
    left = (min(dues.first_dues()) - running.oracle.now()).total_seconds()
    assert left > 0, "the machine is too slow: all was due before it came to the fault"
    time.sleep(left + plus)


def assert_all_is_noticed_once(running: Running, dues: Dues, measured: Measured, *, at_most: float) -> None:
    dues.assert_noticed(measured, at_most=at_most)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)
    rounds = running.oracle.rows(
        """SELECT o.external_id FROM ai_assignments a JOIN orders_order o ON o.id = a.order_id
            WHERE o.external_id = ANY(%(ids)s) GROUP BY o.id HAVING count(*) <> 2""",
        ids=[row["external_id"] for row in dues.rows],
    )
    assert rounds == [], "each goes from the silent manager to the next, and stays there"


@pytest.mark.parametrize("role", ["worker", "beat"])
def test_it_is_killed_in_the_middle_of_a_storm(
    running: Running, dice: Random, measured: Measured, role: str
) -> None:
    dues = a_storm_of_dues(running, dice, seconds=15)
    wait_for_the_instant(running, dues, plus=dice.uniform(0, 1))
    running.product.kill(role)

    assert_all_is_noticed_once(running, dues, measured, at_most=LATE)


def test_all_of_celery_is_gone_for_a_minute(running: Running, dice: Random, measured: Measured) -> None:
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=5):
        dues.one_a_second(dice, seconds=5)
        with kept_down(running.product, "worker", "beat"):
            dues.one_a_second(dice, seconds=60)
    back, restarted = time.monotonic(), running.oracle.now()

    dues.assert_noticed(measured, at_most=LATE)
    measured.until(
        "workers sweep again", lambda: running.works("worker", since=restarted), since=back, at_most=60
    )
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)
    running.assert_audited()


def test_a_child_of_the_pool_is_killed_again_and_again(
    running: Running, dice: Random, measured: Measured
) -> None:
    dues = a_storm_of_dues(running, dice, seconds=15)
    wait_for_the_instant(running, dues, plus=0)
    for _ in range(5):
        running.product.kill_child("worker", dice)
        time.sleep(dice.uniform(0.1, 0.6))

    assert_all_is_noticed_once(running, dues, measured, at_most=LATE)


def test_two_beats_and_two_workers_do_no_harm(running: Running, dice: Random, measured: Measured) -> None:
    with running.product.another("beat"), running.product.another("worker"):
        time.sleep(15)
        dues = a_storm_of_dues(running, dice, seconds=15)
        assert_all_is_noticed_once(running, dues, measured, at_most=LATE)
    running.assert_audited()
