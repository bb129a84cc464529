from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assignment.policies.weights import Weights
from core.policies.worktime import Calendar
from sla.policies.clocks import ClockFacts, MatrixFacts

DEFAULT_CALENDAR = "default"


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """The manager who holds the order, since which round, and when they work (for the acceptance clock)."""

    user_id: int
    round: int
    state: str
    assigned_at: datetime
    available: bool = True
    absent_from: datetime | None = None
    calendar_code: str = DEFAULT_CALENDAR
    shifts: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Picked:
    """The manager whom `distribute` chose in this look."""

    user_id: int
    calendar_code: str = DEFAULT_CALENDAR
    shifts: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskFacts:
    id: int
    owner_id: int
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All that the plan knows of an order. `step` is what stands there from the last look.

    `silent`: who had it before and stayed silent or gave it back, and when. `cancelled_tasks`: of those whose
    clocks still run.
    """

    id: int
    version: int
    status: str
    status_sequence: int
    severity: str
    created_at: datetime
    status_since: datetime
    waiting_since: datetime
    rounds: int = 0
    owner: OwnerFacts | None = None
    silent: tuple[tuple[int, datetime], ...] = ()
    clocks: tuple[ClockFacts, ...] = ()
    tasks: tuple[TaskFacts, ...] = ()
    cancelled_tasks: tuple[int, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force: immutable versions of the matrix, the weights and the calendars."""

    matrix: MatrixFacts
    weights: Weights
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    claim_window: timedelta = timedelta(days=14)

    def calendar(self, code: str) -> Calendar:
        return self.calendars.get(code) or self.calendars[DEFAULT_CALENDAR]

    @property
    def version(self) -> str:
        """What the journal keeps, e.g. "matrix=3 weights=1 calendar.default=2"."""
        calendars = " ".join(f"calendar.{code}={c.version}" for code, c in sorted(self.calendars.items()))
        return f"matrix={self.matrix.version} weights={self.weights.version} {calendars}"
