"""What follows from an attempt to send: the whole table."""

from datetime import timedelta

import pytest

from telegram_bot.policies.outcomes import Kind, Outcome, Then, Tried, decide

ASSIGNMENT, BREACH, REMINDER = 20, 30, 40


def then(kind: Kind, *, wait: int | None = None, **tried: object) -> Then:
    facts = {"importance": ASSIGNMENT, "attempts": 0, "unknown_outcomes": 0, **tried}
    given = timedelta(seconds=wait) if wait is not None else None
    return decide(Outcome(kind, wait=given), Tried(**facts)).then  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "tried", "expected"),
    [
        (Kind.SENT, {}, Then.SENT),
        (Kind.UNCHANGED, {}, Then.SENT),
        (Kind.HELD, {}, Then.WAIT),
        (Kind.LOCKED_OUT, {"attempts": 100}, Then.WAIT),
        (Kind.NOT_SENT, {"attempts": 100}, Then.WAIT),
        (Kind.NOT_SENT, {"importance": REMINDER, "attempts": 100}, Then.WAIT),
        (Kind.MIGRATED, {}, Then.WAIT),
        # An unknown outcome: what matters is repeated once, the rest never.
        (Kind.UNKNOWN, {}, Then.WAIT),
        (Kind.UNKNOWN, {"importance": BREACH}, Then.WAIT),
        (Kind.UNKNOWN, {"unknown_outcomes": 1}, Then.TO_THE_NEXT),
        (Kind.UNKNOWN, {"unknown_outcomes": 1, "has_email": True}, Then.AS_LETTER),
        (Kind.UNKNOWN, {"unknown_outcomes": 1, "has_email": True, "by_letter": True}, Then.TO_THE_NEXT),
        (Kind.UNKNOWN, {"importance": REMINDER}, Then.DEAD),
        (Kind.UNKNOWN, {"importance": REMINDER, "has_email": True}, Then.DEAD),
        # Changing a card twice is changing it once.
        (Kind.UNKNOWN, {"edits": True, "importance": REMINDER, "attempts": 3}, Then.WAIT),
        (Kind.UNKNOWN, {"edits": True, "attempts": 4}, Then.DEAD),
        (Kind.UNREACHABLE, {"has_email": True}, Then.AS_LETTER),
        (Kind.UNREACHABLE, {}, Then.TO_THE_NEXT),
        (Kind.UNREACHABLE, {"importance": REMINDER, "has_email": True}, Then.AS_LETTER),
        (Kind.UNREACHABLE, {"importance": REMINDER}, Then.DEAD),
        (Kind.UNREACHABLE, {"by_letter": True, "has_email": True}, Then.TO_THE_NEXT),
        (Kind.UNREACHABLE, {"is_reply": True, "has_email": True}, Then.DEAD),
        (Kind.REFUSED, {}, Then.TO_THE_NEXT),
        (Kind.REFUSED, {"importance": REMINDER}, Then.DEAD),
        (Kind.CARD_GONE, {"edits": True}, Then.SUPERSEDED),
        (Kind.CARD_GONE, {"edits": True, "anew": True}, Then.ANEW),
        (Kind.FAULT, {"attempts": 3}, Then.WAIT),
        (Kind.FAULT, {"attempts": 4}, Then.TO_THE_NEXT),
        (Kind.FAULT, {"attempts": 4, "importance": REMINDER}, Then.DEAD),
    ],
)
def test_an_outcome_leads_to(kind: Kind, tried: dict[str, object], expected: Then) -> None:
    assert then(kind, **tried) == expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("importance", [10, 20, 30, 40, 50])
def test_every_outcome_leads_somewhere(kind: Kind, importance: int) -> None:
    assert then(kind, importance=importance) in Then


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 2), (1, 4), (2, 8), (6, 128), (7, 256), (8, 300), (1000, 300)]
)
def test_it_waits_longer_each_time_up_to_five_minutes(attempts: int, seconds: int) -> None:
    tried = Tried(importance=ASSIGNMENT, attempts=attempts, unknown_outcomes=0)
    assert decide(Outcome(Kind.NOT_SENT), tried).wait == timedelta(seconds=seconds)


def test_being_told_to_wait_is_no_attempt_and_exactly_as_long_as_told() -> None:
    verdict = decide(Outcome(Kind.HELD, wait=timedelta(seconds=17)), Tried(ASSIGNMENT, 0, 0))
    assert (verdict.wait, verdict.counts, verdict.unknown) == (timedelta(seconds=17), False, False)


def test_an_unknown_outcome_is_counted() -> None:
    verdict = decide(Outcome(Kind.UNKNOWN), Tried(ASSIGNMENT, 0, 0))
    assert (verdict.counts, verdict.unknown) == (True, True)
