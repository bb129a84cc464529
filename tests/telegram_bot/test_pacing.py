"""Telegram's limits on a virtual clock."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from telegram_bot.policies.pacing import Lane, Pacing, Waiting, choose

HORIZON = 0.2


def chat(number: int) -> Lane:
    return Lane("telegram", number)


def simulate(
    waiting: list[Waiting], *, rate: float, jitter: list[float], seconds: float = 400
) -> list[tuple[float, Lane]]:
    """When each message leaves, if the loop always wakes up as late as `jitter` says (in turns)."""
    pacing, now, left, ready = Pacing(rate), 0.0, [], []
    turn = 0
    while (waiting or ready) and now < seconds:
        for message in choose(waiting, pacing, now=now, horizon=HORIZON):
            pacing.begin(message.lane, storm=message.storm)
            ready.append(message)
            waiting.remove(message)
        if ready:
            pause = pacing.turn(ready[0].lane, now=now)
            if pause:
                now += pause + jitter[turn % len(jitter)]
                turn += 1
                continue
            message = ready.pop(0)
            left.append((now, message.lane))
            pacing.finish(message.lane, left_at=now, storm=message.storm)
        else:
            now += 0.01
    return left


@settings(deadline=None)
@given(jitter=st.lists(st.floats(0, 0.3), min_size=1, max_size=40))
def test_no_second_ever_has_more_than_thirty_messages(jitter: list[float]) -> None:
    left = simulate([Waiting(n, chat(n)) for n in range(1, 200)], rate=29, jitter=jitter)
    times = [at for at, _ in left]
    assert len(times) == 199
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 30


def test_small_delays_of_the_loop_cost_no_speed() -> None:
    left = simulate([Waiting(n, chat(n)) for n in range(1, 301)], rate=29, jitter=[0.001, 0.002, 0.0005])
    assert 300 / left[-1][0] >= 28


def test_the_loop_catches_up_after_it_was_held_up() -> None:
    left = simulate([Waiting(n, chat(n)) for n in range(1, 301)], rate=29, jitter=[0.2, *[0.001] * 40])
    # A fifth of a second is lost in each 1.4: without catching up, 25 a second would be left.
    assert 300 / left[-1][0] >= 26.5


def test_one_chat_gets_one_message_a_second() -> None:
    left = simulate([Waiting(n, chat(5)) for n in range(10)], rate=29, jitter=[0.001])
    assert all(later - earlier > 0.999 for (earlier, _), (later, _) in pairwise(left))


def test_a_group_gets_eighteen_a_minute() -> None:
    left = simulate([Waiting(n, chat(-100)) for n in range(40)], rate=29, jitter=[0.001])
    assert sum(at < 59.9 for at, _ in left) == 18


def test_a_storm_in_a_group_is_told_five_times_a_minute_and_lets_others_pass() -> None:
    storm = [Waiting(n, chat(-100), storm=True) for n in range(20)]
    left = simulate([*storm, Waiting(99, chat(-100))], rate=29, jitter=[0.001], seconds=300)
    assert sum(at < 59.9 for at, _ in left) == 6  # five of the storm and the one that is none


def test_only_the_first_of_each_chat_is_taken_in_the_order_given() -> None:
    waiting = [Waiting(1, chat(5)), Waiting(2, chat(5)), Waiting(3, chat(6)), Waiting(4, Lane("email", 5))]
    assert [m.id for m in choose(waiting, Pacing(1000), now=0, horizon=HORIZON)] == [1, 3, 4]


def test_no_more_is_taken_than_can_leave_soon_and_that_by_handfuls() -> None:
    waiting = [Waiting(n, chat(n)) for n in range(1, 100)]
    pacing = Pacing(20)
    taken = choose(waiting, pacing, now=0, horizon=HORIZON)
    # Twenty a second, for a moment 1.4 times as fast: every 36 ms, first now.
    assert len(taken) == 6
    for message in taken:
        pacing.begin(message.lane)
    assert choose(waiting[6:], pacing, now=0, horizon=HORIZON) == []
    for message in taken[:2]:
        pacing.finish(message.lane, left_at=None)
    assert choose(waiting[6:], pacing, now=0, horizon=HORIZON) == []
    pacing.finish(taken[2].lane, left_at=None)
    assert len(choose(waiting[6:], pacing, now=0, horizon=HORIZON)) == 3


def test_a_held_chat_waits_and_the_others_do_not() -> None:
    pacing = Pacing(1000)
    pacing.hold(chat(5), seconds=7, now=100.0)
    assert pacing.lane_free_at(chat(5)) == 107
    assert pacing.lane_free_at(chat(6)) == 0
    assert pacing.is_held(chat(5), now=106.9)
    assert not pacing.is_held(chat(5), now=107.0)


def test_a_second_chat_that_is_told_to_wait_holds_everybody_until_the_later_end() -> None:
    pacing = Pacing(1000)
    pacing.hold(chat(5), seconds=7, now=100.0)
    pacing.hold(chat(6), seconds=3, now=101.0)
    assert pacing.lane_free_at(chat(7)) == 107
    assert pacing.slots(now=101.0, horizon=HORIZON) == 0
    assert pacing.lane_free_at(Lane("email", 1)) == 0


def test_a_second_chat_after_the_hold_of_the_first_holds_itself_only() -> None:
    pacing = Pacing(1000)
    pacing.hold(chat(5), seconds=7, now=100.0)
    pacing.hold(chat(6), seconds=3, now=107.5)
    assert pacing.lane_free_at(chat(7)) == 0


def test_without_a_time_the_wait_doubles_until_a_message_arrives() -> None:
    pacing = Pacing(1000)
    assert [pacing.hold(chat(5), seconds=None, now=float(at)) for at in range(0, 900, 100)] == [
        1, 2, 4, 8, 16, 32, 60, 60, 60,
    ]  # fmt: skip
    pacing.delivered(chat(5))
    assert pacing.hold(chat(5), seconds=None, now=2000.0) == 1
