"""What happened to a deal, in words that its manager understands; names and money are looked up when it is read."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import actors
from core.models import Entry
from core.refusals import Refusal
from orders.models import Order, Payment, Payout
from orders.services import (
    approval_withdraw,
    blocker_open,
    blocker_pass,
    blocker_resolve,
    claim_open,
    claim_settle,
    opinion_add,
    payment_correct,
    payout_ask,
    payout_pay,
    tracking_record,
)
from rop.timeline import timeline
from rop.timeline.refused import ASKED, BECAUSE
from tests.factories import ApiKeyFactory
from tests.stories.company import Company, moment
from tests.stories.dealing import (
    agree_date,
    ask,
    awaiting,
    decide,
    delivered,
    finance,
    in_transit,
    logistics,
    paid,
    pay,
    price,
    say,
)
from tests.stories.inspecting import owners, under_inspection

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
HOUR = timedelta(hours=1)


@pytest.fixture
def company(db: None) -> Company:
    company = Company()
    company.manager("Anna", (moment("00:00"), moment("00:00", day=30)))
    return company


def said(order: Order, *kinds: str) -> list[tuple[str, str]]:
    """(title, detail) of what was done, oldest first; spaces within amounts as plain ones."""
    with translation.override("en"):
        items = reversed(timeline(order.pk, 200))
    found = [item for item in items if item.kind in kinds and not item.refused]
    return [(item.title.replace("\u00a0", " "), item.detail.replace("\u00a0", " ")) for item in found]


def refused(order: Order) -> tuple[str, str]:
    with translation.override("en"):
        item = next(item for item in timeline(order.pk) if item.refused)
    return item.title, item.detail


def by(company: Company, order: Order) -> Mapping[str, object]:
    return {"actor": owners(company, order), "now": company.now}


def test_what_the_client_said(company: Company) -> None:
    order = awaiting(company)
    decide(company, order, "thinks", until=moment("15:00", day=1))
    decide(company, order, "declined", why="price")
    decide(company, order, "confirmed")

    assert said(order, "command.client_decision") == [
        ("The client wants to think", "until tomorrow 15:00"),
        ("The client has declined", "too expensive"),
        ("The client has confirmed the deal", ""),
    ]


def test_what_ai_rop_asks_of_people(company: Company) -> None:
    order = awaiting(company)
    company.go(4 * 24 * HOUR)
    in_transit_order = in_transit(company, "A-2")
    company.go(2 * 24 * HOUR)

    assert said(order, "task.opened") == [
        ("AI-ROP: ask the client, step 1", "whose: Anna"),
        ("AI-ROP: the client has not decided, a lead decides", "whose: Olga"),
    ]
    assert said(in_transit_order, "task.opened")[1:] == [("AI-ROP: look where the parcel is", "whose: Anna")]


def test_the_money(company: Company) -> None:
    order = under_inspection(company)
    price(company, order, Decimal("125000.00"))
    price(company, order, Decimal("99999.50"), "USD")
    pay(company, order, Decimal(1), document="7")
    wrong = Payment.objects.get(order=order)
    by_finance = {"actor": company.actor(finance(company)), "now": company.now}
    payment_correct(payment_id=wrong.pk, reason="Another order's", **by_finance)
    pay(company, order, Decimal(5000), document="8")
    payout_ask(
        order_id=order.pk,
        kind="refund",
        amount=Decimal(1500),
        currency="RUB",
        reason="Too much",
        actor=owners(company, order),
        now=company.now,
    )
    payout = Payout.objects.get(order=order)
    say(company, payout.approval, "approve")
    payout_pay(payout_id=payout.pk, document="9", paid_at=company.now, **by_finance)

    kinds = ("price_set", "payment_record", "payment_correct", "payout_approved", "payout_pay")
    assert said(order, *(f"command.{kind}" for kind in kinds)) == [
        ("The price was agreed on: 125,000 ₽", "Agreed by phone"),
        ("The price was agreed on: 99,999.50 $", "before it was 125,000 ₽; Agreed by phone"),
        ("A payment was recorded: 1 ₽", "document 7; paid at 12:00"),
        ("A payment was taken back: 1 ₽", "document 7; Another order's"),
        ("A payment was recorded: 5,000 ₽", "document 8; paid at 12:00"),
        ("Finance has to pay out a refund: 1,500 ₽", "Too much"),
        ("A refund was paid out: 1,500 ₽", "document 9"),
    ]
    assert said(order, "command.approval_ask", "command.approval_decide") == [
        ("An approval is asked for — Refund to the client: 1,500 ₽", "Too much"),
        ("Approved — Refund to the client: 1,500 ₽", ""),
    ]


def test_the_shipment(company: Company) -> None:
    order = in_transit(company)
    by_owner = {"order_id": order.pk, "actor": owners(company, order), "now": company.now}
    tracking_record(state="problem", text="The box is torn", **by_owner)
    company.go(HOUR)
    logistics(company, order, delivered_at=company.now, cost=Decimal(700))

    assert said(order, "command.logistics_record", "command.tracking_record") == [
        ("The shipment was recorded", "the date with the seller: 03/03/2026"),
        (
            "The shipment was recorded",
            "the carrier: CDEK; the tracking number: 10 2345 678; the promised date: 03/07/2026",
        ),
        ("Where the parcel is: a problem on the way", "The box is torn"),
        ("The shipment was recorded", "the cost: 700 ₽; delivered at: 13:00"),
    ]


def test_what_stands_in_the_way(company: Company) -> None:
    order = awaiting(company)
    blocker = blocker_open(
        order_id=order.pk,
        kind="papers",
        text="No receipt",
        owner_id=company.lead.pk,
        due_at=moment("18:00"),
        **by(company, order),  # type: ignore[arg-type]
    )
    assert order.assigned_manager is not None
    blocker_pass(
        blocker_id=blocker.pk,
        owner_id=order.assigned_manager.pk,
        due_at=moment("20:00"),
        reason="The owner's",
        actor=company.actor(company.lead),
        now=company.now,
    )
    blocker_resolve(blocker_id=blocker.pk, resolution="Found", **by(company, order))  # type: ignore[arg-type]

    assert said(order, "command.blocker_open", "command.blocker_pass", "command.blocker_resolve") == [
        ("Something stands in the way: papers", "No receipt; Olga removes it"),
        ("What stands in the way: Anna removes it, until 20:00", "No receipt; The owner's"),
        ("It does not stand in the way any more", "No receipt; Found"),
    ]


def test_what_one_asks_and_another_one_decides(company: Company) -> None:
    order = paid(company)
    say(company, ask(company, order, "reinspect"), "decline", reason="Too late for that")
    approval = ask(company, order, "reinspect")
    approval_withdraw(approval_id=approval.pk, **by(company, order))  # type: ignore[arg-type]
    price(company, order, Decimal(120000))
    company.go(49 * HOUR)

    kinds = (
        "command.approval_ask",
        "command.approval_decide",
        "command.approval_withdraw",
        "approval.expired",
    )
    assert said(order, *kinds) == [
        ("An approval is asked for — Inspect again", "So it is"),
        ("Not approved — Inspect again", "Too late for that"),
        ("An approval is asked for — Inspect again", "So it is"),
        ("An approval is not asked for any more — Inspect again", ""),
        ("An approval is asked for — Price: from 125,000 ₽ to 120,000 ₽", "Agreed by phone"),
        ("Nobody decided in time — Price: from 125,000 ₽ to 120,000 ₽", ""),
    ]


def test_claims_and_legal_opinions(company: Company) -> None:
    order = under_inspection(company, "A-1")
    key = actors.agent(ApiKeyFactory(source="ai_grc").pk)
    opinion_add(order_id=order.pk, verdict="grounds", text="Stolen goods", actor=key, now=company.now)
    other = delivered(company, "A-2")
    by_owner = by(company, other)
    claim = claim_open(order_id=other.pk, kind="damaged", text="A scratch", **by_owner)  # type: ignore[arg-type]
    claim_settle(claim_id=claim.pk, outcome="repaired", resolution="Polished", **by_owner)  # type: ignore[arg-type]

    assert said(order, "command.opinion_add") == [
        ("AI-GRC: there are legal grounds to reject", "Stolen goods"),
    ]
    assert said(other, "command.claim_open", "command.claim_settle") == [
        ("The client complains: damaged on the way", "A scratch"),
        ("The claim was settled: put right without money", "Polished"),
    ]


def test_a_refusal_says_what_was_wrong(company: Company) -> None:
    order = awaiting(company)
    for attempt, expected in (
        (
            lambda: decide(company, order, "thinks"),
            ("Refused: Record the client's decision", "without what is required (until when)"),
        ),
        (
            lambda: pay(company, order, Decimal(-1)),
            ("Refused: Record a payment", "not an amount (the amount)"),
        ),
        (
            lambda: logistics(company, order, delivered_at=company.now),
            (
                "Refused: Record the shipment",
                "not possible where the order stood (the moment of the delivery)",
            ),
        ),
        (
            lambda: tracking_record(order_id=order.pk, state="moving", **by(company, order)),  # type: ignore[arg-type]
            ("Refused: Record where the parcel is", "not possible where the order stood"),
        ),
        (
            lambda: say(company, ask(company, order, "reinspect"), "decline"),
            ("Refused: Decide about an approval", "without what is required (the reason)"),
        ),
        (
            lambda: ask(company, order, "cancel", reason_code="other"),
            ("Refused: Cancel the order", "no approval was needed"),
        ),
    ):
        with pytest.raises(Refusal):
            attempt()
        assert refused(order) == expected


def test_every_refusal_of_a_deal_has_words() -> None:
    codes: set[str] = set()
    for path in (ROOT / "orders" / "services").glob("*.py"):
        codes |= set(re.findall(r'(?:DealRefused|ApprovalRefused)\(\s*"(\w+)"', path.read_text()))
    assert len(codes) > 25
    assert codes | {"not_positive", "too_large", "too_precise"} <= BECAUSE.keys()


def test_every_command_of_a_deal_has_words_for_its_refusal() -> None:
    kinds: set[str] = set()
    money = ("prices", "payments", "payouts")
    for name in (*money, "clients", "approvals", "deciding", "shipments", "blockers", "claims", "opinions"):
        source = (ROOT / "orders" / "services" / f"{name}.py").read_text()
        kinds |= set(re.findall(r'work\.command\(\s*"([\w.]+)"', source))
    assert len(kinds) > 14
    assert kinds <= ASKED.keys()


def test_the_journal_of_a_deal_has_neither_names_nor_money(company: Company) -> None:
    order = paid(company)
    fix = Entry.objects.filter(order_id=order.pk).exclude(kind__startswith="decision.")
    for inputs, output in fix.values_list("inputs", "output"):
        assert not re.search("Anna|Olga|Agreed|125000|Client", f"{inputs} {output}")


def test_a_longer_history_costs_no_more_queries(company: Company) -> None:
    order = paid(company)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            timeline(order.pk, 200)
        return len(captured)

    before = cost()
    for document in ("2", "3", "4"):
        pay(company, order, Decimal(1), document=document)
        agree_date(company, order, in_days=int(document))
    assert cost() == before
