"""The terms of a deal as values: when an undecided client is followed up, how long people have for what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of the follow-up: `delay` from the beginning, `within` to do it, both in seconds."""

    id: int
    number: int
    delay: int
    within: int = 4 * HOUR


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """A published version; all stretches in seconds, round the clock."""

    version: int
    steps: tuple[StepFacts, ...] = ()
    lead_after: int = DAY
    lead_within: int = 4 * HOUR
    think_within: int | None = None
    tracking_every: int = 2 * DAY
    tracking_within: int = 12 * HOUR
    approval_within: int = 4 * HOUR
    approval_expires: int = 2 * DAY
    payout_within: int = DAY
    claim_within: int = 3 * DAY
    claim_window: int = 14 * DAY

    @property
    def ask_within(self) -> timedelta:
        """How long whoever asks the client has, once it is time to ask."""
        return timedelta(seconds=self.steps[0].within if self.steps else self.lead_within)

    def thinks_until(self, asked_at: datetime) -> datetime | None:
        """How long a client asked then may think by the manager's word alone; None before there was a bound."""
        return None if self.think_within is None else asked_at + timedelta(seconds=self.think_within)


NO_TERMS = TermsFacts(version=0)
"""What holds before any terms are published, and what decisions were taken by before there were terms."""
