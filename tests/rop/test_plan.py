"""`decide` as a table of cases: what ought to be true of an order, worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignment.policies.weights import Weights
from core.models import Importance
from core.policies.worktime import Calendar
from orders.statuses import SEVERITY_RANK, Severity, Status, Step, Whose
from rop.plan import OrderFacts, OwnerFacts, Picked, Policy, TaskFacts, decide, notices, planning, settle
from rop.plan.clocks import OPEN_STAGES
from sla.policies.clocks import ClockFacts, MatrixFacts, RuleFacts
from sla.policies.required import REQUIRED_RULES

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

WORKDAY = Calendar(
    code="default",
    version=1,
    time_zone="UTC",
    week=(*[((time(9), time(13)), (time(14), time(18)))] * 5, (), ()),
    exceptions={},
)


def matrix() -> MatrixFacts:
    rules = {}
    for kind, stage in REQUIRED_RULES:
        for rank, severity in enumerate(("critical", "high", "normal"), start=1):
            seconds = {"assign": 600, "accept": 1200, "stage": 3600 * 8}[kind] * rank
            mode = {"assign": "elapsed", "accept": "shift", "stage": "business"}[kind]
            rules[kind, stage, severity] = RuleFacts(seconds, mode, (50, 75, 90))
    return MatrixFacts(version=1, rules=rules)


POLICY = Policy(
    matrix=matrix(),
    weights=Weights(
        version=1,
        stages={"pending_manager": Decimal(1), "under_inspection": Decimal("1.5")},
        severities={"normal": Decimal(1), "high": Decimal("1.5"), "critical": Decimal(2)},
    ),
    calendars={"default": WORKDAY},
)

NEW = OrderFacts(
    id=7,
    version=1,
    status="pending_manager",
    status_sequence=1,
    severity="normal",
    created_at=MONDAY_NOON,
    status_since=MONDAY_NOON,
    waiting_since=MONDAY_NOON,
    step="assign_manager",
)
ANNA = OwnerFacts(
    user_id=3,
    round=1,
    state="offered",
    assigned_at=MONDAY_NOON,
    shifts=((MONDAY_NOON - HOUR, MONDAY_NOON + 8 * HOUR),),
)
OFFERED = replace(NEW, owner=ANNA, rounds=1, version=2, step="accept_order")
BORIS = Picked(user_id=4, shifts=((MONDAY_NOON - HOUR, MONDAY_NOON + 8 * HOUR),))


def accept_clock(**changes: object) -> ClockFacts:
    """A normal order's acceptance clock: an hour, by Anna's shift, warnings after 30, 45 and 54 minutes."""
    clock = ClockFacts(
        id=70,
        kind="accept",
        subject_type="order",
        subject_id=7,
        generation="1:2",
        severity="normal",
        started_at=MONDAY_NOON,
        due_at=MONDAY_NOON + HOUR,
        warnings=(
            (50, MONDAY_NOON + 30 * MINUTE),
            (75, MONDAY_NOON + 45 * MINUTE),
            (90, MONDAY_NOON + 54 * MINUTE),
        ),
    )
    return replace(clock, **changes)  # type: ignore[arg-type]


def test_a_new_order_without_anybody_is_a_loud_state_with_its_own_deadline() -> None:
    plan = decide(NEW, POLICY, MONDAY_NOON, pick=None)

    assert plan.step is not None
    assert (plan.step.code, plan.step.whose, plan.step.missing) == ("assign_manager", "rop", ("owner",))
    assert plan.owner_id is None
    assert [(c.kind, c.due_at) for c in plan.clocks_start] == [("assign", MONDAY_NOON + 30 * MINUTE)]
    assert plan.due_at == plan.step.due_at == MONDAY_NOON + 30 * MINUTE
    assert plan.wake_at == MONDAY_NOON + 15 * MINUTE  # the warning at 50 %
    assert plan.notices == ()


def test_a_picked_manager_gets_the_order_a_deadline_and_a_card() -> None:
    plan = decide(NEW, POLICY, MONDAY_NOON, pick=BORIS)

    assert plan.new_owner
    assert (plan.owner_id, plan.version) == (4, 2)
    assert plan.step is not None
    assert (plan.step.code, plan.step.user_id) == ("accept_order", 4)
    assert [(c.kind, c.generation, c.due_at) for c in plan.clocks_start] == [
        ("accept", "1:2", MONDAY_NOON + HOUR)
    ]
    assert [(n.template, n.to, n.key) for n in plan.notices] == [("order_new", "owner", "order_new:7:1")]
    assert plan.load_weight == Decimal("1.000")


def test_the_acceptance_clock_stands_still_between_shifts() -> None:
    # The shift ends in 20 minutes, the next one begins the day after at nine: 40 minutes of it are needed.
    shifts = (
        (MONDAY_NOON - HOUR, MONDAY_NOON + 20 * MINUTE),
        (MONDAY_NOON + 21 * HOUR, MONDAY_NOON + 29 * HOUR),
    )
    plan = decide(NEW, POLICY, MONDAY_NOON, pick=replace(BORIS, shifts=shifts))

    assert plan.due_at == MONDAY_NOON + 21 * HOUR + 40 * MINUTE


@pytest.mark.parametrize(
    ("minutes", "warned", "expected"),
    [
        (29, 0, None),
        (30, 0, 50),
        (44, 50, None),
        (46, 50, 75),
        (46, 0, 75),  # nobody looked for a while: only the latest warning is given
        (55, 75, 90),
        (59, 90, None),
    ],
)
def test_the_owner_is_reminded_once_at_each_share_of_the_target(
    minutes: int, warned: int, expected: int | None
) -> None:
    facts = replace(OFFERED, clocks=(accept_clock(warned=warned),))

    plan = decide(facts, POLICY, MONDAY_NOON + minutes * MINUTE, pick=None)

    assert [mark.warned for mark in plan.clocks_mark] == ([expected] if expected else [])
    assert [n.context["share"] for n in plan.notices] == ([expected] if expected else [])
    assert plan.release is None
    assert plan.owner_id == 3


def test_the_silent_manager_loses_the_order_to_the_next_one() -> None:
    now = MONDAY_NOON + HOUR
    facts = replace(OFFERED, clocks=(accept_clock(warned=90),))

    settled, release = settle(facts, POLICY, now)
    plan = decide(facts, POLICY, now, pick=BORIS)

    assert release is not None
    assert (release.user_id, release.round, release.state) == (3, 1, "silent")
    assert settled.silent == ((3, now),)
    assert (plan.owner_id, plan.version) == (4, 3)
    assert [(end.id, end.outcome) for end in plan.clocks_end] == [(70, "missed")]
    assert [(mark.clock_id, mark.breached) for mark in plan.clocks_mark] == [(70, True)]
    assert [(n.template, n.to) for n in plan.notices] == [("order_taken", "3"), ("order_new", "owner")]
    assert plan.notices[0].context == {"because": "silent", "now_with": 4}


def test_the_silent_manager_loses_the_order_even_when_nobody_else_is_there() -> None:
    plan = decide(replace(OFFERED, clocks=(accept_clock(),)), POLICY, MONDAY_NOON + HOUR, pick=None)

    assert plan.owner_id is None
    assert plan.step is not None
    assert plan.step.code == "assign_manager"
    assert plan.due_at == MONDAY_NOON + HOUR + 30 * MINUTE


def test_an_absent_managers_offer_goes_to_others_and_they_are_not_called_silent() -> None:
    facts = replace(OFFERED, owner=replace(ANNA, available=False), clocks=(accept_clock(),))

    settled, release = settle(facts, POLICY, MONDAY_NOON + 5 * MINUTE)

    assert release is not None
    assert release.state == "unavailable"
    assert settled.silent == ()


def test_accepting_in_time_ends_the_clock_as_met_and_starts_the_stage() -> None:
    now = MONDAY_NOON + 40 * MINUTE
    facts = replace(
        OFFERED,
        status="under_inspection",
        status_sequence=2,
        status_since=now,
        version=3,
        clocks=(accept_clock(warned=50),),
    )

    plan = decide(facts, POLICY, now, pick=None)

    assert plan.accepted
    assert [end.outcome for end in plan.clocks_end] == ["met"]
    # 24 working hours from Monday 12:40: 4 h 20 min that day, eight on each of the next two,
    # and 3 h 40 min are left for Thursday morning.
    assert [(c.kind, c.due_at) for c in plan.clocks_start] == [
        ("stage", datetime(2026, 3, 5, 12, 40, tzinfo=UTC))
    ]
    assert plan.load_weight == Decimal("1.500")
    assert [(n.template, n.edits) for n in plan.notices] == [("order_card", True)]


def test_accepting_too_late_is_a_breach_even_if_nobody_looked_in_between() -> None:
    now = MONDAY_NOON + 61 * MINUTE
    facts = replace(
        OFFERED, status="under_inspection", status_sequence=2, status_since=now, clocks=(accept_clock(),)
    )

    plan = decide(facts, POLICY, now, pick=None)

    assert [end.outcome for end in plan.clocks_end] == ["missed"]
    assert [mark.breached for mark in plan.clocks_mark] == [True]


def test_a_late_stage_is_told_to_whom_the_ladder_says_and_stays_with_the_owner() -> None:
    clock = replace(
        accept_clock(), id=71, kind="stage", generation="2:3", due_at=MONDAY_NOON + HOUR, warnings=()
    )
    facts = replace(
        OFFERED,
        status="under_inspection",
        status_sequence=2,
        owner=replace(ANNA, state="accepted"),
        step="contact_seller",
        clocks=(clock,),
    )
    now = MONDAY_NOON + HOUR

    late = decide(facts, POLICY, now, pick=None)

    assert [(n.template, n.to) for n in late.notices] == [("sla_breach", "owner"), ("escalation", "lead")]
    assert late.owner_id == 3
    (opened,) = late.climb.open
    assert (opened.trigger, opened.generation, opened.subject) == ("stage", "2:3", ("order", 7))
    assert (opened.level, opened.times_told) == (2, 1)
    assert opened.because == {"step": "contact_seller", "whose": "person", "user": 3, "missing": ["contact"]}
    # The lead on duty is next, an hour after the breach.
    assert late.wake_at == now + HOUR


def test_a_returned_order_waits_again_and_whoever_returned_it_is_remembered() -> None:
    now = MONDAY_NOON + 3 * HOUR
    facts = replace(OFFERED, owner=replace(ANNA, state="accepted"), status_sequence=3, status_since=now)

    settled, release = settle(facts, POLICY, now)

    assert release is not None
    assert release.state == "returned"
    assert settled.silent == ((3, now),)


def test_a_change_of_severity_starts_the_clock_anew_from_the_same_moment() -> None:
    now = MONDAY_NOON + 5 * MINUTE
    facts = replace(OFFERED, severity="critical", version=3, clocks=(accept_clock(),))

    plan = decide(facts, POLICY, now, pick=None)

    assert [(end.id, end.outcome) for end in plan.clocks_end] == [(70, "cancelled")]
    assert [(c.generation, c.due_at) for c in plan.clocks_start] == [("1:3", MONDAY_NOON + 20 * MINUTE)]


def test_a_cancelled_order_closes_at_once_and_its_clocks_end_as_cancelled() -> None:
    now = MONDAY_NOON + 5 * MINUTE
    facts = replace(OFFERED, status="cancelled", status_since=now, clocks=(accept_clock(),))

    plan = decide(facts, POLICY, now, pick=None)

    assert plan.close
    assert [end.outcome for end in plan.clocks_end] == ["cancelled"]
    assert plan.wake_at is None


def test_an_open_task_keeps_a_cancelled_order_open_and_is_the_next_step() -> None:
    task = TaskFacts(id=5, owner_id=9, created_at=MONDAY_NOON, due_at=MONDAY_NOON + 4 * HOUR)
    facts = replace(OFFERED, status="cancelled", owner=replace(ANNA, state="accepted"), tasks=(task,))

    plan = decide(facts, POLICY, MONDAY_NOON, pick=None)

    assert not plan.close
    assert plan.step is not None
    assert (plan.step.code, plan.step.user_id, plan.step.due_at) == ("do_task", 9, MONDAY_NOON + 4 * HOUR)
    assert [(c.kind, c.subject_type, c.due_at) for c in plan.clocks_start] == [
        ("task", "task", MONDAY_NOON + 4 * HOUR)
    ]


def test_a_task_that_is_done_was_kept_even_if_its_order_was_cancelled() -> None:
    clock = ClockFacts(
        id=71,
        kind="task",
        subject_type="task",
        subject_id=5,
        generation="1:1",
        severity="normal",
        started_at=MONDAY_NOON,
        due_at=MONDAY_NOON + 4 * HOUR,
    )
    facts = replace(OFFERED, status="cancelled", clocks=(clock,))

    done = decide(facts, POLICY, MONDAY_NOON + MINUTE, pick=None)
    cancelled = decide(replace(facts, cancelled_tasks=(5,)), POLICY, MONDAY_NOON + MINUTE, pick=None)

    assert [(end.id, end.outcome) for end in done.clocks_end] == [(71, "met")]
    assert [(end.id, end.outcome) for end in cancelled.clocks_end] == [(71, "cancelled")]


def test_a_delivered_order_closes_when_its_claim_window_has_passed() -> None:
    facts = replace(OFFERED, status="delivered", owner=replace(ANNA, state="accepted"))

    before = decide(facts, POLICY, MONDAY_NOON + timedelta(days=13, hours=12), pick=None)
    after = decide(facts, POLICY, MONDAY_NOON + timedelta(days=14), pick=None)

    assert not before.close
    assert before.wake_at == MONDAY_NOON + timedelta(days=14)
    assert after.close


def test_waiting_orders_queue_by_severity_then_age() -> None:
    def key(severity: str, minutes: int) -> int:
        facts = replace(NEW, severity=severity, created_at=MONDAY_NOON + minutes * MINUTE)
        return decide(facts, POLICY, MONDAY_NOON + HOUR, pick=None).queue_key

    assert sorted([key("normal", 0), key("critical", 9), key("high", 5), key("high", 2)]) == [
        key("critical", 9),
        key("high", 2),
        key("high", 5),
        key("normal", 0),
    ]


def test_the_pure_rooms_know_the_same_words_as_the_tables() -> None:
    assert {severity.value: rank for severity, rank in SEVERITY_RANK.items()} == planning.SEVERITY_RANK
    assert {planning.PENDING, *planning.FINAL, *OPEN_STAGES} == set(Status.values)
    importances = (Importance.ASSIGNMENT, Importance.BREACH, Importance.REMINDER)
    assert importances == (notices.ASSIGNMENT, notices.BREACH, notices.REMINDER)


owners = st.none() | st.builds(
    OwnerFacts,
    user_id=st.just(3),
    round=st.just(1),
    state=st.sampled_from(["offered", "accepted"]),
    assigned_at=st.just(MONDAY_NOON),
    available=st.booleans(),
    shifts=st.sampled_from([(), ANNA.shifts]),
)


@given(
    status=st.sampled_from(Status.values),
    severity=st.sampled_from(Severity.values),
    owner=owners,
    with_clock=st.booleans(),
    with_task=st.booleans(),
    picked=st.booleans(),
    minutes=st.integers(0, 60 * 24 * 20),
)
def test_no_open_order_is_ever_without_step_deadline_and_a_moment_to_look_again(
    *,
    status: str,
    severity: str,
    owner: OwnerFacts | None,
    with_clock: bool,
    with_task: bool,
    picked: bool,
    minutes: int,
) -> None:
    now = MONDAY_NOON + minutes * MINUTE
    task = TaskFacts(id=5, owner_id=9, created_at=MONDAY_NOON, due_at=MONDAY_NOON + 4 * HOUR)
    facts = replace(
        NEW,
        status=status,
        severity=severity,
        owner=owner,
        # The clock of an acceptance is of a round that there was.
        rounds=1 if owner or with_clock else 0,
        clocks=(accept_clock(),) if with_clock else (),
        tasks=(task,) if with_task else (),
    )

    plan = decide(facts, POLICY, now, pick=BORIS if picked else None)

    if plan.close:
        assert status in planning.FINAL
        return
    assert plan.step is not None
    assert plan.step.code in Step.values
    assert plan.step.whose in Whose.values
    assert plan.due_at is not None
    assert plan.due_at <= plan.step.due_at
    assert plan.wake_at is not None
    # At once only where the time to accept was over before its clock could start: the next look takes the order on.
    at_once = any(clock.kind == "accept" and clock.breached for clock in plan.clocks_start)
    assert plan.wake_at >= now if at_once else plan.wake_at > now
    if status == "pending_manager" and plan.owner_id is None:
        assert (plan.step.code, plan.step.whose) == ("assign_manager", "rop")
