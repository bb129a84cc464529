"""Four eyes: what one person asks for, another one decides, about exactly what was shown, once."""

import re
from pathlib import Path

import pytest

from assignment.models import Manager
from assignment.services import order_assign
from core import actors
from core.models import Entry, Message, User
from core.refusals import Refusal
from core.roles import DECIDER, LEAD, user_set_roles
from orders.gate import NotAllowed, RouteData, RouteRefused
from orders.models import Approval, Order, Payout, StatusEvent
from orders.services import (
    ApprovalRefused,
    DealRefused,
    approval_decide,
    approval_withdraw,
    order_route,
    route_ask,
)
from orders.services.approvals import hash_now
from rop.replaying import decisions, replay
from tests.factories import OpinionFactory
from tests.stories.company import HOUR, MINUTE, Company, moment
from tests.stories.dealing import (
    PRICE,
    ask,
    ask_money,
    awaiting,
    decide,
    fix_carrier,
    owners,
    pay,
    price,
    ready,
    say,
    step,
    take,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def anna(company: Company) -> Manager:
    return company.manager("Anna")


@pytest.fixture
def held(company: Company, anna: Manager) -> Order:
    """Anna's, paid in full, so that to cancel it is at risk."""
    order = awaiting(company)
    pay(company, order)
    return order


def to_cancel(company: Company, order: Order) -> Approval:
    return ask(company, order, "cancel", reason="The client refused", reason_code="client_refused")


def refusal(company: Company, approval: Approval, answer: str = "approve", **by: object) -> Refusal:
    """Of a decision, after which nothing is other than before."""
    before = facts(approval)
    with pytest.raises(Refusal) as refused:
        say(company, approval, answer, **by)  # type: ignore[arg-type]
    assert facts(approval) == before
    return refused.value


def facts(approval: Approval) -> tuple[object, ...]:
    order = Order.objects.get(pk=approval.order_id)
    now = Approval.objects.get(pk=approval.pk)
    moved = StatusEvent.objects.filter(order=order).count()
    return (order.status, order.version, order.price, moved, now.state, now.decided_by_id, now.executed_at)


def as_lead(company: Company, order: Order, who: User) -> Approval:
    approval = route_ask(
        order_id=order.pk,
        route="cancel",
        actor=company.actor(who),
        now=company.now,
        data=RouteData(reason="The client refused", reason_code="client_refused"),
    )
    company.commit()
    return approval


# ── yes and no ──


def test_what_is_asked_for_waits_for_the_lead_and_a_yes_carries_it_out(
    company: Company, anna: Manager, held: Order
) -> None:
    with pytest.raises(RouteRefused) as refused:
        take(company, held, "cancel", reason_code="client_refused")
    assert refused.value.lacks() == ["approval"]

    approval = to_cancel(company, held)
    assert step(held) == ("decide_approval", "lead", [f"approval:{approval.pk}"])
    assert held.next_action_due == moment("16:00")
    assert (held.status, approval.payload["reason_code"]) == ("awaiting_payment", "client_refused")

    company.go(HOUR)
    decided = say(company, approval, "approve", reason="Agreed")
    held.refresh_from_db()
    assert (held.status, held.cancel_reason) == ("cancelled", "client_refused")
    assert (decided.state, decided.decided_by, decided.executed_at) == ("approved", company.lead, company.now)
    event = StatusEvent.objects.get(order=held, route="cancel")
    assert (event.actor_id, event.reason, event.at) == (anna.user_id, "The client refused", company.now)
    assert company.heard("approval_asked", "approval_decided") == [
        ("Olga", "approval_asked", "02 12:00"),
        ("Anna", "approval_decided", "02 13:00"),
    ]
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def test_a_no_says_why_and_changes_nothing_but_the_request(
    company: Company, anna: Manager, held: Order
) -> None:
    approval = to_cancel(company, held)
    needs_why = refusal(company, approval, "decline")
    assert (needs_why.code, needs_why.lacks()) == ("required", ["reason"])
    say(company, approval, "decline", reason="Wait until Friday")
    approval.refresh_from_db()
    held.refresh_from_db()
    assert (approval.state, approval.executed_at, held.status) == ("declined", None, "awaiting_payment")
    assert company.heard("approval_decided") == [("Anna", "approval_decided", "02 12:00")]
    assert refusal(company, approval).code == "decided_already"


def test_what_needs_nobodys_approval_is_not_asked_for(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    with pytest.raises(ApprovalRefused) as refused:
        to_cancel(company, order)
    assert refused.value.code == "no_approval_needed"
    # Nor is what lacks something else.
    with pytest.raises(RouteRefused) as lacking:
        ask(company, order, "return_shipment")
    assert lacking.value.lacks() == ["status"]


def test_one_press_takes_a_step_or_asks_for_it(company: Company, anna: Manager, held: Order) -> None:
    """Where the client's money is held a second person is asked; where none is, the order is cancelled at once."""
    free = awaiting(company, "A-2")
    assert [cancel(company, order, asks=True).status for order in (held, free)] == [
        "awaiting_payment",
        "cancelled",
    ]
    approval = Approval.objects.get()
    assert (approval.order, approval.route, approval.payload["reason_code"]) == (
        held,
        "cancel",
        "client_refused",
    )
    # Whoever only takes it is refused as before, and asks for nothing.
    with pytest.raises(RouteRefused) as refused:
        cancel(company, held, asks=False)
    assert refused.value.lacks() == ["approval"]
    assert Approval.objects.count() == 1


def cancel(company: Company, order: Order, *, asks: bool) -> Order:
    return order_route(
        order_id=order.pk,
        route="cancel",
        actor=owners(company, order),
        seen_version=None,
        data=RouteData(reason="He has found another one", reason_code="client_refused"),
        now=company.now,
        asks=asks,
    )


def test_an_undecided_request_climbs(company: Company, anna: Manager, held: Order) -> None:
    company.admins()
    to_cancel(company, held)
    company.go_to(moment("18:00"))
    assert company.escalated() == [("Olga", "02 16:00"), ("Olga", "02 17:00"), ("admins", "02 18:00")]


# ── who ──


def test_nobody_decides_about_their_own_request(company: Company, anna: Manager, held: Order) -> None:
    pavel = company.person("Pavel", LEAD)
    approval = as_lead(company, held, company.lead)
    assert company.heard("approval_asked") == [("Pavel", "approval_asked", "02 12:00")]
    assert refusal(company, approval).code == "not_yours"
    assert refusal(company, approval, "decline", reason="No").code == "not_yours"
    assert say(company, approval, "approve", who=pavel).state == "approved"


def test_only_whoever_is_named_for_it_decides(company: Company, anna: Manager, held: Order) -> None:
    boris = company.manager("Boris")
    approval = to_cancel(company, held)
    finance = User.objects.get(username="fyodor")
    for who in (boris.user, anna.user, finance):
        assert refusal(company, approval, who=who).code == "not_yours"
    for actor in (actors.agent(1), actors.rop()):
        with pytest.raises(NotAllowed):
            approval_decide(approval_id=approval.pk, answer="approve", actor=actor, now=company.now)


def test_a_company_with_one_lead_needs_a_second_decider(company: Company, anna: Manager, held: Order) -> None:
    with pytest.raises(ApprovalRefused) as refused:
        as_lead(company, held, company.lead)
    assert refused.value.code == "no_second_decider"
    assert not Approval.objects.exists()
    dina = company.person("Dina", DECIDER)
    approval = as_lead(company, held, company.lead)
    assert company.heard("approval_asked") == [("Dina", "approval_asked", "02 12:00")]
    say(company, approval, "approve", who=dina)
    held.refresh_from_db()
    assert held.status == "cancelled"


# ── about exactly that ──


def test_once_the_order_has_changed_it_is_asked_for_anew(
    company: Company, anna: Manager, held: Order
) -> None:
    approval = to_cancel(company, held)
    decide(company, held, "confirmed")
    assert refusal(company, approval).code == "order_changed"

    again = to_cancel(company, held)
    approval.refresh_from_db()
    assert approval.state == "withdrawn"
    assert say(company, again, "approve").state == "approved"


def test_a_change_of_owner_is_a_change_of_the_order(company: Company, anna: Manager, held: Order) -> None:
    boris = company.manager("Boris")
    approval = to_cancel(company, held)
    order_assign(
        order_id=held.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    company.commit()
    assert refusal(company, approval).code == "order_changed"


def test_reminders_and_looks_are_no_change_of_the_order(company: Company, anna: Manager, held: Order) -> None:
    approval = to_cancel(company, held)
    company.go_to(moment("12:00", day=1))
    assert say(company, approval, "approve").state == "approved"


def test_what_was_shown_is_what_is_decided(company: Company, anna: Manager, held: Order) -> None:
    approval = to_cancel(company, held)
    by = {"approval_id": approval.pk, "answer": "approve", "actor": company.actor(company.lead)}
    with pytest.raises(ApprovalRefused) as refused:
        approval_decide(**by, now=company.now, seen_hash="0" * 64)
    assert refused.value.code == "shown_otherwise"
    # The same version, but not the same words: somebody wrote past the services.
    Order.objects.filter(pk=held.pk).update(client_name="Another")
    assert refusal(company, approval).code == "order_changed"
    Order.objects.filter(pk=held.pk).update(client_name="Client")
    approval_decide(**by, now=company.now, seen_hash=hash_now(Approval.objects.get(pk=approval.pk)))
    held.refresh_from_db()
    assert held.status == "cancelled"


def test_every_step_from_there_on_makes_a_request_old(company: Company, anna: Manager, held: Order) -> None:
    to_inspect, dearer = ask(company, held, "reinspect"), asked_price(company, held)
    assert refusal(company, to_inspect).code == "order_changed"
    say(company, dearer, "approve")
    to_inspect.refresh_from_db()
    assert to_inspect.state == "open"
    # A step that is taken ends what was asked about the one before.
    to_inspect, cheaper = ask(company, held, "reinspect"), price(company, held, PRICE)
    assert cheaper is not None
    say(company, ask(company, held, "reinspect"), "approve")
    for one in (to_inspect, cheaper):
        one.refresh_from_db()
        assert one.state == "withdrawn"
    assert fallen(held)[1:] == [to_inspect.pk, cheaper.pk]
    # She asked for the inspection anew herself; that the price fell with the step she could not know.
    (told,) = Message.objects.filter(template="approval_withdrawn")
    assert (told.person, told.context) == (anna.user, {"approval": cheaper.pk})


def test_whoever_asked_is_told_that_somebody_else_asks_anew(
    company: Company, anna: Manager, held: Order
) -> None:
    pavel = company.person("Pavel", LEAD)
    approval = to_cancel(company, held)
    as_lead(company, held, pavel)
    assert fallen(held) == [approval.pk]
    assert company.heard("approval_withdrawn") == [("Anna", "approval_withdrawn", "02 12:00")]
    assert company.audit() == {}


def fallen(order: Order) -> list[int]:
    """By the journal."""
    found = Entry.objects.filter(kind="approval.withdrawn", order_id=order.pk).order_by("pk")
    return [entry.output["approval"] for entry in found]


# ── once ──


def test_twice_is_once(company: Company, anna: Manager, held: Order) -> None:
    pavel = company.person("Pavel", LEAD)
    approval = to_cancel(company, held)
    first = say(company, approval, "approve")
    company.go(MINUTE)
    again = say(company, approval, "approve")
    assert (again.ended_at, again.decided_by) == (first.ended_at, company.lead)
    assert StatusEvent.objects.filter(order=held, route="cancel").count() == 1
    assert refusal(company, approval, "decline", reason="No").code == "decided_already"
    assert refusal(company, approval, who=pavel).code == "decided_already"


def test_whoever_asked_may_think_better_of_it(company: Company, anna: Manager, held: Order) -> None:
    approval = to_cancel(company, held)
    withdraw = {"approval_id": approval.pk, "now": company.now}
    with pytest.raises(NotAllowed):
        approval_withdraw(**withdraw, actor=company.actor(company.lead))
    for _time in range(2):
        assert approval_withdraw(**withdraw, actor=company.actor(anna)).state == "withdrawn"
        company.commit()
    assert refusal(company, approval).code == "decided_already"
    assert step(held)[0] == "follow_up_client"


def test_a_request_that_nobody_decides_expires_and_its_asker_is_told(
    company: Company, anna: Manager, held: Order
) -> None:
    payout = ask_money(company, held)
    approval = payout.approval
    assert (approval.due_at, approval.expires_at) == (moment("16:00"), moment("12:00", day=2))
    # At the very moment, though nobody has looked yet.
    with pytest.raises(ApprovalRefused) as refused:
        approval_decide(
            approval_id=approval.pk,
            answer="approve",
            actor=company.actor(company.lead),
            now=approval.expires_at,
        )
    assert refused.value.code == "expired"
    company.go_to(moment("12:00", day=2))
    approval.refresh_from_db()
    payout.refresh_from_db()
    assert (approval.state, approval.ended_at, payout.state) == ("expired", company.now, "refused")
    assert company.heard("approval_expired") == [("Anna", "approval_expired", "04 12:00")]
    assert refusal(company, approval).code == "decided_already"
    assert company.audit() == {}


# ── carried out, or nothing at all ──


@pytest.mark.parametrize("gone", ["deactivated", "without a role"])
@pytest.mark.parametrize("about", ["cancel", "price", "refund"])
def test_a_request_of_somebody_who_may_not_any_more_is_not_carried_out(
    company: Company, anna: Manager, held: Order, about: str, gone: str
) -> None:
    if about == "cancel":
        approval = to_cancel(company, held)
    elif about == "price":
        approval = asked_price(company, held)
    else:
        approval = ask_money(company, held).approval
    if gone == "deactivated":
        User.objects.filter(pk=anna.user_id).update(is_active=False)
    else:
        user_set_roles(user=anna.user, roles=[])

    assert refusal(company, approval).code == "not_yours"
    entry = Entry.objects.filter(kind="command.approval_decide").order_by("pk").last()
    assert entry is not None
    assert entry.output["result"] == "refused"
    assert not Payout.objects.filter(state="approved").exists()


def asked_price(company: Company, order: Order) -> Approval:
    approval = price(company, order, PRICE + 1)
    assert approval is not None
    return approval


def test_a_guard_that_is_no_more_true_refuses_a_yes(company: Company, anna: Manager, held: Order) -> None:
    pavel = company.person("Pavel", LEAD)
    OpinionFactory(order=held, verdict="grounds")
    approval = route_ask(
        order_id=held.pk,
        route="reject",
        actor=company.actor(company.lead),
        now=company.now,
        data=RouteData(reason="Stolen goods"),
    )
    company.commit()
    # Past the service, which would have made another version of the order.
    OpinionFactory(order=held, verdict="no_grounds")
    refused = refusal(company, approval, who=pavel)
    assert (refused.code, refused.lacks()) == ("route_refused", ["legal_opinion"])


def test_a_request_needs_words(company: Company, anna: Manager) -> None:
    order = ready(company)
    fix_carrier(company, order)
    with pytest.raises(Refusal) as refused:
        ask(company, order, "reinspect", reason="  ")
    assert refused.value.lacks() == ["reason"]
    with pytest.raises(DealRefused) as long:
        ask(company, order, "reinspect", reason="x" * 1001)
    assert long.value.code == "too_long"


def test_telegram_neither_decides_nor_moves_money() -> None:
    """The contract: by one's own session or token, where it is seen what will happen."""
    held_back = re.compile(
        r"\b(approval_decide|payment_record|payment_correct|payout_pay|payout_ask|price_set)\b"
    )
    for path in (ROOT / "telegram_bot").rglob("*.py"):
        assert held_back.findall(path.read_text(encoding="utf-8")) == [], path
