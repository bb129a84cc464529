"""How much came within the last minute, counted for all processes of a machine."""

import os

from core.buckets import Buckets


def in_another_process(buckets: Buckets, name: str, *, times: int) -> None:
    child = os.fork()
    if child == 0:
        for _time in range(times):
            buckets.pour(name, per_minute=10)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def test_a_bucket_holds_a_minutes_worth_and_tells_when_there_is_room() -> None:
    buckets = Buckets()

    assert [buckets.pour("a", per_minute=10) for _turn in range(10)] == [0.0] * 10
    # One in six seconds leaks out.
    assert 5.5 < buckets.pour("a", per_minute=10) <= 6.0
    assert buckets.pour("b", per_minute=10) == 0.0


def test_processes_that_were_forked_pour_into_the_same_buckets() -> None:
    buckets = Buckets()

    in_another_process(buckets, "a", times=7)

    assert [bool(buckets.pour("a", per_minute=10)) for _turn in range(4)] == [False, False, False, True]
