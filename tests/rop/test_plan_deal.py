"""What a deal asks of people and when, as tables of cases worked out by hand; hours are counted from Monday noon."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from orders.policies.terms import DAY, StepFacts, TermsFacts
from orders.services import tasks
from rop.plan import (
    ApprovalFacts,
    BlockerFacts,
    DealFacts,
    HangingFacts,
    OpenedFacts,
    OrderFacts,
    OwnerFacts,
    TaskFacts,
    decide,
    due_openings,
    openings,
)
from rop.plan.clocks import wanted
from rop.plan.openings import FOLLOW_UP, TRACK, UNDECIDED, next_opening_at
from sla.policies.clocks import ClockFacts
from tests.rop.test_plan import MONDAY_NOON, POLICY

HOUR = timedelta(hours=1)
TERMS = TermsFacts(version=1, steps=(StepFacts(11, 1, 0), StepFacts(12, 2, DAY), StepFacts(13, 3, 2 * DAY)))
"""Asked at once, after a day and after two; four hours for each. A lead decides a day after the last."""

WITH_TERMS = replace(POLICY, terms=TERMS)
ANNA = OwnerFacts(user_id=3, round=1, state="accepted", assigned_at=MONDAY_NOON)


def at(hours: float) -> datetime:
    return MONDAY_NOON + hours * HOUR


def hours(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - MONDAY_NOON) / HOUR


def order(status: str = "awaiting_payment", deal: DealFacts | None = None, **changes: object) -> OrderFacts:
    facts = OrderFacts(
        id=7,
        version=5,
        status=status,
        status_sequence=3,
        severity="normal",
        created_at=MONDAY_NOON,
        status_since=MONDAY_NOON,
        waiting_since=MONDAY_NOON,
        rounds=1,
        owner=ANNA,
        deal=deal or DealFacts(),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def opened(kind: str, *stretches: tuple[float, float | None]) -> tuple[OpenedFacts, ...]:
    """Tasks of this kind, numbered from 1: (opened, ended) in hours."""
    return tuple(
        OpenedFacts(kind, number, at(since), None if until is None else at(until))
        for number, (since, until) in enumerate(stretches, 1)
    )


def thinks(said: float, until: float, known: Sequence[OpenedFacts] = ()) -> DealFacts:
    return DealFacts(
        decision="thinks", decision_id=9, decided_at=at(said), until=at(until), opened=tuple(known)
    )


ALL_THREE = opened(FOLLOW_UP, (0, 1), (24, 25), (48, 49))

ASKING: dict[str, tuple[DealFacts, float, list[tuple[str, int, float, float]], float | None]] = {
    # the deal, now, due: (kind, number, its moment, its deadline), the next moment there is
    "at once": (DealFacts(), 0, [(FOLLOW_UP, 1, 0, 4)], 0),
    "while the first is open only the lead comes": (
        DealFacts(opened=opened(FOLLOW_UP, (0, None))),
        30,
        [],
        72,
    ),
    "the second after a day": (DealFacts(opened=opened(FOLLOW_UP, (0, 1))), 23, [], 24),
    "the second is due": (DealFacts(opened=opened(FOLLOW_UP, (0, 1))), 24, [(FOLLOW_UP, 2, 24, 28)], 24),
    # Asked 20 hours late: half a day lies between.
    "asked late, not at once again": (DealFacts(opened=opened(FOLLOW_UP, (0, 20))), 24, [], 32),
    "asked late, then": (DealFacts(opened=opened(FOLLOW_UP, (0, 20))), 32, [(FOLLOW_UP, 2, 32, 36)], 32),
    "the scenario is over": (DealFacts(opened=ALL_THREE), 50, [], 72),
    "the lead's turn": (DealFacts(opened=ALL_THREE), 72, [(UNDECIDED, 1, 72, 76)], 72),
    "the lead's turn only once": (
        DealFacts(opened=(*ALL_THREE, *opened(UNDECIDED, (72, None)))),
        100,
        [],
        None,
    ),
    "nor again once the lead has done it": (
        DealFacts(opened=(*ALL_THREE, *opened(UNDECIDED, (72, 73)))),
        100,
        [],
        None,
    ),
    "no step of the scenario while the lead decides": (
        DealFacts(opened=(*opened(FOLLOW_UP, (0, 1), (24, 71)), *opened(UNDECIDED, (72, None)))),
        90,
        [],
        None,
    ),
    # Nobody looked for 80 hours: each has its whole time from now on.
    "late": (DealFacts(), 80, [(FOLLOW_UP, 1, 0, 84), (UNDECIDED, 1, 72, 84)], 0),
    "who thinks is left alone": (thinks(10, 50, opened(FOLLOW_UP, (0, 9))), 49, [], 50),
    "who has thought is asked": (
        thinks(10, 50, opened(FOLLOW_UP, (0, 9))),
        50,
        [(FOLLOW_UP, 2, 50, 54)],
        50,
    ),
    # However soon that is after the question before.
    "who thinks for two hours": (
        thinks(1, 3, opened(FOLLOW_UP, (0, 1))),
        3,
        [(FOLLOW_UP, 2, 3, 7)],
        3,
    ),
    # From there the rest goes on: steps 2 and 3 are a day apart.
    "then the rest of the scenario": (thinks(10, 50, opened(FOLLOW_UP, (0, 9), (50, 51))), 60, [], 74),
    "and the lead a day after its end": (
        thinks(10, 50, opened(FOLLOW_UP, (0, 9), (50, 51), (74, 75))),
        98,
        [(UNDECIDED, 1, 98, 102)],
        98,
    ),
    # All three were heard before: once more with the words of the last one, and the lead a day later.
    "who has heard all is asked once more": (
        thinks(60, 100, ALL_THREE),
        100,
        [(FOLLOW_UP, 4, 100, 104)],
        100,
    ),
    "and not again": (
        thinks(60, 100, (*ALL_THREE, OpenedFacts(FOLLOW_UP, 4, at(100), at(101)))),
        110,
        [],
        124,
    ),
    # The lead had their turn before the client wanted to think: after that they have another one.
    "the lead once for each thinking": (
        thinks(
            80, 120, (*ALL_THREE, *opened(UNDECIDED, (72, 80)), OpenedFacts(FOLLOW_UP, 4, at(120), at(121)))
        ),
        144,
        [(UNDECIDED, 2, 144, 148)],
        144,
    ),
    "confirmed": (DealFacts(decision="confirmed", decision_id=9, decided_at=at(1)), 100, [], None),
    "declined": (DealFacts(decision="declined", decision_id=9, decided_at=at(1)), 100, [], None),
}


@pytest.mark.parametrize("name", ASKING)
def test_when_the_client_is_asked_and_when_a_lead_decides(name: str) -> None:
    deal, now, due, ahead = ASKING[name]
    facts = order(deal=deal)

    found = due_openings(facts, WITH_TERMS, at(now))

    assert [(one.kind, one.number, hours(one.at), hours(one.due_at)) for one in found] == due
    assert hours(next_opening_at(facts, WITH_TERMS)) == ahead
    assert {one.kind: one.whose for one in found} == {
        kind: "lead" if kind == UNDECIDED else "owner" for kind, _number, _at, _due in due
    }


def test_each_question_knows_its_step() -> None:
    asked = [
        due_openings(order(deal=deal), WITH_TERMS, at(now))[0].follow_up
        for deal, now in (
            (DealFacts(), 0),
            (DealFacts(opened=opened(FOLLOW_UP, (0, 1))), 24),
            (thinks(60, 100, ALL_THREE), 100),
        )
    ]
    assert asked == [11, 12, 13]


TRACKING: dict[str, tuple[DealFacts, float, list[tuple[int, float, float]], float | None]] = {
    "two days after it was shipped": (DealFacts(), 47, [], 48),
    "then": (DealFacts(), 48, [(1, 48, 60)], 48),
    "not while somebody looks": (DealFacts(opened=opened(TRACK, (48, None))), 100, [], None),
    "and every two days": (DealFacts(opened=opened(TRACK, (48, 49))), 95, [], 96),
    # Looked at 90: a day lies between.
    "later where they looked late": (DealFacts(opened=opened(TRACK, (48, 90))), 100, [], 114),
    "no more once it was delivered": (DealFacts(delivered=True), 100, [], None),
}


@pytest.mark.parametrize("name", TRACKING)
def test_when_the_parcel_is_looked_for(name: str) -> None:
    deal, now, due, ahead = TRACKING[name]
    facts = order("in_transit", deal)

    found = due_openings(facts, WITH_TERMS, at(now))

    assert [(one.number, hours(one.at), hours(one.due_at)) for one in found] == due
    assert {one.kind for one in found} <= {TRACK}
    assert hours(next_opening_at(facts, WITH_TERMS)) == ahead


@pytest.mark.parametrize("status", ["pending_manager", "under_inspection", "ready_for_shipment", "delivered"])
def test_elsewhere_nothing_is_asked(status: str) -> None:
    assert due_openings(order(status), WITH_TERMS, at(500)) == ()


def test_before_there_were_terms_and_deals_nothing_was_asked() -> None:
    assert due_openings(order(), POLICY, at(500)) == ()
    assert due_openings(replace(order(), deal=None), WITH_TERMS, at(500)) == ()


def test_the_kinds_are_those_of_the_tasks() -> None:
    assert (openings.FOLLOW_UP, openings.UNDECIDED, openings.TRACK) == (
        tasks.FOLLOW_UP,
        tasks.UNDECIDED,
        tasks.TRACK,
    )


# ── clocks ──


CLOCKS: dict[str, tuple[DealFacts | None, tuple[str, str, float, float | None]]] = {
    # the deal → the clock: kind, mark, from, named deadline
    "the client's from the beginning": (DealFacts(), ("client_decision", "3", 0, None)),
    # Until they have thought it over, and four hours to ask them.
    "who thinks": (thinks(10, 50), ("client_decision", "3.9", 10, 54)),
    "confirmed": (
        DealFacts(decision="confirmed", decision_id=9, decided_at=at(10)),
        ("stage", "3.9", 10, None),
    ),
    "declined": (
        DealFacts(decision="declined", decision_id=9, decided_at=at(10)),
        ("stage", "3.9", 10, None),
    ),
    "before deals were recorded": (None, ("stage", "3", 0, None)),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_which_clock_runs_while_the_payment_is_awaited(name: str) -> None:
    deal, expected = CLOCKS[name]
    facts = replace(order(), deal=deal)

    (clock,) = wanted(facts, WITH_TERMS)

    assert (clock.kind, clock.mark, hours(clock.started_at), hours(clock.due_at)) == expected


def blocker(*, due: float) -> HangingFacts:
    return HangingFacts(blockers=(BlockerFacts(id=4, owner_id=8, opened_at=at(0), due_at=at(due)),))


def test_a_blocker_that_is_passed_on_has_another_clock_and_the_one_before_was_not_kept() -> None:
    running = ClockFacts(
        id=70,
        kind="blocker",
        subject_type="blocker",
        subject_id=4,
        generation=f"{at(5).timestamp():.0f}:5",
        severity="normal",
        started_at=at(0),
        due_at=at(5),
    )
    facts = order("under_inspection", hanging=blocker(due=9), clocks=(running,), deal=None)

    plan = decide(replace(facts, deal=None), WITH_TERMS, at(2), pick=None)

    assert [(end.id, end.outcome) for end in plan.clocks_end] == [(70, "cancelled")]
    started = [(c.kind, c.subject_id, hours(c.due_at)) for c in plan.clocks_start if c.kind == "blocker"]
    assert started == [("blocker", 4, 9)]


# ── the next step ──


def task(kind: str, *, owner: int = 3, due: float = 4, number: int | None = None) -> TaskFacts:
    return TaskFacts(id=5, owner_id=owner, created_at=at(0), due_at=at(due), kind=kind, number=number)


def confirmed(**changes: object) -> DealFacts:
    deal = DealFacts(decision="confirmed", decision_id=9, decided_at=at(0), price=Decimal(100))
    return replace(deal, **changes)  # type: ignore[arg-type]


def approval(*, due: float, expires: float = 48) -> ApprovalFacts:
    return ApprovalFacts(id=6, asked_at=at(0), due_at=at(due), expires_at=at(expires))


STEPS: dict[str, tuple[OrderFacts, tuple[str, str, int | None, tuple[str, ...]]]] = {
    "asked": (
        order(tasks=(task(FOLLOW_UP, number=2),)),
        ("follow_up_client", "person", 3, ("follow_up:2", "client_decision")),
    ),
    "between two questions": (order(), ("record_client_decision", "person", 3, ("client_decision",))),
    "a lead's": (
        order(tasks=(task(UNDECIDED, owner=8), task(FOLLOW_UP))),
        ("record_client_decision", "person", 8, ("lead_decision",)),
    ),
    "declined": (
        order(deal=DealFacts(decision="declined", decision_id=9, decided_at=at(0))),
        ("record_client_decision", "person", 3, ("cancel",)),
    ),
    "no price": (
        order(deal=confirmed(price=None)),
        ("confirm_payment", "person", 3, ("price", "seller_date")),
    ),
    "not paid": (
        order(deal=confirmed(paid=Decimal(99))),
        ("confirm_payment", "finance", None, ("payment", "seller_date")),
    ),
    "no date": (
        order(deal=confirmed(paid=Decimal(100))),
        ("agree_date_with_seller", "person", 3, ("seller_date",)),
    ),
    "to release": (
        order(deal=confirmed(paid=Decimal(100), seller_agreed=True)),
        ("release", "person", 3, ()),
    ),
    "no carrier": (
        order("ready_for_shipment", confirmed(paid=Decimal(100), lacks=("carrier",))),
        ("fix_logistics", "person", 3, ("carrier",)),
    ),
    "to ship": (order("ready_for_shipment", confirmed(paid=Decimal(100))), ("ship", "person", 3, ())),
    "on its way": (
        order("in_transit", DealFacts(promised_date=date(2026, 3, 5))),
        ("track_shipment", "person", 3, ("delivery_date",)),
    ),
    "to be looked for": (
        order("in_transit", DealFacts(promised_date=date(2026, 3, 5)), tasks=(task(TRACK, owner=3),)),
        ("track_shipment", "person", 3, ("tracking_check",)),
    ),
    # The second of March is over at midnight in UTC, twelve hours on.
    "the promised date is over": (
        order("in_transit", DealFacts(promised_date=date(2026, 3, 1)), tasks=(task(TRACK),)),
        ("confirm_delivery", "person", 3, ("delivery_date", "proof")),
    ),
    "arrived": (
        order("in_transit", DealFacts(delivered=True)),
        ("confirm_delivery", "person", 3, ("proof",)),
    ),
    "to record as delivered": (
        order("in_transit", DealFacts(delivered=True, proved=True)),
        ("confirm_delivery", "person", 3, ()),
    ),
    "a claim": (
        order("delivered", hanging=HangingFacts(claims=(2,)), tasks=(task("settle_claim"),)),
        ("settle_claim", "person", 3, ("claim",)),
    ),
    "money of a deal that is off": (
        order("cancelled", tasks=(task("settle_money"),)),
        ("do_task", "person", 3, ("lead_decision",)),
    ),
    "an approved payout": (
        order("cancelled", hanging=HangingFacts(payouts=(2,)), tasks=(task("pay_out"),)),
        ("do_task", "person", 3, ("payout",)),
    ),
    "a claim without a task": (
        order("delivered", hanging=HangingFacts(claims=(2,))),
        ("settle_claim", "person", 3, ("claim",)),
    ),
    "money to pay out": (
        order("delivered", hanging=HangingFacts(payouts=(2,))),
        ("settle_claim", "finance", None, ("payout",)),
    ),
    "the window runs": (order("delivered"), ("close", "rop", None, ())),
    "in the way": (
        order(hanging=blocker(due=5)),
        ("resolve_blocker", "person", 8, ("blocker:4",)),
    ),
    "to be decided": (
        order(hanging=HangingFacts(approvals=(approval(due=4),))),
        ("decide_approval", "lead", None, ("approval:6",)),
    ),
    "whichever is due first": (
        order(hanging=replace(blocker(due=5), approvals=(approval(due=6),))),
        ("resolve_blocker", "person", 8, ("blocker:4",)),
    ),
    "the other way round": (
        order(hanging=replace(blocker(due=5), approvals=(approval(due=4),))),
        ("decide_approval", "lead", None, ("approval:6",)),
    ),
    "nobody has it": (
        order(owner=None, deal=confirmed(paid=Decimal(100), seller_agreed=True)),
        ("release", "lead", None, ()),
    ),
    "before deals were recorded": (
        replace(order(), deal=None),
        ("follow_up_client", "person", 3, ("client_decision",)),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_whose_turn_it_is_and_what_it_waits_for(name: str) -> None:
    facts, expected = STEPS[name]

    plan = decide(facts, WITH_TERMS, at(0), pick=None)

    assert plan.step is not None
    assert (plan.step.code, plan.step.whose, plan.step.user_id, plan.step.missing) == expected
    assert plan.due_at is not None
    assert plan.due_at <= plan.step.due_at


def test_before_the_promised_date_is_over_the_parcel_is_due_then() -> None:
    # The fifth of March is over 84 hours after Monday noon.
    facts = order("in_transit", DealFacts(promised_date=date(2026, 3, 5)))

    plan = decide(facts, WITH_TERMS, at(0), pick=None)

    assert plan.step is not None
    # The stage has 24 working hours: Thursday noon, which is before that.
    assert hours(plan.step.due_at) == 72
    later = decide(
        replace(facts, deal=DealFacts(promised_date=date(2026, 3, 3))), WITH_TERMS, at(0), pick=None
    )
    assert later.step is not None
    assert hours(later.step.due_at) == 36


@pytest.mark.parametrize(
    ("hanging", "closes"),
    [
        (HangingFacts(), True),
        (HangingFacts(claims=(2,)), False),
        (HangingFacts(payouts=(2,)), False),
        (HangingFacts(approvals=(approval(due=400, expires=500),)), False),
    ],
)
def test_what_is_not_settled_keeps_an_order_open(hanging: HangingFacts, closes: bool) -> None:
    facts = order("delivered", hanging=hanging, deal=None)

    assert decide(facts, WITH_TERMS, at(14 * 24), pick=None).close is closes
    assert not decide(facts, WITH_TERMS, at(14 * 24 - 1), pick=None).close


def test_it_is_looked_at_again_when_a_request_expires_or_the_client_has_thought() -> None:
    asked = order(deal=confirmed(), hanging=HangingFacts(approvals=(approval(due=4, expires=1),)))
    assert hours(decide(asked, WITH_TERMS, at(0), pick=None).wake_at) == 1

    facts = order(deal=thinks(0, 2, opened(FOLLOW_UP, (0, 0))))
    assert hours(decide(facts, WITH_TERMS, at(0), pick=None).wake_at) == 2
