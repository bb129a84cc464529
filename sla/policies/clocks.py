"""Clocks as values: when one starts until when it runs, and what has come due of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sla.policies.ladder import DEFAULT_LADDER, Quiet, Rung, default_stuck, rungs_for


@dataclass(frozen=True, slots=True)
class RuleFacts:
    target_seconds: int
    mode: str
    warn_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixFacts:
    """A published version; rules by (kind, stage, severity), seconds without movement by (stage, level)."""

    version: int
    rules: Mapping[tuple[str, str, str], RuleFacts] = field(default_factory=dict)
    rungs: tuple[Rung, ...] = DEFAULT_LADDER
    stuck: Mapping[tuple[str, int], int] = field(default_factory=default_stuck)
    quiet: Quiet | None = None
    _fitting: dict[tuple[str, str, str], tuple[Rung, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def rungs_for(self, *, trigger: str, stage: str, severity: str) -> tuple[Rung, ...]:
        """`ladder.rungs_for`, found once for each kind of order: a look asks for them several times an order."""
        key = (trigger, stage, severity)
        if key not in self._fitting:
            self._fitting[key] = rungs_for(self.rungs, trigger=trigger, stage=stage, severity=severity)
        return self._fitting[key]


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A clock that runs. `warnings` are (share in %, moment); `warned` the share that was told already.

    `rung_moments` are the same of the ladder's rungs that come before the deadline.
    """

    id: int
    kind: str
    subject_type: str
    subject_id: int
    generation: str
    severity: str
    started_at: datetime
    due_at: datetime
    warnings: tuple[tuple[int, datetime], ...] = ()
    warned: int = 0
    breached_at: datetime | None = None
    rung_moments: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class ClockStart:
    """A clock that ought to run and doesn't yet."""

    kind: str
    subject_type: str
    subject_id: int
    generation: str
    stage: str
    severity: str
    mode: str
    target_seconds: int
    started_at: datetime
    due_at: datetime
    warnings: tuple[tuple[int, datetime], ...]
    warned: int
    policy_version: int
    calendar_code: str = ""
    calendar_version: int | None = None
    breached: bool = False
    rung_moments: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class ClockEnd:
    id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Tick:
    """What has come due of a clock: `warn` is the highest share that passed and was not told, or None."""

    warn: int | None
    breach: bool


Until = Callable[[timedelta], datetime]
"""When so much of the target is used up, under the calendar or shifts that the clock is counted by."""


class RuleMissing(LookupError):
    """The matrix has no rule for this (kind, stage, severity): the order can't be given a deadline."""


def rule_for(matrix: MatrixFacts, *, kind: str, stage: str, severity: str) -> RuleFacts:
    """Raises RuleMissing."""
    try:
        return matrix.rules[kind, stage, severity]
    except KeyError:
        raise RuleMissing(f"matrix v{matrix.version}: no rule for {kind}, {stage}, {severity}") from None


def moments(rule: RuleFacts, *, until: Until) -> tuple[datetime, tuple[tuple[int, datetime], ...]]:
    """The deadline and the warnings before it."""
    return until(timedelta(seconds=rule.target_seconds)), shares_of(rule, rule.warn_at, until=until)


def shares_of(rule: RuleFacts, shares: Iterable[int], *, until: Until) -> tuple[tuple[int, datetime], ...]:
    """When these shares of the target are used up, in ascending order."""
    target = timedelta(seconds=rule.target_seconds)
    return tuple((share, until(target * share / 100)) for share in sorted(shares))


def tick(
    *,
    warnings: tuple[tuple[int, datetime], ...],
    warned: int,
    due_at: datetime,
    breached_at: datetime | None,
    now: datetime,
) -> Tick:
    """What is due at `now` and was not written yet. After a breach nobody is warned of it any more."""
    if breached_at is not None:
        return Tick(warn=None, breach=False)
    if due_at <= now:
        return Tick(warn=None, breach=True)
    passed = [share for share, at in warnings if share > warned and at <= now]
    return Tick(warn=max(passed, default=None), breach=False)


def next_moment(
    *, warnings: tuple[tuple[int, datetime], ...], warned: int, due_at: datetime, breached: bool
) -> datetime | None:
    """When something of this clock comes due next; None when nothing will any more."""
    if breached:
        return None
    return min([due_at, *(at for share, at in warnings if share > warned)])
