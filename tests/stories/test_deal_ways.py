"""The other ways out of a deal: called off, rejected, lost, returned, inspected again, complained about."""

from datetime import timedelta

import pytest

from assignment.models import Manager
from core import actors
from core.models import ApiKey, User
from core.roles import LEAD
from orders.gate import NotAllowed, RouteData, RouteRefused
from orders.models import Approval, Claim, Inspection, Logistics, Order, Task
from orders.services import (
    ApprovalRefused,
    DealRefused,
    TaskRefused,
    approval_decide,
    claim_settle,
    money_keep_ask,
    opinion_add,
    order_route,
    route_ask,
    supervision,
    task_cancel,
    task_done,
    terms_draft,
    terms_publish,
    tracking_record,
)
from orders.services.supervision import wake_deals
from rop.replaying import decisions, replay
from tests.factories import ApiKeyFactory
from tests.stories.company import Company, moment
from tests.stories.dealing import (
    PRICE,
    agree_date,
    ask,
    ask_money,
    awaiting,
    complain,
    decide,
    delivered,
    fix_carrier,
    in_transit,
    paid,
    pay,
    pay_out,
    ready,
    say,
    step,
    take,
)
from tests.stories.inspecting import answer, answers, attach_all, complete, conclude, owners, under_inspection

DAY = timedelta(days=1)


@pytest.fixture
def anna(company: Company) -> Manager:
    return company.manager("Anna")


@pytest.fixture
def pavel(company: Company) -> User:
    """Another lead."""
    return company.person("Pavel", LEAD)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(company: Company) -> object:
    """Whatever happened: the auditor finds nothing, and every decision is the same when it is taken again."""
    yield
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def tasks_open(order: Order) -> list[tuple[str, str]]:
    found = Task.objects.filter(order=order, status="open").select_related("owner").order_by("pk")
    return [(task.kind, task.owner.first_name) for task in found]


def approved(company: Company, order: Order, route: str, *, reason_code: str = "") -> Order:
    say(company, ask(company, order, route, reason_code=reason_code), "approve")
    order.refresh_from_db()
    return order


# ── called off with the client's money ──


def test_a_deal_that_is_off_is_closed_when_the_clients_money_has_gone_back(
    company: Company, anna: Manager
) -> None:
    order = approved(company, paid(company), "cancel", reason_code="client_refused")
    assert (order.status, order.closed_at) == ("cancelled", None)
    assert tasks_open(order) == [("settle_money", "Olga")]
    assert step(order) == ("do_task", "person", ["lead_decision"])
    assert (order.next_action_user, order.next_action_due) == (company.lead, moment("12:00", day=1))

    payout = ask_money(company, order)
    assert step(order)[0] == "decide_approval"
    say(company, payout.approval, "approve")
    # Decided; now finance pays it out.
    assert tasks_open(order) == [("pay_out", "Fyodor")]
    order.refresh_from_db()
    assert order.closed_at is None
    company.go(timedelta(hours=1))
    pay_out(company, payout)
    order.refresh_from_db()
    assert (order.closed_at, tasks_open(order)) == (company.now, [])


def test_the_managers_word_does_not_settle_the_clients_money(company: Company, anna: Manager) -> None:
    order = approved(company, paid(company), "cancel", reason_code="client_refused")
    task = Task.objects.get(order=order, kind="settle_money")
    for end in (task_done, task_cancel):
        with pytest.raises(NotAllowed):
            end(task_id=task.pk, actor=company.actor(anna), now=company.now)
    order.refresh_from_db()
    assert order.closed_at is None


def test_nor_does_the_leads_alone_a_second_person_lets_it_stay(
    company: Company, anna: Manager, pavel: User
) -> None:
    order = approved(company, paid(company), "cancel", reason_code="client_refused")
    task = Task.objects.get(order=order, kind="settle_money")
    for end in (task_done, task_cancel):
        with pytest.raises(TaskRefused):
            end(task_id=task.pk, actor=company.actor(company.lead), now=company.now)
    with pytest.raises(NotAllowed):
        money_keep_ask(order_id=order.pk, reason="So", actor=company.actor(anna), now=company.now)

    approval = keep(company, order)
    assert (approval.action, approval.payload) == ("keep_money", {"held": {"RUB": "125000.00"}})
    assert step(order)[0] == "decide_approval"
    with pytest.raises(NotAllowed):
        approval_decide(
            approval_id=approval.pk, answer="approve", actor=company.actor(company.lead), now=company.now
        )
    say(company, approval, "decline", reason="It is the client's", who=pavel)
    assert tasks_open(order) == [("settle_money", "Olga")]

    say(company, keep(company, order), "approve", who=pavel)
    order.refresh_from_db()
    task.refresh_from_db()
    assert (order.closed_at, task.status) == (company.now, "done")
    assert company.audit() == {}


def test_what_stays_is_exactly_what_was_asked_for(company: Company, anna: Manager, pavel: User) -> None:
    """A part of it goes back meanwhile: the rest is asked for anew."""
    order = approved(company, paid(company), "cancel", reason_code="client_refused")
    approval = keep(company, order)
    part = ask_money(company, order, PRICE - 1)
    with pytest.raises(ApprovalRefused) as refused:
        say(company, approval, "approve", who=pavel)
    assert refused.value.code == "order_changed"
    say(company, part.approval, "approve")
    assert keep(company, order).payload == {"held": {"RUB": "1.00"}}


def test_there_is_nothing_to_keep_where_nothing_is_held_or_the_deal_goes_on(
    company: Company, anna: Manager, pavel: User
) -> None:
    order = paid(company)
    with pytest.raises(DealRefused) as refused:
        keep(company, order)
    assert refused.value.code == "wrong_stage"
    order = approved(company, order, "cancel", reason_code="client_refused")
    refund = ask_money(company, order)
    say(company, refund.approval, "approve")
    with pytest.raises(DealRefused) as refused:
        keep(company, order)
    assert refused.value.code == "nothing_held"


def keep(company: Company, order: Order) -> Approval:
    """By the lead."""
    approval = money_keep_ask(
        order_id=order.pk,
        reason="A deposit, as agreed",
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()
    return approval


def test_a_refund_that_was_declined_leaves_the_money_to_be_settled(company: Company, anna: Manager) -> None:
    order = approved(company, paid(company), "cancel", reason_code="client_refused")
    payout = ask_money(company, order)
    say(company, payout.approval, "decline", reason="A part of it stays")
    assert tasks_open(order) == [("settle_money", "Olga")]
    part = ask_money(company, order, PRICE - 1)
    say(company, part.approval, "approve")
    assert tasks_open(order) == [("settle_money", "Olga"), ("pay_out", "Fyodor")]


def test_without_money_it_is_cancelled_by_its_owner_and_closed_at_once(
    company: Company, anna: Manager
) -> None:
    order = awaiting(company)
    pay(company, order)
    refund = ask_money(company, order)
    with pytest.raises(RouteRefused):
        take(company, order, "cancel", reason_code="client_refused")
    say(company, refund.approval, "approve")
    pay_out(company, refund)
    # All of it has gone back: nothing is at risk any more.
    take(company, order, "cancel", reason_code="client_refused")
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("cancelled", company.now)


# ── rejected ──


def grc() -> ApiKey:
    return ApiKeyFactory(source="ai_grc", scopes=[])


def opinion(company: Company, order: Order, verdict: str, *, key: ApiKey | None = None) -> None:
    actor = actors.agent((key or grc()).pk)
    opinion_add(order_id=order.pk, verdict=verdict, text="By the law", actor=actor, now=company.now)
    company.commit()


def reject(company: Company, order: Order, who: User | None = None) -> object:
    return route_ask(
        order_id=order.pk,
        route="reject",
        actor=company.actor(who or company.lead),
        now=company.now,
        data=RouteData(reason="Stolen goods"),
    )


def test_a_rejection_needs_the_opinion_of_the_law_a_lead_who_asks_and_another_who_decides(
    company: Company, anna: Manager, pavel: User
) -> None:
    order = awaiting(company)
    with pytest.raises(NotAllowed):
        reject(company, order, anna.user)
    with pytest.raises(RouteRefused) as refused:
        reject(company, order)
    assert refused.value.lacks() == ["legal_opinion"]
    for verdict in ("no_grounds", "unclear"):
        opinion(company, order, verdict)
        with pytest.raises(RouteRefused):
            reject(company, order)

    opinion(company, order, "grounds")
    approval = reject(company, order)
    company.commit()
    with pytest.raises(RouteRefused) as alone:
        order_route(
            order_id=order.pk,
            route="reject",
            actor=company.actor(company.lead),
            seen_version=None,
            now=company.now,
            data=RouteData(reason="Stolen goods"),
        )
    assert alone.value.lacks() == ["approval"]
    say(company, approval, "approve", who=pavel)  # type: ignore[arg-type]
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("rejected", company.now)


def test_another_opinion_makes_the_request_old(company: Company, anna: Manager, pavel: User) -> None:
    order = under_inspection(company)
    opinion(company, order, "grounds")
    approval = reject(company, order)
    opinion(company, order, "grounds")
    with pytest.raises(ApprovalRefused) as refused:
        say(company, approval, "approve", who=pavel)  # type: ignore[arg-type]
    assert refused.value.code == "order_changed"


def test_only_ai_grc_gives_opinions(company: Company, anna: Manager) -> None:
    order = awaiting(company)
    given = {"order_id": order.pk, "verdict": "grounds", "text": "By the law", "now": company.now}
    others = (
        actors.agent(ApiKeyFactory(source="ai_ceo").pk),
        company.actor(company.lead),
        actors.rop(),
    )
    for actor in others:
        with pytest.raises(NotAllowed):
            opinion_add(**given, actor=actor)
    for changed, code in (({"verdict": "guilty"}, "unknown"), ({"text": " "}, "required")):
        with pytest.raises(DealRefused) as refused:
            opinion_add(**{**given, **changed}, actor=actors.agent(grc().pk))
        assert refused.value.code == code


# ── on the way ──


def test_a_lost_parcel_is_called_off_with_an_approval_and_the_money_goes_back(
    company: Company, anna: Manager
) -> None:
    order = in_transit(company)
    tracking_record(
        order_id=order.pk,
        state="lost",
        text="The carrier gives up",
        actor=owners(company, order),
        now=company.now,
    )
    with pytest.raises(RouteRefused) as refused:
        take(company, order, "cancel", reason_code="lost")
    assert refused.value.lacks()[0] == "status"
    with pytest.raises(RouteRefused) as needs:
        take(company, order, "cancel_in_transit", reason_code="lost")
    assert needs.value.lacks() == ["approval"]

    order = approved(company, order, "cancel_in_transit", reason_code="lost")
    assert (order.status, order.cancel_reason, tasks_open(order)) == (
        "cancelled",
        "lost",
        [("settle_money", "Olga")],
    )
    payout = ask_money(company, order)
    say(company, payout.approval, "approve")
    pay_out(company, payout)
    order.refresh_from_db()
    assert order.closed_at == company.now


def test_a_parcel_that_came_back_is_shipped_anew(company: Company, anna: Manager) -> None:
    order = in_transit(company)
    order = approved(company, order, "return_shipment")
    assert order.status == "ready_for_shipment"
    before, now = Logistics.objects.filter(order=order).order_by("pk")[1:]
    assert (before.shipment, before.carrier) == (1, "CDEK")
    assert (now.shipment, now.carrier, now.seller_date) == (2, "", before.seller_date)
    assert step(order) == ("fix_logistics", "person", ["carrier", "tracking", "promised_date"])

    fix_carrier(company, order, in_days=7)
    assert take(company, order, "ship").status == "in_transit"
    check = tracking_record(order_id=order.pk, state="moving", actor=owners(company, order), now=company.now)
    assert check.shipment == 2


def test_the_way_is_looked_at_every_two_days_and_not_by_saying_so(company: Company, anna: Manager) -> None:
    order = in_transit(company)
    company.go(2 * DAY)
    task = Task.objects.get(order=order, kind="track")
    assert (task.number, task.due_at) == (1, moment("00:00", day=3))
    assert step(order) == ("track_shipment", "person", ["tracking_check"])
    with pytest.raises(TaskRefused):
        task_done(task_id=task.pk, actor=company.actor(anna), now=company.now)
    tracking_record(order_id=order.pk, state="moving", actor=owners(company, order), now=company.now)
    company.commit()
    assert step(order) == ("track_shipment", "person", ["delivery_date"])
    # Promised for Saturday: from then on it is to be found out whether it came.
    company.go_to(moment("00:00", day=6))
    assert step(order) == ("confirm_delivery", "person", ["delivery_date", "proof"])
    assert list(Task.objects.filter(order=order, kind="track").values_list("number", "status")) == [
        (1, "done"),
        (2, "open"),
    ]


# ── other terms ──


def test_new_terms_go_for_the_orders_that_are_on_their_way(company: Company, anna: Manager) -> None:
    """A parcel was to be looked for after two days. The lead wants that every 3 hours, when one day has passed."""
    order = in_transit(company)
    company.go(DAY)
    by_lead = {"actor": company.actor(company.lead), "now": company.now}
    draft = terms_draft(**by_lead)
    draft.tracking_every = 3 * 60 * 60
    draft.save()
    assert not Task.objects.filter(order=order, kind="track").exists()
    terms_publish(terms_id=draft.pk, **by_lead)
    company.sweep()
    assert Task.objects.get(order=order, kind="track").created_at == company.now


def test_deals_are_woken_by_new_terms_so_many_a_second(
    company: Company, anna: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five deals and two a second: what is due meanwhile waits behind two of them and not behind five."""
    monkeypatch.setattr(supervision, "DEALS_A_SECOND", 2)
    for number in range(5):
        awaiting(company, f"A-{number}")
    assert wake_deals(now=company.now) == 5
    woken = Order.objects.order_by("pk").values_list("wake_at", flat=True)
    assert [(at - company.now).total_seconds() for at in woken] == [0, 0, 1, 1, 2]
    # Those that are looked at sooner anyway stay as they are.
    assert wake_deals(now=company.now) == 0


# ── inspected again ──


@pytest.mark.parametrize("stage", [paid, ready], ids=["awaiting payment", "ready for shipment"])
def test_inspected_again_the_client_decides_anew_and_the_money_stays(
    company: Company, anna: Manager, stage: object
) -> None:
    order = approved(company, stage(company), "reinspect")  # type: ignore[operator]
    assert order.status == "under_inspection"
    assert Inspection.objects.filter(order=order).count() == 2
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order)
    complete(company, order)
    assert step(order)[0] == "follow_up_client"
    with pytest.raises(RouteRefused) as refused:
        take(company, order, "release_to_ship")
    # From where goods were ready, the date with the seller is another one too.
    assert refused.value.lacks() == (
        ["client_decision"] if stage is paid else ["client_decision", "seller_date"]
    )
    decide(company, order, "confirmed")
    agree_date(company, order, in_days=3)
    assert take(company, order, "release_to_ship").status == "ready_for_shipment"


# ── complained about ──


def settle(company: Company, claim: Claim, outcome: str, who: User | None = None) -> Claim:
    settled = claim_settle(
        claim_id=claim.pk,
        outcome=outcome,
        resolution="So it was settled",
        actor=company.actor(who or company.lead),
        now=company.now,
    )
    company.commit()
    return settled


def test_a_claim_keeps_the_order_open_until_it_is_settled_with_money_that_was_approved(
    company: Company, anna: Manager
) -> None:
    order = delivered(company)
    company.go(13 * DAY)
    claim = complain(company, order)
    assert tasks_open(order) == [("settle_claim", "Anna")]
    assert step(order) == ("settle_claim", "person", ["claim"])
    assert order.next_action_due == moment("12:00", day=16)
    company.go(2 * DAY)
    order.refresh_from_db()
    assert order.closed_at is None

    with pytest.raises(DealRefused) as refused:
        settle(company, claim, "compensation", anna.user)
    assert refused.value.code == "payout_missing"
    payout = ask_money(company, order, PRICE / 10, kind="compensation")
    with pytest.raises(DealRefused):
        settle(company, claim, "compensation", anna.user)
    say(company, payout.approval, "approve")
    with pytest.raises(DealRefused):
        settle(company, claim, "refund", anna.user)
    settle(company, claim, "compensation", anna.user)
    assert tasks_open(order) == [("pay_out", "Fyodor")]
    order.refresh_from_db()
    assert order.closed_at is None
    pay_out(company, payout)
    order.refresh_from_db()
    assert order.closed_at == company.now


def test_what_settled_one_claim_settles_no_other(company: Company, anna: Manager) -> None:
    order = delivered(company)
    scratch, charger = complain(company, order), complain(company, order)
    first = ask_money(company, order, PRICE / 10, kind="compensation")
    say(company, first.approval, "approve")
    assert settle(company, scratch, "compensation", anna.user).payout == first
    with pytest.raises(DealRefused) as refused:
        settle(company, charger, "compensation", anna.user)
    assert refused.value.code == "payout_missing"
    assert tasks_open(order) == [("settle_claim", "Anna"), ("pay_out", "Fyodor")]

    second = ask_money(company, order, PRICE / 20, kind="compensation")
    say(company, second.approval, "approve")
    assert settle(company, charger, "compensation", anna.user).payout == second
    # Said again, it is still settled by the same.
    assert settle(company, scratch, "compensation", anna.user).payout == first


def test_a_claim_is_taken_within_its_window_after_the_delivery(company: Company, anna: Manager) -> None:
    order = in_transit(company)
    with pytest.raises(DealRefused) as early:
        complain(company, order)
    assert early.value.code == "wrong_stage"
    order = delivered(company, "A-2")
    first = complain(company, order)
    # That one keeps it open; another one is too late all the same.
    company.go(14 * DAY + timedelta(seconds=1))
    with pytest.raises(DealRefused) as late:
        complain(company, order)
    assert late.value.code == "window_over"
    settle(company, first, "unfounded")
    assert settle(company, first, "refund").outcome == "unfounded"
    with pytest.raises(DealRefused) as closed:
        complain(company, order)
    assert closed.value.code == "order_closed"


def test_an_order_is_closed_when_the_last_of_all_that_hangs_on_it_is_settled(
    company: Company, anna: Manager
) -> None:
    order = delivered(company)
    one, two = complain(company, order), complain(company, order)
    assert tasks_open(order) == [("settle_claim", "Anna")]
    payout = ask_money(company, order, PRICE / 10)
    say(company, payout.approval, "approve")
    company.go(14 * DAY)
    for done in (
        lambda: settle(company, one, "refund"),
        lambda: settle(company, two, "withdrawn"),
    ):
        done()
        order.refresh_from_db()
        assert order.closed_at is None
    pay_out(company, payout)
    order.refresh_from_db()
    assert order.closed_at == company.now
