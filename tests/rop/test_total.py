"""From every reachable state of an open order there is a next action, with whose and due, and a way to its end.

Orders are driven to each place of the routes' table by what their next steps say, with anything that people might do
in between, and out of it by each route that leaves from there; from every state that was met the order is brought to
its end. The seeds are fixed: the same walks each time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from assignment.services import order_assign
from core import actors
from core.models import ApiKey, Entry, Message, User
from core.refusals import Refusal
from core.roles import FINANCE, LEAD
from orders import gate
from orders.models import Order, Payment, StatusEvent, Task, TaskStatus
from orders.selectors.deals import approvals_open, blockers_open, today
from orders.services import (
    GivenLogistics,
    approval_decide,
    approval_withdraw,
    blocker_open,
    blocker_pass,
    blocker_resolve,
    claim_open,
    client_decision_record,
    contact_add,
    inspection_answer,
    inspection_decide,
    inspection_verdict,
    logistics_record,
    opinion_add,
    order_set_severity,
    payment_correct,
    payout_ask,
    price_set,
    route_ask,
    task_add,
    task_done,
    tracking_record,
)
from orders.statuses import FINAL, Status, Step, Whose
from orders.words import MISSING, NUMBERED, missing_said
from rop import loop
from rop.explain import explain_sentences
from tests.factories import ApiKeyFactory
from tests.rop.finishing import DAY, PRICE, STEPS_AT_MOST, Finisher
from tests.stories.company import Company, moment
from tests.stories.inspecting import answers

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WALKS = 1
"""Orders that take each route from each place."""

NOISE = 3
"""So many things at most happen to an order between two of its steps."""

PAIRS = sorted((source, spec.route) for spec in gate.ROUTES.values() for source in spec.sources)


class Walk(Finisher):
    """One order, what happens to it, and what has to be true of it at each moment."""

    luck: Random
    key: ApiKey

    # ── what has to be true ──

    def check(self) -> tuple[object, ...]:
        """Returns what is met here, as far as the next step tells it."""
        self.company.commit()
        order = self.order()
        self._check_still(order)
        if order.closed_at is not None:
            assert order.status in FINAL
            return (order.status, "closed")
        assert order.next_action in Step.values
        assert order.next_action != Step.LOOK_AGAIN, self.said()
        assert order.next_action_whose in Whose.values
        assert (order.next_action_whose == Whose.PERSON) == (order.next_action_user_id is not None)
        assert order.next_action_due is not None
        assert order.due_at is not None
        assert order.due_at <= order.next_action_due
        assert order.wake_at is not None
        assert order.wake_at > self.now
        kinds = tuple(sorted({code.partition(":")[0] for code in order.next_action_missing}))
        return (order.status, order.next_action, order.next_action_whose, kinds)

    def _check_still(self, order: Order) -> None:
        """Looking again changes nothing and says nothing."""
        before = (Entry.objects.count(), Message.objects.count(), order.version, order.wake_at)
        assert loop.look([order.pk], self.now) == 0, self.said()
        again = self.order()
        assert (Entry.objects.count(), Message.objects.count(), again.version, again.wake_at) == before

    def check_all(self) -> None:
        """What takes longer to ask."""
        assert self.company.audit() == {}, self.said()
        order = self.order()
        if order.closed_at is None:
            self._check_words(order)

    def _check_words(self, order: Order) -> None:
        for code in order.next_action_missing:
            kind, _colon, number = code.partition(":")
            assert (kind in NUMBERED) if number else (code in MISSING), code
        assert all(text and ":" not in text for text in missing_said(order.next_action_missing))
        assert explain_sentences(order.pk, self.now)

    # ── what may happen ──

    def anybody(self) -> User:
        """Its owner or a lead, rarely a stranger to it."""
        owner = self.order().assigned_manager
        people = [*self.leads, *([owner] * 4 if owner else []), self.finance]
        return self.luck.choice(people)

    def happen(self) -> bool:
        """Something that somebody tries to do; False when it was refused."""
        order = self.order()
        act = self.luck.choice((*HAPPENINGS, *self.luck.choices(AT.get(order.status, HAPPENINGS), k=20)))
        try:
            with transaction.atomic():
                act(self, order)
        except Refusal:
            return False
        return True

    def by(self) -> dict[str, object]:
        return {"order_id": self.order_id, "actor": self.company.actor(self.anybody()), "now": self.now}


def _waits(walk: Walk, order: Order) -> None:
    walk.company.go(walk.luck.choice((HOUR, 5 * HOUR, DAY, 3 * DAY)))


def _contact(walk: Walk, order: Order) -> None:
    outcome = walk.luck.choice(("agreed", "reached", "refused", "call_back", "no_answer"))
    next_at = walk.now + walk.luck.choice((2 * HOUR, DAY)) if outcome == "call_back" else None
    whom = walk.luck.choice(("seller", "client"))
    contact_add(whom=whom, channel="phone", outcome=outcome, next_at=next_at, **walk.by())  # type: ignore[arg-type]


def _answers(walk: Walk, order: Order) -> None:
    given = walk.luck.sample(answers(), walk.luck.randint(1, 28))
    inspection_answer(answers=given, **walk.by())  # type: ignore[arg-type]


def _fails(walk: Walk, order: Order) -> None:
    """All is there, and the goods are not fit."""
    while walk.order().next_action in ("contact_seller", "fill_inspection", "attach_evidence"):
        walk.step()
    inspection_verdict(verdict="fail", remarks="Bent", **walk.by())  # type: ignore[arg-type]


def _decides_inspection(walk: Walk, order: Order) -> None:
    decision = walk.luck.choice(("go_on", "again"))
    inspection_decide(decision=decision, reason="So it is", **walk.by())  # type: ignore[arg-type]


def _client(walk: Walk, order: Order) -> None:
    decision = walk.luck.choice(("confirmed", "thinks", "thinks", "declined"))
    client_decision_record(
        decision=decision,
        until=walk.now + walk.luck.choice((HOUR, 2 * DAY)) if decision == "thinks" else None,
        reason_code="price" if decision == "declined" else "",
        **walk.by(),  # type: ignore[arg-type]
    )


def _price(walk: Walk, order: Order) -> None:
    price = PRICE * walk.luck.randint(1, 3)
    currency = walk.luck.choice(("RUB", "RUB", "USD"))
    price_set(price=price, currency=currency, reason="Agreed", **walk.by())  # type: ignore[arg-type]


def _payment(walk: Walk, order: Order) -> None:
    walk.pay(Decimal(walk.luck.choice((1, 500, 3000))), walk.luck.choice(("RUB", "RUB", "USD")))


def _corrects(walk: Walk, order: Order) -> None:
    last = Payment.objects.filter(order=order, corrects__isnull=True).order_by("-pk").first()
    if last is not None:
        by = walk.company.actor(walk.finance)
        payment_correct(payment_id=last.pk, reason="Another order's", actor=by, now=walk.now)


def _payout(walk: Walk, order: Order) -> None:
    payout_ask(
        kind=walk.luck.choice(("refund", "compensation")),
        amount=Decimal(walk.luck.choice((1, 500))),
        currency="RUB",
        reason="Damaged",
        **walk.by(),  # type: ignore[arg-type]
    )


def _logistics(walk: Walk, order: Order) -> None:
    name, value = walk.luck.choice(
        (
            ("seller_date", today(walk.now) + DAY),
            ("carrier", walk.luck.choice(("CDEK", "Post"))),
            ("tracking", "77"),
            ("promised_date", today(walk.now) + walk.luck.randint(0, 3) * DAY),
            ("delivered_at", walk.now),
        )
    )
    given = GivenLogistics(**{name: value})  # type: ignore[arg-type]
    logistics_record(given=given, **walk.by())  # type: ignore[arg-type]


def _tracking(walk: Walk, order: Order) -> None:
    state = walk.luck.choice(("moving", "arrived", "delayed", "problem", "lost"))
    tracking_record(state=state, text="As the carrier says", **walk.by())  # type: ignore[arg-type]


def _blocker(walk: Walk, order: Order) -> None:
    owner, due_at = walk.anybody().pk, walk.now + walk.luck.choice((HOUR, DAY))
    blocker_open(kind="papers", text="No papers", owner_id=owner, due_at=due_at, **walk.by())  # type: ignore[arg-type]


def _blocker_touched(walk: Walk, order: Order) -> None:
    for blocker in blockers_open(order.pk)[:1]:
        by = {"blocker_id": blocker.pk, "actor": walk.company.actor(walk.anybody()), "now": walk.now}
        if walk.luck.random() < 0.5:
            blocker_resolve(resolution="Gone", **by)
        else:
            blocker_pass(owner_id=walk.anybody().pk, due_at=walk.now + DAY, reason="Theirs", **by)


def _asks(walk: Walk, order: Order) -> None:
    routes = [spec.route for spec in gate.ROUTES.values() if order.status in spec.sources]
    if routes:
        data = gate.RouteData(reason="So it is", reason_code=walk.luck.choice(("", "other")))
        route_ask(route=walk.luck.choice(routes), data=data, **walk.by())  # type: ignore[arg-type]


def _answers_request(walk: Walk, order: Order) -> None:
    for approval in approvals_open(order.pk)[:1]:
        by = {"approval_id": approval.pk, "actor": walk.company.actor(walk.anybody()), "now": walk.now}
        how = walk.luck.choice(("decline", "decline", "approve", "withdraw"))
        if how == "withdraw":
            approval_withdraw(**by)
        else:
            approval_decide(answer=how, reason="So it is", **by)


def _opinion(walk: Walk, order: Order) -> None:
    verdict = walk.luck.choice(("grounds", "no_grounds", "unclear"))
    opinion_add(
        order_id=order.pk, verdict=verdict, text="The law", actor=actors.agent(walk.key.pk), now=walk.now
    )


def _claim(walk: Walk, order: Order) -> None:
    claim_open(kind="damaged", text="A scratch", **walk.by())  # type: ignore[arg-type]


def _gives(walk: Walk, order: Order) -> None:
    to = walk.luck.choice(walk.managers)
    by = walk.company.actor(walk.leads[0])
    order_assign(order_id=order.pk, manager_id=to, actor=by, seen_version=None, now=walk.now)


def _severity(walk: Walk, order: Order) -> None:
    severity = walk.luck.choice(("normal", "high", "critical"))
    order_set_severity(
        order_id=order.pk,
        severity=severity,
        actor=walk.company.actor(walk.leads[0]),
        seen_version=None,
        now=walk.now,
    )


def _task(walk: Walk, order: Order) -> None:
    due_at = walk.now + walk.luck.choice((HOUR, 2 * DAY))
    task_add(title="Call", owner_id=walk.anybody().pk, due_at=due_at, **walk.by())  # type: ignore[arg-type]


def _task_done(walk: Walk, order: Order) -> None:
    """Whichever is the oldest, also one that another fact ought to end."""
    for task in Task.objects.filter(order=order, status=TaskStatus.OPEN).order_by("pk")[:1]:
        task_done(task_id=task.pk, actor=walk.company.actor(walk.anybody()), now=walk.now)


HAPPENINGS: tuple[Callable[[Walk, Order], None], ...] = (
    *(_waits, _waits, _contact, _contact, _answers, _fails, _decides_inspection, _client, _client, _price),
    *(_payment, _corrects, _payout, _logistics, _logistics, _tracking, _blocker, _blocker_touched, _asks),
    *(_answers_request, _opinion, _claim, _gives, _severity, _task, _task_done),
)


AT: Mapping[str, tuple[Callable[[Walk, Order], None], ...]] = {
    "under_inspection": (
        _waits,
        _contact,
        _answers,
        _fails,
        _decides_inspection,
        _price,
        _payment,
        _opinion,
        _asks,
    ),
    "awaiting_payment": (_waits, _contact, _client, _client, _price, _payment, _corrects, _logistics, _asks),
    "ready_for_shipment": (_waits, _logistics, _blocker, _payout, _price, _corrects, _asks, _answers_request),
    "in_transit": (_waits, _tracking, _logistics, _asks, _answers_request, _gives, _payout, _blocker),
    "delivered": (_waits, _claim, _payout, _answers_request, _task, _task_done),
    "cancelled": (_waits, _payout, _answers_request, _task_done),
}
"""What is likely to happen there."""


def _leave(walk: Walk, route: str) -> None:
    """Take this route from where the order stands: what it needs is made true first."""
    order = walk.order()
    sequence = order.status_sequence
    if route in FORWARD:
        while walk.order().status_sequence == sequence:
            walk.step()
        return
    lead = walk.leads[0]
    if route == "reject":
        key = actors.agent(walk.key.pk)
        opinion_add(order_id=order.pk, verdict="grounds", text="The law", actor=key, now=walk.now)
    reason = {"cancel": "other", "cancel_in_transit": "lost"}.get(route, "")
    approval = walk.ask_or_take(order, route, reason_code=reason, by=lead)
    if approval is not None:
        assert walk.decide(approval), f"{route} from {order.status} could not be approved"


FORWARD = ("accept", "complete_inspection", "release_to_ship", "ship", "deliver")


def _walk(company: Company, name: str, seed: int) -> Walk:
    order = company.order(name)
    olga, pavel = company.lead, User.objects.get(username="pavel")
    managers = list(User.objects.filter(manager__isnull=False).order_by("pk").values_list("pk", flat=True))
    walk = Walk(
        company,
        order.pk,
        leads=(olga, pavel),
        finance=User.objects.get(username="fyodor"),
        managers=managers,
    )
    walk.luck = Random(f"{name}:{seed}")
    walk.key = ApiKey.objects.get(source="ai_grc")
    return walk


@pytest.fixture
def company(db: None) -> Company:
    """Two managers who are there from half past twelve on, two leads, finance, AI-GRC."""
    company = Company()
    company.person("Pavel", LEAD)
    company.person("Fyodor", FINANCE)
    for name in ("Anna", "Boris"):
        company.manager(name, (moment("12:30"), moment("00:00", day=400)))
    ApiKeyFactory(source="ai_grc")
    return company


@contextmanager
def undone(company: Company) -> Iterator[None]:
    """Afterwards nothing of it has happened."""
    now = company.now
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    company.now = now


@dataclass
class Met:
    """What the walks have come to: `states` with the number of steps from each to the end."""

    looks: int = 0
    happened: int = 0
    states: dict[tuple[object, ...], int] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, walk: Walk) -> None:
        """Look at the order as it stands; from a state that was not met before it is brought to its end, and back."""
        self.looks += 1
        state = walk.check()
        if state not in self.states:
            walk.check_all()
            with undone(walk.company):
                self.states[state] = walk.finish()

    def noise(self, walk: Walk) -> None:
        for _time in range(walk.luck.randint(0, NOISE)):
            self.happened += walk.happen()
            self.meet(walk)

    def to_the_end(self, walk: Walk) -> None:
        for _step in range(STEPS_AT_MOST):
            if walk.order().closed_at is not None:
                return
            walk.step()
            self.meet(walk)
        raise AssertionError(f"not closed: {walk.said()}")


def _lead_to(walk: Walk, source: str, met: Met) -> bool:
    """Step by step, with anything in between, until it stands there; False when it has come to an end before."""
    for _step in range(STEPS_AT_MOST):
        status = walk.order().status
        if status == source or status in FINAL:
            return status == source
        walk.step()
        met.meet(walk)
        met.noise(walk)
    raise AssertionError(f"never got to {source}: {walk.said()}")


def _walk_through(company: Company, source: str, route: str, seed: int, met: Met) -> bool:
    """One order to its source, out of it by the route, and to its end. Returns whether it took the route there."""
    walk = _walk(company, f"{source}-{route}-{seed}", seed)
    met.meet(walk)
    met.noise(walk)
    if _lead_to(walk, source, met):
        met.noise(walk)
    if walk.order().status == source:
        _leave(walk, route)
        met.meet(walk)
        for _time in range(3):
            met.noise(walk)
    met.to_the_end(walk)
    took = _taken(walk)
    met.taken |= took
    return (source, route) in took


@pytest.mark.timeout(600)
def test_from_every_state_there_is_a_next_step_and_a_way_to_the_end(company: Company) -> None:
    met = Met()
    for source, route in PAIRS:
        seeds = iter(range(1, 100))
        walked = 0
        while walked < WALKS:
            walked += _walk_through(company, source, route, next(seeds), met)

    print(f"{met.looks} looks, {met.happened} things happened between the steps, {len(met.states)} states:")
    for state, steps in sorted(met.states.items(), key=str):
        print(f"  {state}: {steps} steps to the end")
    print("routes:", ", ".join(f"{source} {route}" for source, route in sorted(met.taken)))
    assert met.taken == set(PAIRS)
    assert {state[0] for state in met.states} == set(Status.values)
    assert {state[1] for state in met.states} == {*Step.values, "closed"} - {Step.LOOK_AGAIN}
    assert len(met.states) > 40


def _taken(walk: Walk) -> set[tuple[str, str]]:
    events = StatusEvent.objects.filter(order=walk.order_id).exclude(from_status="")
    return set(events.values_list("from_status", "route"))
