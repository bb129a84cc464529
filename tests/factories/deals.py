"""What people record of a deal: decisions, money, the shipment, what stands in the way, and requests about it."""

import factory
from factory.django import DjangoModelFactory

from core.actors import Door
from orders.models import (
    Approval,
    ApprovalAction,
    Blocker,
    BlockerKind,
    Claim,
    ClaimKind,
    ClientDecision,
    ClientSaid,
    FollowUpStep,
    Logistics,
    Opinion,
    OpinionVerdict,
    Payment,
    Payout,
    PayoutKind,
    PriceChange,
    Terms,
    TrackingCheck,
    WayState,
)
from orders.statuses import Status
from tests.factories.moments import HOUR, NOW
from tests.factories.orders import OrderFactory
from tests.factories.people import UserFactory


class TermsFactory(DjangoModelFactory):
    """A draft, without steps. Migrations bring version 1."""

    class Meta:
        model = Terms

    version = factory.Sequence(lambda n: n + 100)
    title = "Cameras"
    created_at = NOW


class FollowUpStepFactory(DjangoModelFactory):
    """The first step of a draft."""

    class Meta:
        model = FollowUpStep

    terms = factory.SubFactory(TermsFactory)
    number = 1
    delay = 0
    text = "{client}, have you decided about the {item}?"


class ApprovalFactory(DjangoModelFactory):
    """A request to cancel, open; `approved=True`, `declined=True` by another person; `withdrawn=True`."""

    class Meta:
        model = Approval

    class Params:
        approved = factory.Trait(
            state="approved",
            decided_by=factory.SubFactory(UserFactory),
            decided_door=Door.ADMIN,
            ended_at=NOW + HOUR,
            executed_at=NOW + HOUR,
        )
        declined = factory.Trait(
            state="declined",
            decided_by=factory.SubFactory(UserFactory),
            decided_door=Door.ADMIN,
            decision_reason="Wait for the client",
            ended_at=NOW + HOUR,
        )
        withdrawn = factory.Trait(state="withdrawn", ended_at=NOW + HOUR)

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.AWAITING_PAYMENT)
    action = ApprovalAction.ROUTE
    route = factory.LazyAttribute(lambda asked: "cancel" if asked.action == ApprovalAction.ROUTE else "")
    reason = "The client refused"
    shown_hash = "0" * 64
    order_version = 1
    asked_by = factory.SubFactory(UserFactory)
    door = Door.ADMIN
    asked_at = NOW
    due_at = NOW + 4 * HOUR
    expires_at = NOW + 48 * HOUR


class OpinionFactory(DjangoModelFactory):
    class Meta:
        model = Opinion

    order = factory.SubFactory(OrderFactory, owned=True)
    source = "ai_grc"
    agent_key_id = 1
    verdict = OpinionVerdict.GROUNDS
    text = "The goods may not be sold"
    at = NOW


class BlockerFactory(DjangoModelFactory):
    """The seller holds it up; `resolved=True`: no more."""

    class Meta:
        model = Blocker

    class Params:
        resolved = factory.Trait(
            resolution="The seller is back",
            resolved_by=factory.SubFactory(UserFactory),
            resolved_at=NOW + HOUR,
        )

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.READY_FOR_SHIPMENT)
    kind = BlockerKind.SELLER
    text = "The seller is away"
    owner = factory.SubFactory(UserFactory)
    due_at = NOW + HOUR
    opened_by = factory.SubFactory(UserFactory)
    door = Door.BOT
    opened_at = NOW


class ClientDecisionFactory(DjangoModelFactory):
    """The client confirmed; `thinks=True` for a day, `declined=True` because of the price."""

    class Meta:
        model = ClientDecision

    class Params:
        thinks = factory.Trait(decision=ClientSaid.THINKS, until=NOW + 24 * HOUR)
        declined = factory.Trait(decision=ClientSaid.DECLINED, reason_code="price")

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.AWAITING_PAYMENT)
    stage = factory.SelfAttribute("order.status_sequence")
    decision = ClientSaid.CONFIRMED
    by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW


class PriceChangeFactory(DjangoModelFactory):
    """The first price of an order."""

    class Meta:
        model = PriceChange

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.UNDER_INSPECTION)
    price = 100
    currency = "RUB"
    currency_before = "RUB"
    reason = "Agreed by phone"
    by = factory.SubFactory(UserFactory)
    door = Door.ADMIN
    at = NOW


class PaymentFactory(DjangoModelFactory):
    """100 ₽ came in. A counter-entry: `corrects=payment`, its order, and what it takes back below nothing."""

    class Meta:
        model = Payment

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.AWAITING_PAYMENT)
    amount = 100
    currency = "RUB"
    paid_at = NOW
    document = "17"
    by = factory.SubFactory(UserFactory)
    door = Door.ADMIN
    at = NOW


class PayoutFactory(DjangoModelFactory):
    """A refund that was asked for; `approved=True`: to be paid out, `paid=True`: paid out."""

    class Meta:
        model = Payout

    class Params:
        approved = factory.Trait(
            state="approved",
            approval=factory.SubFactory(
                ApprovalFactory,
                order=factory.SelfAttribute("..order"),
                action=factory.SelfAttribute("..kind"),
                asked_by=factory.SelfAttribute("..asked_by"),
                approved=True,
            ),
        )
        paid = factory.Trait(
            state="paid",
            approval=factory.SubFactory(
                ApprovalFactory,
                order=factory.SelfAttribute("..order"),
                action=factory.SelfAttribute("..kind"),
                asked_by=factory.SelfAttribute("..asked_by"),
                approved=True,
            ),
            paid_by=factory.SubFactory(UserFactory),
            paid_at=NOW + HOUR,
            document="18",
            ended_at=NOW + HOUR,
        )

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.AWAITING_PAYMENT)
    kind = PayoutKind.REFUND
    amount = 100
    currency = "RUB"
    reason = "The deal is off"
    asked_by = factory.SubFactory(UserFactory)
    approval = factory.SubFactory(
        ApprovalFactory,
        order=factory.SelfAttribute("..order"),
        action=factory.SelfAttribute("..kind"),
        asked_by=factory.SelfAttribute("..asked_by"),
    )
    asked_at = NOW


class LogisticsFactory(DjangoModelFactory):
    """Nothing is known yet."""

    class Meta:
        model = Logistics

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.READY_FOR_SHIPMENT)
    by = factory.SubFactory(UserFactory)
    door = Door.ADMIN
    at = NOW


class TrackingCheckFactory(DjangoModelFactory):
    class Meta:
        model = TrackingCheck

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.IN_TRANSIT)
    shipment = 1
    state = WayState.MOVING
    by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW


class ClaimFactory(DjangoModelFactory):
    """It came damaged; `settled=True`: and was put right."""

    class Meta:
        model = Claim

    class Params:
        settled = factory.Trait(
            outcome="repaired",
            resolution="A new lens",
            settled_by=factory.SubFactory(UserFactory),
            settled_at=NOW + HOUR,
        )

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.DELIVERED)
    kind = ClaimKind.DAMAGED
    text = "A scratch"
    opened_by = factory.SubFactory(UserFactory)
    door = Door.ADMIN
    opened_at = NOW
