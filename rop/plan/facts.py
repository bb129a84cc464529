from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from assignment.policies.weights import Weights
from core.policies.worktime import Calendar
from orders.policies.terms import NO_TERMS, TermsFacts
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
    number: int | None = None


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
class OpenedFacts:
    """A task that AI-РОП opened by itself in the present stage entry."""

    kind: str
    number: int
    opened_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DealFacts:
    """Where the deal stands from the client's decision on.

    `decision` with its moment and `until` is the client's last word of this stage entry; `lacks` names what of the
    logistics is not recorded.
    """

    decision: str = ""
    decision_id: int | None = None
    decided_at: datetime | None = None
    until: datetime | None = None
    price: Decimal | None = None
    paid: Decimal = Decimal(0)
    seller_agreed: bool = False
    lacks: tuple[str, ...] = ()
    promised_date: date | None = None
    delivered: bool = False
    proved: bool = False
    opened: tuple[OpenedFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockerFacts:
    id: int
    owner_id: int
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    id: int
    asked_at: datetime
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HangingFacts:
    """What is open of an order besides its stage: each list the most urgent first. `payouts`: to be paid out."""

    blockers: tuple[BlockerFacts, ...] = ()
    approvals: tuple[ApprovalFacts, ...] = ()
    claims: tuple[int, ...] = ()
    payouts: tuple[int, ...] = ()


NOTHING_HANGS = HangingFacts()


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
    deal: DealFacts | None = None
    hanging: HangingFacts | None = None
    cancelled_tasks: tuple[int, ...] = ()
    step: str = ""
    moved_at: datetime | None = None
    escalations: tuple[EscalationFacts, ...] = ()
    snooze: SnoozeFacts | None = None
    proposal: ProposalFacts | None = None

    @property
    def hangs(self) -> HangingFacts:
        return self.hanging or NOTHING_HANGS

    def muted_until(self, now: datetime) -> datetime | None:
        """Until when nobody is reminded of this order or told more of it; None when it is not snoozed."""
        return self.snooze.until if self.snooze is not None and self.snooze.until > now else None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force: immutable versions of the matrix, the weights and the calendars."""

    matrix: MatrixFacts
    weights: Weights
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    terms: TermsFacts = NO_TERMS

    def calendar(self, code: str) -> Calendar:
        return self.calendars.get(code) or self.calendars[DEFAULT_CALENDAR]

    def end_of(self, day: date) -> datetime:
        """When this date is over where the team works."""
        zone = ZoneInfo(self.calendar(DEFAULT_CALENDAR).time_zone)
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)

    @property
    def version(self) -> str:
        """What the journal keeps, e.g. "matrix=3 weights=1 terms=1 calendar.default=2"."""
        calendars = " ".join(f"calendar.{code}={c.version}" for code, c in sorted(self.calendars.items()))
        rules = f"matrix={self.matrix.version} weights={self.weights.version} terms={self.terms.version}"
        return f"{rules} {calendars}"
