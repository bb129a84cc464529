"""The rules that an installation begins with. A lead publishes other versions in the admin."""

from dataclasses import dataclass

from orders.statuses import Severity, Status
from sla.models import ClockKind, Mode

CALENDAR_CODE = "default"
TIME_ZONE = "Europe/Moscow"

CALENDAR_HOURS = {"week": [[["09:00", "21:00"]]] * 7, "exceptions": {}}
"""When sellers and clients can be reached: every day, as the shop sells. No break that everybody takes at once:
managers are on shifts round the clock and take theirs in turn."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

WARN_AT = (50, 75, 90)
"""Shares of the target, in %, at which whoever's turn it is gets reminded."""


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the matrix: targets in seconds for normal, high and critical orders."""

    kind: str
    stage: str
    mode: str
    normal: int
    high: int
    critical: int

    def by_severity(self) -> dict[str, int]:
        return {Severity.NORMAL: self.normal, Severity.HIGH: self.high, Severity.CRITICAL: self.critical}


TARGETS = (
    # By the team's hours, so that an order that nobody can take at night breaches nothing before the morning.
    Target(ClockKind.ASSIGN, Status.PENDING_MANAGER, Mode.BUSINESS, 10 * MINUTE, 5 * MINUTE, 3 * MINUTE),
    Target(ClockKind.ACCEPT, Status.PENDING_MANAGER, Mode.SHIFT, 30 * MINUTE, 15 * MINUTE, 10 * MINUTE),
    # Talking to the seller and 28 points: a working day and a third, two thirds, one.
    Target(ClockKind.STAGE, Status.UNDER_INSPECTION, Mode.BUSINESS, 16 * HOUR, 8 * HOUR, 4 * HOUR),
    # The client thinks by day and by night; from their decision on as long for the payment and the seller.
    Target(ClockKind.CLIENT_DECISION, Status.AWAITING_PAYMENT, Mode.ELAPSED, 72 * HOUR, 48 * HOUR, 24 * HOUR),
    Target(ClockKind.STAGE, Status.AWAITING_PAYMENT, Mode.ELAPSED, 72 * HOUR, 48 * HOUR, 24 * HOUR),
    Target(ClockKind.STAGE, Status.READY_FOR_SHIPMENT, Mode.BUSINESS, 24 * HOUR, 16 * HOUR, 8 * HOUR),
    # Carriers drive at night too.
    Target(ClockKind.STAGE, Status.IN_TRANSIT, Mode.ELAPSED, 10 * DAY, 7 * DAY, 5 * DAY),
)

STAGE_WEIGHTS = {
    Status.PENDING_MANAGER: "1",
    Status.UNDER_INSPECTION: "1",
    # The client's turn, then waiting for the seller and the carrier: little of it is the manager's work.
    Status.AWAITING_PAYMENT: "0.2",
    Status.READY_FOR_SHIPMENT: "0.5",
    Status.IN_TRANSIT: "0.1",
    Status.DELIVERED: "0",
    Status.CANCELLED: "0",
    Status.REJECTED: "0",
}
SEVERITY_WEIGHTS = {Severity.NORMAL: "1", Severity.HIGH: "1.5", Severity.CRITICAL: "2"}
