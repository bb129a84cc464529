"""What happens to a message after an attempt to send it: a table, decided without a database or a network."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

AT_LEAST_ONCE = 30
"""Messages up to this importance (a breach) are repeated once after an unknown outcome; the others never are."""

UNKNOWN_AT_MOST = 1
FAULTS_AT_MOST = 5
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=5)
REPEAT_AFTER = timedelta(seconds=5)
LOCKED_OUT = timedelta(seconds=30)


class Kind(StrEnum):
    SENT = "sent"
    UNCHANGED = "unchanged"  # the card says this already
    HELD = "held"  # told to wait: no attempt
    LOCKED_OUT = "locked_out"  # the bot's token is refused: nobody's fault, no attempt
    NOT_SENT = "not_sent"  # it surely did not arrive: refused connection, no address
    UNKNOWN = "unknown"  # it may have arrived: timeout, reset, an answer that can't be read
    UNREACHABLE = "unreachable"  # the addressee can't be reached this way any more
    REFUSED = "refused"  # this message will never be taken: bad markup, too long
    MIGRATED = "migrated"  # the group has a new id
    CARD_GONE = "card_gone"  # the card to edit was deleted
    FAULT = "fault"  # our own defect before anything was sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. `wait` is what Telegram asked for, `reason` a short text for the panel."""

    kind: Kind
    reason: str = ""
    wait: timedelta | None = None
    chat_id: int | None = None
    provider_id: str = ""


class Then(StrEnum):
    SENT = "sent"
    WAIT = "wait"
    AS_LETTER = "as_letter"
    TO_THE_NEXT = "to_the_next"
    ANEW = "anew"
    SUPERSEDED = "superseded"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Tried:
    """What the decision needs to know of the message."""

    importance: int
    attempts: int
    unknown_outcomes: int
    edits: bool = False
    is_reply: bool = False
    by_letter: bool = False
    has_email: bool = False
    anew: bool = False

    @property
    def repeats(self) -> bool:
        return self.importance <= AT_LEAST_ONCE


@dataclass(frozen=True, slots=True)
class Verdict:
    then: Then
    wait: timedelta = timedelta(0)
    counts: bool = False
    unknown: bool = False


def decide(outcome: Outcome, tried: Tried) -> Verdict:
    """Total over kinds of outcome: every message either waits for a moment or ends."""
    match outcome.kind:
        case Kind.SENT | Kind.UNCHANGED:
            return Verdict(Then.SENT)
        case Kind.HELD:
            return Verdict(Then.WAIT, outcome.wait or backoff(tried.attempts))
        case Kind.LOCKED_OUT:
            return Verdict(Then.WAIT, LOCKED_OUT)
        case Kind.NOT_SENT:
            return Verdict(Then.WAIT, backoff(tried.attempts), counts=True)
        case Kind.MIGRATED:
            return Verdict(Then.WAIT)
        case Kind.UNKNOWN:
            return _after_unknown(tried)
        case Kind.CARD_GONE:
            return Verdict(Then.ANEW if tried.anew else Then.SUPERSEDED)
        case Kind.FAULT if tried.attempts + 1 < FAULTS_AT_MOST:
            return Verdict(Then.WAIT, backoff(tried.attempts), counts=True)
        case Kind.UNREACHABLE | Kind.REFUSED | Kind.FAULT:
            return _by_another_way(tried)


def _after_unknown(tried: Tried) -> Verdict:
    if tried.edits:
        # Editing twice is editing once: it can be tried until it is clear.
        if tried.attempts + 1 < FAULTS_AT_MOST:
            return Verdict(Then.WAIT, backoff(tried.attempts), counts=True)
        return Verdict(Then.DEAD)
    if tried.repeats and tried.unknown_outcomes < UNKNOWN_AT_MOST:
        return Verdict(Then.WAIT, REPEAT_AFTER, counts=True, unknown=True)
    if tried.repeats:
        return _by_another_way(tried)
    return Verdict(Then.DEAD, unknown=True)


def _by_another_way(tried: Tried) -> Verdict:
    """A letter, else the next person when it matters. Answers to a command go nowhere else."""
    if tried.is_reply:
        return Verdict(Then.DEAD)
    if tried.has_email and not tried.by_letter:
        return Verdict(Then.AS_LETTER)
    return Verdict(Then.TO_THE_NEXT if tried.repeats else Then.DEAD)


def backoff(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most five minutes."""
    doublings: int = 2 ** min(attempts, 10)
    return min(FIRST_DELAY * doublings, LONGEST_DELAY)
