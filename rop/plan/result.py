from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sla.policies.clocks import ClockEnd, ClockStart


@dataclass(frozen=True, slots=True)
class Release:
    """The owner loses the order: `state` is what the assignment ends as (silent, unavailable, returned)."""

    user_id: int
    round: int
    state: str


@dataclass(frozen=True, slots=True)
class StepPlan:
    code: str
    whose: str
    user_id: int | None
    due_at: datetime
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something of a running clock has come due: a warning was given, or the deadline passed."""

    clock_id: int
    warned: int
    breached: bool


@dataclass(frozen=True, slots=True)
class EscalationOpen:
    """Something begins to climb. `subject` and `trigger` name its clock, which may be started in the same look."""

    trigger: str
    generation: str
    subject: tuple[str, int] | None
    because: dict[str, Any]
    fired: dict[str, tuple[int, datetime]]
    level: int
    times_told: int


@dataclass(frozen=True, slots=True)
class EscalationChange:
    """It climbed, its acknowledgement ended, or the order has another owner."""

    id: int
    state: str
    owner_id: int | None
    fired: dict[str, tuple[int, datetime]]
    level: int
    times_told: int


@dataclass(frozen=True, slots=True)
class EscalationEnd:
    """Its cause is over. A resolved one stays resolved."""

    id: int
    state: str


@dataclass(frozen=True, slots=True)
class Climb:
    """What the ladder does to an order. `announce`: what the cards that were told show now.

    `propose` is what the proposal is about, or "".
    """

    open: tuple[EscalationOpen, ...] = ()
    change: tuple[EscalationChange, ...] = ()
    end: tuple[EscalationEnd, ...] = ()
    snooze_end: int | None = None
    propose: str = ""
    proposal_expire: int | None = None
    announce: str = ""

    @property
    def acts(self) -> bool:
        return self != Climb()


@dataclass(frozen=True, slots=True)
class Notice:
    """Who must be told what, because of what.

    `to`: `owner`, `lead` (of the owner's team), `duty`, `group` or a user id.

    `key` makes telling it twice telling it once.
    """

    template: str
    importance: int
    to: str
    key: str
    context: dict[str, Any] = field(default_factory=dict)
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer: what ought to be true of this order, and what has to be written and told for it."""

    order_id: int
    version: int
    owner_id: int | None
    release: Release | None = None
    accepted: bool = False
    new_owner: bool = False
    close: bool = False
    clocks_end: tuple[ClockEnd, ...] = ()
    clocks_start: tuple[ClockStart, ...] = ()
    clocks_mark: tuple[Mark, ...] = ()
    step: StepPlan | None = None
    due_at: datetime | None = None
    wake_at: datetime | None = None
    queue_key: int = 0
    load_weight: Decimal = Decimal(0)
    notices: tuple[Notice, ...] = ()
    climb: Climb = Climb()

    @property
    def acts(self) -> bool:
        """Whether carrying it out writes more than the order's own columns."""
        return bool(
            self.release
            or self.accepted
            or self.new_owner
            or self.close
            or self.clocks_end
            or self.clocks_start
            or self.clocks_mark
            or self.notices
            or self.climb.acts
        )
