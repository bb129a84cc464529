"""When the next message may leave: Telegram's limits and its requests to wait, on a monotonic clock of seconds."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PRIVATE_GAP = 1.0
GROUP_GAP = 60 / 18
STORM_GAP = 12.0
"""Seconds between messages of a storm (those that can be merged) in one group: five a minute."""

WINDOW = 1.005
"""Seconds over which the rate is counted: a little more than Telegram's one, for what the network shifts."""

CATCHING_UP = 1.4
"""How much faster than the rate messages may follow each other for a moment, after the loop was held up."""

FIRST_HOLD = 1.0
LONGEST_HOLD = 60.0


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """One address: messages of a lane leave one after another. channel: telegram, email or none."""

    channel: str
    address: int

    @property
    def is_group(self) -> bool:
        return self.channel == "telegram" and self.address < 0


@dataclass(slots=True)
class _LaneState:
    free_at: float = 0.0
    storm_free_at: float = 0.0
    held_until: float = 0.0
    blind_holds: int = 0
    busy: bool = False
    has_slot: bool = False
    leaves_at: float = 0.0


@dataclass(slots=True)
class Pacing:
    """`rate` is messages a second over all chats of Telegram; letters are not paced, only taken one by one.

    No window of time has more than its share, counted by when messages really left.
    """

    rate: float
    held_until: float = 0.0
    _slots_given: int = 0
    _left: deque[float] = field(default_factory=deque)
    _lanes: dict[Lane, _LaneState] = field(default_factory=dict)

    def lane_free_at(self, lane: Lane, *, storm: bool = False) -> float:
        """The earliest moment for this lane; infinity while a message of it is on its way."""
        state = self._lanes.get(lane)
        if state is None:
            return self.held_until if lane.channel == "telegram" else 0.0
        if state.busy:
            return float("inf")
        free_at = max(state.free_at, state.held_until, state.storm_free_at if storm else 0.0)
        return max(free_at, self.held_until) if lane.channel == "telegram" else free_at

    def slots(self, *, now: float, horizon: float) -> int:
        """How many more messages to Telegram can leave before `now + horizon`.

        None while more than half of those that can leave are taken already: taking costs the same for one as
        for several, so they are taken by handfuls.
        """
        until = now + horizon
        if self.held_until > until:
            return 0
        recent = sum(left_at > until - WINDOW for left_at in self._left)
        by_gap = int((until - max(self._next_by_gap(), now)) / self._gap) + 1
        free = min(self._most - recent, by_gap)
        return free - self._slots_given if self._slots_given <= free / 2 else 0

    def begin(self, lane: Lane, *, storm: bool = False) -> None:
        """A message of this lane was taken, maybe a little before it may leave."""
        state = self._state(lane)
        state.busy = True
        state.leaves_at = max(state.free_at, state.storm_free_at) if storm else state.free_at
        if lane.channel == "telegram":
            state.has_slot = True
            self._slots_given += 1

    def turn(self, lane: Lane, *, now: float) -> float:
        """Seconds to wait before this lane's message may leave; 0 says now, and uses up its slot."""
        state = self._state(lane)
        by_window = self._left[0] + WINDOW if len(self._left) == self._most else 0.0
        leaves_at = max(by_window, self._next_by_gap(), state.leaves_at)
        if now < leaves_at:
            return leaves_at - now
        if len(self._left) == self._most:
            self._left.popleft()
        self._left.append(now)
        self._return_slot(state)
        return 0.0

    def finish(self, lane: Lane, *, left_at: float | None, storm: bool = False) -> None:
        """The lane is free again; `left_at` is when a message left, None when none did."""
        state = self._state(lane)
        state.busy = False
        self._return_slot(state)
        if left_at is None or lane.channel != "telegram":
            return
        state.free_at = left_at + (GROUP_GAP if lane.is_group else PRIVATE_GAP)
        if storm and lane.is_group:
            state.storm_free_at = left_at + STORM_GAP

    def is_held(self, lane: Lane, *, now: float) -> bool:
        """Whether Telegram told this chat, or everybody, to wait."""
        return max(self._state(lane).held_until, self.held_until) > now

    def hold(self, lane: Lane, *, seconds: float | None, now: float) -> float:
        """Telegram said "wait". A second chat that is told so during a hold means: everybody. Returns the wait."""
        state = self._state(lane)
        if seconds is None:
            seconds = min(FIRST_HOLD * 2**state.blind_holds, LONGEST_HOLD)
            state.blind_holds += 1
        others = [other for key, other in self._lanes.items() if key != lane and other.held_until > now]
        state.held_until = max(state.held_until, now + seconds)
        if others:
            self.hold_all(until=max(state.held_until, *(other.held_until for other in others)))
        return seconds

    def hold_all(self, *, until: float) -> None:
        self.held_until = max(self.held_until, until)

    def delivered(self, lane: Lane) -> None:
        self._state(lane).blind_holds = 0

    def forget_idle(self, *, now: float) -> None:
        """Lanes that restrict nothing any more need no memory."""
        for lane in [
            lane
            for lane, state in self._lanes.items()
            if not state.busy
            and max(state.free_at, state.held_until, state.storm_free_at) < now - LONGEST_HOLD
        ]:
            del self._lanes[lane]

    @property
    def _most(self) -> int:
        return max(1, int(self.rate * WINDOW))

    @property
    def _gap(self) -> float:
        return 1 / (self.rate * CATCHING_UP)

    def _next_by_gap(self) -> float:
        return self._left[-1] + self._gap if self._left else 0.0

    def _return_slot(self, state: _LaneState) -> None:
        if state.has_slot:
            state.has_slot = False
            self._slots_given -= 1

    def _state(self, lane: Lane) -> _LaneState:
        return self._lanes.setdefault(lane, _LaneState())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that could leave: what the choice needs to know of it."""

    id: int
    lane: Lane
    storm: bool = False


def choose(waiting: Sequence[Waiting], pacing: Pacing, *, now: float, horizon: float) -> list[Waiting]:
    """The first of each lane that can leave soon, in the order given, as many as there are slots.

    A message of a storm that has to wait lets others of its lane overtake it; nothing else is overtaken.
    """
    slots = pacing.slots(now=now, horizon=horizon)
    chosen: dict[Lane, Waiting] = {}
    for message in waiting:
        if message.lane in chosen or pacing.lane_free_at(message.lane, storm=message.storm) > now + horizon:
            continue
        if message.lane.channel == "telegram":
            if slots == 0:
                continue
            slots -= 1
        chosen[message.lane] = message
    return list(chosen.values())


def next_moment(waiting: Iterable[Waiting], pacing: Pacing) -> float:
    """When the earliest of these can leave; infinity when all of them wait for something else."""
    return min((pacing.lane_free_at(m.lane, storm=m.storm) for m in waiting), default=float("inf"))
