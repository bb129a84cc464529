"""The rules about deals: money, requests, decisions, shipments, what stands in the way, the terms."""

from collections.abc import Callable
from typing import Any

from django.db import models

from tests.database.broken import owned_order, same, whole
from tests.database.rules import Case, add, append_only, change, remove
from tests.factories import (
    HOUR,
    NOW,
    ApprovalFactory,
    BlockerFactory,
    ClaimFactory,
    ClientDecisionFactory,
    FollowUpStepFactory,
    LogisticsFactory,
    OpinionFactory,
    OrderFactory,
    PaymentFactory,
    PayoutFactory,
    PriceChangeFactory,
    TaskFactory,
    TermsFactory,
    TrackingCheckFactory,
    UserFactory,
)

Make = Callable[[], models.Model]


def kept(rule: str, make: Make, **values: Any) -> list[Case]:
    """Each of these columns by itself stays as it was written."""
    return [change(rule, make, **{name: value}) for name, value in values.items()]


def decided_by_whoever_asked() -> models.Model:
    asker = UserFactory()
    order = owned_order()
    return ApprovalFactory.build(order=order, asked_by=asker, declined=True, decided_by=asker)


def counter_entry(**values: Any) -> Make:
    """Against a payment of 100 ₽, but for these values."""

    def make() -> models.Model:
        wrong = PaymentFactory()
        made = {name: value() if callable(value) else value for name, value in values.items()}
        entry = {
            "order": wrong.order,
            "corrects": wrong,
            "amount": -100,
            "by": wrong.by,
            "comment": "Mistyped",
        }
        return PaymentFactory.build(**{**entry, **made})

    return make


def taken_back() -> models.Model:
    entry = counter_entry()()
    entry.save()
    return entry


def second_counter_entry() -> models.Model:
    there = taken_back()
    return PaymentFactory.build(
        **{name: getattr(there, name) for name in ("order", "corrects", "amount", "by", "comment")}
    )


def counter_entry_of_a_counter_entry() -> models.Model:
    there = taken_back()
    return PaymentFactory.build(order=there.order, corrects=there, amount=-100, by=there.by, comment="Again")


def approved_by(**values: Any) -> Make:
    """A refund that is to be paid out by an approval that is not of it."""

    def make() -> models.Model:
        order = owned_order()
        made = {name: value() if callable(value) else value for name, value in values.items()}
        approval = ApprovalFactory(**{"order": order, "action": "refund", "approved": True, **made})
        return PayoutFactory.build(order=order, state="approved", approval=approval, asked_by=UserFactory())

    return make


def approved() -> models.Model:
    return PayoutFactory(approved=True)


def priced_by(**values: Any) -> Make:
    """A new price by an approval that is not of it."""

    def make() -> models.Model:
        order = owned_order()
        made = {name: value() if callable(value) else value for name, value in values.items()}
        approval = ApprovalFactory(**{"order": order, "action": "price", "approved": True, **made})
        return PriceChangeFactory.build(order=order, approval=approval, by=UserFactory())

    return make


def inspected_order() -> models.Model:
    return OrderFactory(owned=True, status="awaiting_payment")


def second_price_by_an_approval() -> models.Model:
    order = owned_order()
    approval = ApprovalFactory(order=order, action="price", approved=True)
    first = PriceChangeFactory(order=order, approval=approval)
    return PriceChangeFactory.build(order=first.order, by=first.by, approval=first.approval)


def second_task_in_a_stage() -> models.Model:
    first = TaskFactory(kind="track", stage=5, number=1)
    return TaskFactory.build(order=first.order, owner=first.owner, kind="track", stage=5, number=1)


def published_terms() -> models.Model:
    terms = TermsFactory()
    FollowUpStepFactory(terms=terms)
    terms.published_at = NOW
    terms.save()
    return terms


def published_step() -> models.Model:
    return published_terms().steps.get()


SETTLED = {"settled_at": NOW, "settled_by": UserFactory, "resolution": "So"}


def claim_by_a_payout(**values: Any) -> Make:
    """Settled by a refund that was approved, but for these values."""

    def make() -> models.Model:
        payout = PayoutFactory(approved=True)
        made = {name: value() if callable(value) else value for name, value in values.items()}
        settled = {"order": payout.order, "outcome": "refund", "payout": payout, **made}
        return ClaimFactory.build(settled=True, opened_by=UserFactory(), settled_by=UserFactory(), **settled)

    return make


def second_claim_by_a_payout() -> models.Model:
    first = claim_by_a_payout()()
    first.save()
    there = {name: getattr(first, name) for name in ("order", "outcome", "payout", "opened_by", "settled_by")}
    return ClaimFactory.build(settled=True, **there)


APPROVALS = [
    add("approval_decided_by_another", decided_by_whoever_asked),
    change("approval_decided_by_somebody", ApprovalFactory, ended_at=NOW),
    change("approval_decided_by_somebody", ApprovalFactory, decided_by=UserFactory),
    change("approval_decided_by_somebody", ApprovalFactory, state="withdrawn"),
    change("approval_decided_by_somebody", ApprovalFactory, state="declined", ended_at=NOW),
    add("approval_decided_by_somebody", whole(ApprovalFactory, withdrawn=True, decided_by=UserFactory)),
    change("approval_carried_out_when_approved", ApprovalFactory, executed_at=NOW),
    change(
        "approval_carried_out_when_approved",
        ApprovalFactory,
        state="approved",
        decided_by=UserFactory,
        ended_at=NOW,
    ),
    add("approval_of_a_route_names_it", whole(ApprovalFactory, route="")),
    add("approval_of_a_route_names_it", whole(ApprovalFactory, action="price", route="cancel")),
    add("approval_says_why", whole(ApprovalFactory, reason="")),
    add("approval_one_open", same(ApprovalFactory, "order")),
    *kept(
        "approval_kept",
        ApprovalFactory,
        order=owned_order,
        route="reject",
        payload={"reason_code": "duplicate"},
        reason="Another one",
        shown_hash="1" * 64,
        order_version=2,
        asked_by=UserFactory,
        door="api",
        asked_at=NOW - HOUR,
        due_at=NOW + HOUR,
        expires_at=NOW + 72 * HOUR,
    ),
    change("approval_kept", ApprovalFactory, action="price", route=""),
    change("approval_kept", lambda: ApprovalFactory(withdrawn=True), state="open", ended_at=None),
    change("approval_kept", lambda: ApprovalFactory(declined=True), state="approved", executed_at=NOW),
    change("approval_kept", lambda: ApprovalFactory(approved=True), decided_by=UserFactory),
    add("opinion_says_why", whole(OpinionFactory, text="")),
    *append_only("orders_opinion", OpinionFactory, verdict="unclear"),
]

MONEY = [
    add("price_change_positive", whole(PriceChangeFactory, price=0)),
    add("price_change_says_why", whole(PriceChangeFactory, reason="")),
    add("orders_pricechange_approval_id_key", second_price_by_an_approval),
    add("price_change_needs_approval", whole(PriceChangeFactory, order=inspected_order)),
    add("price_change_needs_approval", priced_by(order=owned_order)),
    add("price_change_needs_approval", priced_by(action="refund")),
    add("price_change_needs_approval", priced_by(approved=False)),
    add("price_change_needs_approval", priced_by(approved=False, declined=True)),
    *append_only("orders_pricechange", PriceChangeFactory, price=1),
    add("payment_or_counter_entry", whole(PaymentFactory, amount=0)),
    add("payment_or_counter_entry", whole(PaymentFactory, amount=-1)),
    add("payment_or_counter_entry", counter_entry(comment="")),
    add("payment_or_counter_entry", counter_entry(amount=100), without="counter_entry_takes_back_all"),
    add("payment_has_document", whole(PaymentFactory, document="")),
    add("counter_entry_takes_back_all", counter_entry(amount=-99)),
    add("counter_entry_takes_back_all", counter_entry(currency="USD")),
    add("counter_entry_takes_back_all", counter_entry(order=owned_order)),
    add("counter_entry_takes_back_all", counter_entry_of_a_counter_entry),
    add("orders_payment_corrects_id_key", second_counter_entry),
    *append_only("orders_payment", PaymentFactory, amount=1),
    add("payout_positive", whole(PayoutFactory, amount=0)),
    add("payout_says_why", whole(PayoutFactory, reason="")),
    add("orders_payout_approval_id_key", same(PayoutFactory, "order", "approval")),
    change("payout_needs_approval", PayoutFactory, state="approved"),
    change(
        "payout_needs_approval",
        PayoutFactory,
        state="paid",
        paid_by=UserFactory,
        paid_at=NOW,
        ended_at=NOW,
        document="18",
    ),
    add("payout_needs_approval", approved_by(order=owned_order)),
    add("payout_needs_approval", approved_by(action="price")),
    add("payout_needs_approval", approved_by(action="compensation")),
    add("payout_needs_approval", approved_by(approved=False, declined=True)),
    change("payout_paid_by_somebody", PayoutFactory, ended_at=NOW),
    change("payout_paid_by_somebody", PayoutFactory, state="refused"),
    change("payout_paid_by_somebody", approved, paid_at=NOW),
    change("payout_paid_by_somebody", approved, paid_by=UserFactory),
    change("payout_paid_by_somebody", approved, state="paid", paid_at=NOW, ended_at=NOW, document="18"),
    change(
        "payout_paid_by_somebody", approved, state="paid", paid_by=UserFactory, ended_at=NOW, document="18"
    ),
    change("payout_paid_by_somebody", approved, state="paid", paid_by=UserFactory, paid_at=NOW, ended_at=NOW),
    *kept(
        "payout_kept",
        PayoutFactory,
        order=owned_order,
        kind="compensation",
        amount=1,
        currency="USD",
        reason="Another one",
        approval=ApprovalFactory,
        asked_by=UserFactory,
        asked_at=NOW - HOUR,
    ),
    change("payout_kept", lambda: PayoutFactory(paid=True), document="19"),
    change("payout_kept", lambda: PayoutFactory(paid=True), paid_by=UserFactory),
    change("payout_kept", lambda: PayoutFactory(state="refused", ended_at=NOW), state="asked", ended_at=None),
]

SHIPMENTS = [
    add("client_thinks_until", whole(ClientDecisionFactory, decision="thinks")),
    add("client_thinks_until", whole(ClientDecisionFactory, until=NOW + HOUR)),
    add("client_thinks_ahead", whole(ClientDecisionFactory, thinks=True, until=NOW)),
    add("client_declined_why", whole(ClientDecisionFactory, decision="declined")),
    add("client_declined_why", whole(ClientDecisionFactory, reason_code="price")),
    *append_only("orders_clientdecision", ClientDecisionFactory, text="another"),
    add("logistics_cost_in_a_currency", whole(LogisticsFactory, cost=1)),
    add("logistics_cost_in_a_currency", whole(LogisticsFactory, cost_currency="RUB")),
    add("logistics_cost_in_a_currency", whole(LogisticsFactory, cost=-1, cost_currency="RUB")),
    *append_only("orders_logistics", LogisticsFactory, carrier="CDEK"),
    *append_only("orders_trackingcheck", TrackingCheckFactory, state="lost"),
    add("blocker_says_what", whole(BlockerFactory, text="")),
    add("blocker_due_ahead", whole(BlockerFactory, due_at=NOW)),
    change("blocker_resolved_by_somebody", BlockerFactory, resolved_at=NOW),
    change("blocker_resolved_by_somebody", BlockerFactory, resolved_by=UserFactory),
    change("blocker_resolved_by_somebody", BlockerFactory, resolution="It is gone"),
    change("blocker_resolved_by_somebody", BlockerFactory, resolved_at=NOW, resolved_by=UserFactory),
    *kept(
        "blocker_kept",
        BlockerFactory,
        order=owned_order,
        kind="papers",
        text="Another one",
        opened_by=UserFactory,
        door="api",
        opened_at=NOW - HOUR,
    ),
    change("blocker_kept", lambda: BlockerFactory(resolved=True), resolution="said later"),
    change("blocker_kept", lambda: BlockerFactory(resolved=True), owner=UserFactory),
    add("claim_says_what", whole(ClaimFactory, text="")),
    change("claim_settled_by_somebody", ClaimFactory, settled_at=NOW),
    change("claim_settled_by_somebody", ClaimFactory, settled_by=UserFactory),
    change("claim_settled_by_somebody", ClaimFactory, outcome="unfounded"),
    change(
        "claim_settled_by_somebody",
        ClaimFactory,
        outcome="unfounded",
        settled_at=NOW,
        settled_by=UserFactory,
    ),
    *kept(
        "claim_kept",
        ClaimFactory,
        order=owned_order,
        kind="other",
        text="Another one",
        opened_by=UserFactory,
        door="api",
        opened_at=NOW - HOUR,
    ),
    change("claim_kept", lambda: ClaimFactory(settled=True), outcome="unfounded"),
    change("claim_payout_is_its_money", ClaimFactory, payout=PayoutFactory),
    add("orders_claim_payout_id_key", second_claim_by_a_payout),
    change("claim_settled_by_its_payout", ClaimFactory, **SETTLED, outcome="refund"),
    change("claim_settled_by_its_payout", ClaimFactory, **SETTLED, outcome="refund", payout=PayoutFactory),
    add("claim_settled_by_its_payout", claim_by_a_payout(order=owned_order)),
    add("claim_settled_by_its_payout", claim_by_a_payout(outcome="compensation")),
    add("claim_settled_by_its_payout", claim_by_a_payout(payout=None)),
    change("task_number_of_a_stage", TaskFactory, stage=5),
    change("task_number_of_a_stage", TaskFactory, number=1),
    add("task_once_in_a_stage", second_task_in_a_stage),
]

TERMS = [
    change("terms_published_kept", published_terms, title="another"),
    change("terms_published_kept", published_terms, published_at=None),
    remove("terms_published_kept", lambda: TermsFactory(published_at=NOW)),
    add("follow_up_published_kept", lambda: FollowUpStepFactory.build(terms=published_terms(), number=2)),
    change("follow_up_published_kept", published_step, text="another"),
    change("follow_up_published_kept", published_step, terms=TermsFactory),
    change("follow_up_published_kept", FollowUpStepFactory, terms=lambda: TermsFactory(published_at=NOW)),
    remove("follow_up_published_kept", published_step),
    add("orders_terms_version_key", same(TermsFactory, "version")),
    add("follow_up_number", same(FollowUpStepFactory, "terms")),
    change("follow_up_possible", FollowUpStepFactory, number=0),
    change("follow_up_possible", FollowUpStepFactory, within=0),
    change("follow_up_says_something", FollowUpStepFactory, text=""),
    change("terms_times_positive", TermsFactory, lead_within=0),
    change("terms_times_positive", TermsFactory, tracking_every=3599),
    change("terms_times_positive", TermsFactory, tracking_within=0),
    change("terms_times_positive", TermsFactory, approval_within=0),
    change("terms_times_positive", TermsFactory, payout_within=0),
    change("terms_times_positive", TermsFactory, claim_within=0),
    change("terms_think_within", TermsFactory, think_within=3599),
    change("terms_approval_expires_after_due", TermsFactory, approval_expires=4 * 3600 - 1),
]

DEALS = [*APPROVALS, *MONEY, *SHIPMENTS, *TERMS]
