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
    on_shift: bool = True
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
    kind: str = "general"


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """The current inspection: the numbers of the points that lack their answer or their files, and the verdict.

    `contacted`: the seller was talked to. `untouched`: nothing was answered yet.
    """

    points_open: tuple[int, ...]
    proof_open: tuple[int, ...] = ()
    verdict: str = ""
    decision: str = ""
    contacted: bool = False
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class EscalationFacts:
    """What climbs the ladder, or did so for this stage entry (`over`: it may not climb again).

    `fired`: by the key of a rung how often it was told and when last.
    """

    id: int
    trigger: str
    generation: str
    state: str
    owner_id: int | None = None
    fired: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    times_told: int = 0
    acknowledged_until: datetime | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class SnoozeFacts:
    id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What waits for a lead's yes: to take the order from this owner."""

    id: int
    from_user_id: int


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All that the plan knows of an order. `step` is what stands there from the last look.

    `silent`: who had it before and stayed silent or gave it back, and when. `cancelled_tasks`: of those whose
    clocks still run. `moved_at`: the last movement; None stands for the beginning of the status.
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
    inspection: InspectionFacts | None = None
    cancelled_tasks: tuple[int, ...] = ()
    step: str = ""
    moved_at: datetime | None = None
    escalations: tuple[EscalationFacts, ...] = ()
    snooze: SnoozeFacts | None = None
    proposal: ProposalFacts | None = None

    def muted_until(self, now: datetime) -> datetime | None:
        """Until when nobody is reminded of this order or told more of it; None when it is not snoozed."""
        return self.snooze.until if self.snooze is not None and self.snooze.until > now else None


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
