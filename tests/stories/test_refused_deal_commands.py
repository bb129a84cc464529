"""Each command of a deal refuses by itself whoever may not give it; nothing changes but the journal."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.models import Entry, Message
from core.refusals import Refusal
from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    FollowUpStep,
    Logistics,
    Opinion,
    Order,
    Payment,
    Payout,
    PriceChange,
    StatusEvent,
    Task,
    Terms,
    TrackingCheck,
)
from orders.services import (
    GivenLogistics,
    approval_decide,
    approval_withdraw,
    blocker_open,
    blocker_pass,
    blocker_resolve,
    claim_open,
    claim_settle,
    client_decision_record,
    logistics_record,
    money_keep_ask,
    opinion_add,
    payment_correct,
    payment_record,
    payout_ask,
    payout_pay,
    price_set,
    route_ask,
    terms_draft,
    terms_publish,
    tracking_record,
)
from tests.factories import (
    ApprovalFactory,
    BlockerFactory,
    ClaimFactory,
    FollowUpStepFactory,
    PaymentFactory,
    PayoutFactory,
    TermsFactory,
)
from tests.stories.company import HOUR, Company

RUBLE = Decimal(1)
TABLES = (
    *(Approval, Blocker, Claim, ClientDecision, FollowUpStep, Logistics, Message, Opinion, Order, Payment),
    *(Payout, PriceChange, StatusEvent, Task, Terms, TrackingCheck),
)


class Stage:
    """An order of Anna's with all that a command could be about, and another manager, who may do none of it."""

    def __init__(self, company: Company) -> None:
        self.now = company.now
        company.manager("Anna")
        self.order = company.order("A-1")
        self.stranger = company.manager("Boris")
        of_order = {"order": self.order}
        self.approval = ApprovalFactory(**of_order)
        self.blocker = BlockerFactory(**of_order)
        self.claim = ClaimFactory(**of_order)
        self.payment = PaymentFactory(**of_order)
        self.payout = PayoutFactory(**of_order, approved=True)
        self.terms = FollowUpStepFactory(terms=TermsFactory()).terms
        self.by = {"actor": company.actor(self.stranger), "now": self.now}
        self.on = {"order_id": self.order.pk, **self.by}

    def facts(self) -> tuple[object, ...]:
        return tuple(sorted(map(repr, table.objects.values_list())) for table in TABLES)


COMMANDS: dict[str, Callable[[Stage], object]] = {
    "command.client_decision": lambda s: client_decision_record(decision="confirmed", **s.on),
    "command.price_set": lambda s: price_set(price=RUBLE, currency="RUB", reason="So", **s.on),
    "command.payment_record": lambda s: payment_record(
        amount=RUBLE, currency="RUB", paid_at=s.now, document="1", **s.on
    ),
    "command.payment_correct": lambda s: payment_correct(payment_id=s.payment.pk, reason="So", **s.by),
    "command.payout_ask": lambda s: payout_ask(
        kind="refund", amount=RUBLE, currency="RUB", reason="So", **s.on
    ),
    "command.money_keep_ask": lambda s: money_keep_ask(reason="So", **s.on),
    "command.payout_pay": lambda s: payout_pay(payout_id=s.payout.pk, document="1", paid_at=s.now, **s.by),
    "command.logistics_record": lambda s: logistics_record(given=GivenLogistics(carrier="CDEK"), **s.on),
    "command.tracking_record": lambda s: tracking_record(state="lost", text="So", **s.on),
    "command.blocker_open": lambda s: blocker_open(
        kind="seller", text="So", owner_id=s.stranger.user_id, due_at=s.now + HOUR, **s.on
    ),
    "command.blocker_resolve": lambda s: blocker_resolve(blocker_id=s.blocker.pk, resolution="So", **s.by),
    "command.blocker_pass": lambda s: blocker_pass(
        blocker_id=s.blocker.pk, owner_id=s.stranger.user_id, due_at=s.now + HOUR, reason="So", **s.by
    ),
    "command.claim_open": lambda s: claim_open(kind="damaged", text="So", **s.on),
    "command.claim_settle": lambda s: claim_settle(
        claim_id=s.claim.pk, outcome="unfounded", resolution="So", **s.by
    ),
    "command.opinion_add": lambda s: opinion_add(verdict="grounds", text="So", **s.on),
    "command.approval_ask": lambda s: route_ask(route="cancel", **s.on),
    "command.approval_decide": lambda s: approval_decide(approval_id=s.approval.pk, answer="approve", **s.by),
    "command.approval_withdraw": lambda s: approval_withdraw(approval_id=s.approval.pk, **s.by),
    "command.terms_draft": lambda s: terms_draft(**s.by),
    "command.terms_publish": lambda s: terms_publish(terms_id=s.terms.pk, **s.by),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_it_refuses_whoever_may_not_and_says_so_in_the_journal(company: Company, kind: str) -> None:
    stage = Stage(company)
    before = stage.facts()

    with pytest.raises(Refusal) as refused:
        COMMANDS[kind](stage)

    entry = Entry.objects.get(kind=kind, output__result="refused")
    assert refused.value.code == "not_yours"
    assert entry.output == {"result": "refused", "code": "not_yours", "missing": []}
    assert (entry.actor_id, entry.door) == (stage.stranger.user_id, "bot")
    assert stage.facts() == before
