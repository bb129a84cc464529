"""The ladder: who is told what when a deadline passed or an order stands still. Pure; nothing here reads a clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

CLOCK_TRIGGERS = ("assign", "accept", "stage", "client_decision", "task", "blocker", "approval")
STUCK_TRIGGERS = ("stuck", "stuck_long")
"""By level: the first for level 1."""

OWNER, LEAD, DUTY, GROUP = "owner", "lead", "duty", "group"
LEVELS: Mapping[str, int] = {OWNER: 1, LEAD: 2, DUTY: 3, GROUP: 4}
"""How high up the ladder somebody stands."""

Fired = Mapping[str, tuple[int, datetime]]
"""By the key of a rung: how often it was told, and when last."""


@dataclass(frozen=True, slots=True)
class Rung:
    """When (`share` of the target in %, or `after_seconds` the breach or the threshold), who, what, how often.

    "" as the stage or severity is every one.
    """

    trigger: str
    whom: str
    action: str
    share: int | None = None
    after_seconds: int | None = None
    stage: str = ""
    severity: str = ""
    repeat_seconds: int | None = None
    at_most: int = 1

    key: str = field(init=False, compare=False)
    """What it is told by, not its row: a new version of the ladder tells nobody twice."""

    def __post_init__(self) -> None:
        moment = f"{self.share}%" if self.after_seconds is None else f"+{self.after_seconds}"
        object.__setattr__(self, "key", f"{self.whom}:{self.action}:{moment}")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is told what can wait: local times, past midnight when they end before they start."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Cause:
    """What an escalation is about, from when on: the deadline or the threshold.

    `shares` are the moments of the rungs before it, (share in %, moment).
    """

    at: datetime
    shares: tuple[tuple[int, datetime], ...] = ()

    def moment(self, rung: Rung) -> datetime | None:
        """When the rung is reached first; None when the clock was started without this share."""
        if rung.after_seconds is not None:
            return self.at + timedelta(seconds=rung.after_seconds)
        return dict(self.shares).get(rung.share or 0)


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps the ladder silent: `until` (a snooze, an acknowledgement), and the quiet hours.

    `quiet_until` is when the present quiet hours end; None outside of them, and for what can't wait.
    """

    until: datetime | None = None
    quiet_until: datetime | None = None
    owner_works: bool = True

    def on(self, rung: Rung) -> datetime | None:
        """Until when this rung has to wait; None when it may be told now."""
        quiet = None if rung.whom == OWNER and self.owner_works else self.quiet_until
        return max(filter(None, [self.until, quiet]), default=None)


@dataclass(frozen=True, slots=True)
class Firing:
    """A rung that is told now, for the `times`-th time."""

    rung: Rung
    times: int


def rungs_for(rungs: Sequence[Rung], *, trigger: str, stage: str, severity: str) -> tuple[Rung, ...]:
    """The rungs for such an order: of the rows of the same (whom, action) the most particular ones only."""
    fitting = [
        rung
        for rung in rungs
        if rung.trigger == trigger and rung.stage in ("", stage) and rung.severity in ("", severity)
    ]
    best: dict[tuple[str, str], int] = {}
    for rung in fitting:
        best[rung.whom, rung.action] = max(best.get((rung.whom, rung.action), 0), _particular(rung))
    return tuple(rung for rung in fitting if _particular(rung) == best[rung.whom, rung.action])


def _particular(rung: Rung) -> int:
    return 2 * bool(rung.severity) + bool(rung.stage)


def firings(
    rungs: Sequence[Rung], cause: Cause, fired: Fired, hold: Hold, now: datetime
) -> tuple[Firing, ...]:
    """What is to be told now. What came due several times while nobody looked, or was held back, is told once."""
    return tuple(
        Firing(rung, _times(rung, fired) + 1)
        for rung in rungs
        if (due := _due(rung, cause, fired)) is not None and due <= now and _held(hold, rung, now) is None
    )


def next_moment(
    rungs: Sequence[Rung], cause: Cause, fired: Fired, hold: Hold, now: datetime
) -> datetime | None:
    """When something of these comes due next, with what is told now told already; None when nothing will any more."""
    return min(
        _moments(rungs, cause, after(fired, firings(rungs, cause, fired, hold, now), now), hold, now),
        default=None,
    )


def _moments(
    rungs: Sequence[Rung], cause: Cause, fired: Fired, hold: Hold, now: datetime
) -> Iterator[datetime]:
    for rung in rungs:
        due = _due(rung, cause, fired)
        if due is not None:
            yield due if due > now else _held(hold, rung, now) or now


def after(fired: Fired, told: Iterable[Firing], now: datetime) -> dict[str, tuple[int, datetime]]:
    """What was told, once these are told too."""
    return {**fired, **{firing.rung.key: (firing.times, now) for firing in told}}


def reached(fired: Fired) -> int:
    """The level of the highest who was told."""
    return max((LEVELS[key.partition(":")[0]] for key in fired), default=0)


def _times(rung: Rung, fired: Fired) -> int:
    return fired[rung.key][0] if rung.key in fired else 0


def _due(rung: Rung, cause: Cause, fired: Fired) -> datetime | None:
    """When it is told for the first time, or again."""
    if rung.key not in fired:
        return cause.moment(rung)
    times, last = fired[rung.key]
    if rung.repeat_seconds is None or times >= rung.at_most:
        return None
    return last + timedelta(seconds=rung.repeat_seconds)


def _held(hold: Hold, rung: Rung, now: datetime) -> datetime | None:
    until = hold.on(rung)
    return until if until is not None and until > now else None


def quiet_until(quiet: Quiet | None, *, time_zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` falls into end; None outside of them."""
    if quiet is None or quiet.start == quiet.end:
        return None
    end = _quiet_end(quiet, time_zone, now.timestamp())
    return end and end.astimezone(now.tzinfo)


@lru_cache(maxsize=64)
def _quiet_end(quiet: Quiet, time_zone: str, now: float) -> datetime | None:
    """Kept, for a look asks about one moment for every reason of every order."""
    zone = ZoneInfo(time_zone)
    here = datetime.fromtimestamp(now, zone)
    for day in (here.date() - timedelta(days=1), here.date()):
        start = datetime.combine(day, quiet.start, tzinfo=zone)
        overnight = timedelta(days=int(quiet.end < quiet.start))
        end = datetime.combine(day + overnight, quiet.end, tzinfo=zone)
        # Compared as moments: within one zone Python would compare wall clocks.
        if start.timestamp() <= now < end.timestamp():
            return end
    return None


MINUTE, HOUR = 60, 3600


def _breach(trigger: str) -> tuple[Rung, ...]:
    """Its owner and their lead at once, the lead on duty an hour later, the group after two; sooner when critical."""
    normal = (
        Rung(trigger, OWNER, "remind", after_seconds=0),
        Rung(trigger, LEAD, "escalate", after_seconds=0),
        Rung(trigger, DUTY, "escalate", after_seconds=HOUR),
        Rung(trigger, GROUP, "escalate", after_seconds=2 * HOUR, repeat_seconds=4 * HOUR, at_most=3),
    )
    critical = (
        Rung(trigger, DUTY, "escalate", after_seconds=15 * MINUTE),
        Rung(trigger, GROUP, "escalate", after_seconds=30 * MINUTE, repeat_seconds=HOUR, at_most=6),
    )
    return (*normal, *(replace(rung, severity="critical") for rung in critical))


DEFAULT_LADDER: tuple[Rung, ...] = (
    # Nobody has it: those who can make room are told, quickly.
    Rung("assign", LEAD, "escalate", after_seconds=0),
    Rung("assign", DUTY, "escalate", after_seconds=10 * MINUTE),
    Rung("assign", GROUP, "escalate", after_seconds=30 * MINUTE, repeat_seconds=HOUR, at_most=3),
    # Silence costs the order.
    Rung("accept", OWNER, "reassign", after_seconds=0),
    *_breach("stage"),
    Rung("stage", LEAD, "propose", after_seconds=2 * HOUR),
    Rung("stage", LEAD, "propose", after_seconds=30 * MINUTE, severity="critical"),
    *_breach("client_decision"),
    *_breach("task"),
    *_breach("blocker"),
    *_breach("approval"),
    Rung("stuck", OWNER, "remind", after_seconds=0),
    Rung("stuck", LEAD, "escalate", after_seconds=0),
    Rung("stuck_long", DUTY, "escalate", after_seconds=0),
    Rung("stuck_long", GROUP, "escalate", after_seconds=0, repeat_seconds=24 * HOUR, at_most=3),
)
"""In force for a version of the matrix that has no rung of its own."""

STUCK_STAGES = ("pending_manager", "under_inspection", "awaiting_payment", "ready_for_shipment", "in_transit")
STUCK_AFTER = (24 * HOUR, 72 * HOUR)
"""Level 1 and level 2, where the matrix says nothing else."""


def default_stuck() -> dict[tuple[str, int], int]:
    """Seconds without movement by (stage, level)."""
    return {(stage, level): STUCK_AFTER[level - 1] for stage in STUCK_STAGES for level in (1, 2)}
