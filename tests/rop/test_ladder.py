"""What the ladder does to one order, as `decide` answers it: worked out by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rop.explain.ahead import _after
from rop.models import EscalationState
from rop.plan import EscalationFacts, OrderFacts, Plan, ProposalFacts, SnoozeFacts, TaskFacts, decide, ladder
from rop.plan.facts import Policy
from sla.policies.clocks import ClockFacts
from sla.policies.ladder import Quiet, Rung
from tests.rop.test_plan import ANNA, HOUR, MINUTE, MONDAY_NOON, OFFERED, POLICY

NOW = MONDAY_NOON
DAY = timedelta(days=1)

CLOCK = ClockFacts(
    id=71,
    kind="stage",
    subject_type="order",
    subject_id=7,
    generation="2:3",
    severity="normal",
    started_at=NOW - 3 * HOUR,
    due_at=NOW,
)
IN_WORK = replace(
    OFFERED,
    status="under_inspection",
    status_sequence=2,
    version=3,
    owner=replace(ANNA, state="accepted"),
    step="contact_seller",
    status_since=NOW - 3 * HOUR,
    moved_at=NOW - 3 * HOUR,
    clocks=(CLOCK,),
)
BREACHED = replace(CLOCK, breached_at=NOW)
OPEN = EscalationFacts(
    id=5,
    trigger="stage",
    generation="2:3",
    state="open",
    owner_id=3,
    fired={"owner:remind:+0": (1, NOW), "lead:escalate:+0": (1, NOW)},
    times_told=1,
)
CLIMBING = replace(IN_WORK, clocks=(BREACHED,), escalations=(OPEN,))


def at(now: datetime, facts: OrderFacts = CLIMBING, policy: Policy = POLICY) -> Plan:
    return decide(facts, policy, now, pick=None)


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(notice.template, notice.to) for notice in plan.notices]


def test_the_states_are_those_of_the_table() -> None:
    assert {ladder.OPEN, ladder.ACKNOWLEDGED, ladder.RESOLVED, ladder.ENDED} == set(EscalationState.values)


def test_between_two_rungs_nothing_happens() -> None:
    plan = at(NOW + 30 * MINUTE)
    assert not plan.acts
    assert plan.wake_at == NOW + HOUR


def test_the_next_rung_is_told_and_kept() -> None:
    plan = at(NOW + HOUR)
    assert told(plan) == [("escalation", "duty")]
    (change,) = plan.climb.change
    assert (change.id, change.level, change.times_told) == (5, 3, 2)
    assert change.fired["duty:escalate:+3600"] == (1, NOW + HOUR)
    assert plan.wake_at == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("state", "until", "now", "expected", "wake_at"),
    [
        # Held until it ends, also for the rung that comes due in between.
        ("acknowledged", NOW + 90 * MINUTE, NOW + HOUR, [], NOW + 90 * MINUTE),
        ("acknowledged", NOW + 90 * MINUTE, NOW + 90 * MINUTE, ["duty"], NOW + 2 * HOUR),
        # Shorter than the way to the next rung: only its own end is worth a look.
        ("acknowledged", NOW + 20 * MINUTE, NOW + 10 * MINUTE, [], NOW + 20 * MINUTE),
        ("resolved", None, NOW + 5 * HOUR, [], None),
    ],
)
def test_what_is_acknowledged_waits_and_what_is_resolved_is_silent(
    state: str, until: datetime | None, now: datetime, expected: list[str], wake_at: datetime | None
) -> None:
    held = replace(OPEN, state=state, acknowledged_until=until)
    plan = at(now, replace(CLIMBING, escalations=(held,)))
    assert [notice.to for notice in plan.notices] == expected
    if wake_at is not None:
        assert plan.wake_at == wake_at
    else:
        # Standing still for a day is another thing.
        assert plan.wake_at == NOW - 3 * HOUR + DAY


def test_an_acknowledgement_that_runs_out_leaves_it_open() -> None:
    held = replace(OPEN, state="acknowledged", acknowledged_until=NOW + 20 * MINUTE)
    plan = at(NOW + 20 * MINUTE, replace(CLIMBING, escalations=(held,)))
    (change,) = plan.climb.change
    assert (change.state, change.times_told) == ("open", 1)
    assert plan.notices == ()


def test_a_snooze_holds_everything_and_ends() -> None:
    snoozed = replace(IN_WORK, snooze=SnoozeFacts(id=9, until=NOW + 90 * MINUTE))
    plan = at(NOW, snoozed)
    assert plan.notices == ()
    assert [mark.breached for mark in plan.clocks_mark] == [True]
    (opened,) = plan.climb.open
    assert (opened.fired, opened.level, opened.times_told) == ({}, 0, 0)
    assert plan.climb.snooze_end is None
    # Looked at when the next rung is reached, although it will have to wait too.
    assert plan.wake_at == NOW + HOUR

    over = at(
        NOW + 90 * MINUTE,
        replace(snoozed, clocks=(BREACHED,), escalations=(replace(OPEN, fired={}, times_told=0),)),
    )
    assert over.climb.snooze_end == 9
    assert told(over) == [("sla_breach", "owner"), ("escalation", "lead"), ("escalation", "duty")]
    assert over.climb.change[0].times_told == 1


def test_when_the_work_is_done_the_escalation_is_over_and_its_cards_say_so() -> None:
    moved = replace(CLIMBING, status="awaiting_payment", status_sequence=3, status_since=NOW + HOUR)
    plan = at(NOW + HOUR, moved)
    assert [(end.id, end.state) for end in plan.climb.end] == [(5, "ended")]
    assert plan.climb.announce == "ended"


def test_one_that_nobody_was_told_of_may_have_a_card_that_somebody_opened() -> None:
    quiet = replace(OPEN, fired={}, times_told=0)
    moved = replace(
        CLIMBING, status="awaiting_payment", status_sequence=3, status_since=NOW, escalations=(quiet,)
    )
    assert at(NOW, moved).climb.announce == "ended"


def test_another_owner_is_written_down_and_announced() -> None:
    plan = at(NOW + MINUTE, replace(CLIMBING, owner=replace(ANNA, user_id=4, state="accepted")))
    (change,) = plan.climb.change
    assert change.owner_id == 4
    assert plan.climb.announce == "assigned"
    assert plan.notices == ()


def test_a_proposal_is_asked_for_once_and_expires_with_its_owner_or_its_reason() -> None:
    at_two = at(NOW + 2 * HOUR)
    assert at_two.climb.propose == "stage"
    waiting = replace(CLIMBING, proposal=ProposalFacts(id=8, from_user_id=3))
    assert at(NOW + 2 * HOUR, waiting).climb.propose == ""
    assert at(NOW + MINUTE, waiting).climb.proposal_expire is None
    other = replace(waiting, owner=replace(ANNA, user_id=4, state="accepted"))
    assert at(NOW + MINUTE, other).climb.proposal_expire == 8
    resolved = replace(waiting, escalations=(replace(OPEN, state="resolved"),))
    assert at(NOW + MINUTE, resolved).climb.proposal_expire == 8


def test_two_tasks_of_one_order_climb_apart() -> None:
    tasks = tuple(TaskFacts(id=n, owner_id=n, created_at=NOW - HOUR, due_at=NOW) for n in (20, 21))
    plan = at(NOW, replace(IN_WORK, clocks=(), tasks=tasks))
    generations = {new.generation for new in plan.climb.open if new.trigger == "task"}
    assert generations == {"task.20/1:3", "task.21/1:3"}
    assert {notice.to for notice in plan.notices if notice.template == "sla_breach"} >= {"20", "21"}


# ── standing still ──

STILL = replace(IN_WORK, clocks=(replace(CLOCK, due_at=NOW + 30 * DAY),), moved_at=NOW - DAY)


def test_a_threshold_opens_it_with_what_is_missing() -> None:
    assert at(NOW - MINUTE, STILL).climb.open == ()
    assert at(NOW - MINUTE, STILL).wake_at == NOW
    plan = at(NOW, STILL)
    (opened,) = plan.climb.open
    assert (opened.trigger, opened.generation, opened.subject) == ("stuck", "2", None)
    assert opened.because["missing"] == ["contact"]
    assert told(plan) == [("stuck", "owner"), ("escalation", "lead")]
    # 72 hours are the next one.
    assert plan.wake_at == NOW - DAY + 3 * DAY


def test_a_movement_ends_it_for_this_stage() -> None:
    held = EscalationFacts(id=6, trigger="stuck", generation="2", state="open", owner_id=3, times_told=1)
    moved = replace(STILL, moved_at=NOW, escalations=(held,))
    plan = at(NOW + MINUTE, moved)
    assert [(end.id, end.state) for end in plan.climb.end] == [(6, "ended")]
    # Each threshold is told once for a stage, so the next one is that of level 2.
    again = at(NOW + 2 * DAY, replace(moved, escalations=(replace(held, state="ended", over=True),)))
    assert again.climb.open == ()
    assert again.climb.end == ()


def test_thresholds_are_those_of_the_stage() -> None:
    policy = replace(POLICY, matrix=replace(POLICY.matrix, stuck={("under_inspection", 1): 3600}))
    plan = at(NOW, replace(STILL, moved_at=NOW - HOUR), policy)
    assert [new.trigger for new in plan.climb.open] == ["stuck"]
    assert at(NOW, replace(STILL, moved_at=NOW - 30 * MINUTE), policy).climb.open == ()


# ── taking away ──


@pytest.mark.parametrize(("minutes", "taken"), [(60, False), (69, False), (70, True)])
def test_the_ladder_says_when_a_silent_manager_loses_an_offer(minutes: int, taken: bool) -> None:
    clock = ClockFacts(
        id=70,
        kind="accept",
        subject_type="order",
        subject_id=7,
        generation="1:2",
        severity="normal",
        started_at=NOW,
        due_at=NOW + HOUR,
    )
    rungs = (
        Rung("accept", "owner", "reassign", after_seconds=600),
        Rung("accept", "lead", "escalate", after_seconds=0),
    )
    policy = replace(POLICY, matrix=replace(POLICY.matrix, rungs=rungs))
    plan = at(NOW + minutes * MINUTE, replace(OFFERED, clocks=(clock,)), policy)
    assert (plan.release is not None) == taken
    if not taken:
        assert told(plan) == [("escalation", "lead")]
        assert plan.wake_at == NOW + 70 * MINUTE


def test_without_a_rung_of_taking_away_the_offer_stays() -> None:
    clock = replace(CLOCK, id=70, kind="accept", generation="1:2", due_at=NOW + HOUR, started_at=NOW)
    policy = replace(
        POLICY, matrix=replace(POLICY.matrix, rungs=(Rung("task", "lead", "escalate", after_seconds=0),))
    )
    plan = at(NOW + 5 * HOUR, replace(OFFERED, clocks=(clock,)), policy)
    assert plan.release is None
    assert plan.owner_id == 3


# ── carried out, it asks for nothing more ──

TIMES = st.integers(0, 6 * 24 * 60)


@given(
    first=TIMES,
    second=TIMES,
    severity=st.sampled_from(["normal", "critical"]),
    snoozed=st.none() | st.integers(1, 1440),
    quiet=st.booleans(),
)
def test_a_plan_that_is_carried_out_leaves_nothing_to_do_until_it_wakes(
    first: int, second: int, severity: str, snoozed: int | None, quiet: bool
) -> None:
    policy = replace(
        POLICY,
        matrix=replace(
            POLICY.matrix,
            quiet=Quiet(datetime(2026, 1, 1, 22).time(), datetime(2026, 1, 1, 8).time()) if quiet else None,  # noqa: DTZ001
        ),
    )
    facts = replace(IN_WORK, severity=severity, clocks=(replace(CLOCK, severity=severity),))
    if snoozed is not None:
        facts = replace(facts, snooze=SnoozeFacts(id=9, until=NOW + snoozed * MINUTE))
    now = NOW - HOUR + first * MINUTE
    plan = decide(facts, policy, now, pick=None)
    after = _after(facts, plan, now)
    assert plan.wake_at is not None
    assert plan.wake_at > now
    assert not decide(after, policy, now, pick=None).acts

    between = now + second * MINUTE
    if between < plan.wake_at:
        later: Any = decide(after, policy, between, pick=None)
        assert not later.acts
        assert later.wake_at == plan.wake_at
