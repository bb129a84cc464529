"""What climbs the ladder, what is silent, what is proposed."""

import factory
from factory.django import DjangoModelFactory

from orders.statuses import Severity, Status
from rop.models import Escalation, EscalationState, Proposal, ProposalState, Snooze
from sla.models import Trigger
from tests.factories.moments import HOUR, NOW
from tests.factories.orders import OrderFactory
from tests.factories.people import UserFactory


class EscalationFactory(DjangoModelFactory):
    """An open one; `acknowledged`, `resolved` and `ended` say how it stands."""

    class Meta:
        model = Escalation

    class Params:
        acknowledged = factory.Trait(
            state=EscalationState.ACKNOWLEDGED,
            acknowledged_by=factory.SubFactory(UserFactory),
            acknowledged_until=NOW + HOUR,
        )
        resolved = factory.Trait(
            state=EscalationState.RESOLVED,
            resolved_by=factory.SubFactory(UserFactory),
            resolved_at=NOW + HOUR,
            reason="solved",
        )
        ended = factory.Trait(state=EscalationState.ENDED, ended_at=NOW + HOUR)

    order = factory.SubFactory(OrderFactory, owned=True)
    trigger = Trigger.STAGE
    generation = factory.Sequence("{}:1".format)
    stage = Status.UNDER_INSPECTION
    severity = Severity.NORMAL
    opened_at = NOW


class SnoozeFactory(DjangoModelFactory):
    class Meta:
        model = Snooze

    class Params:
        ended = factory.Trait(ended_at=NOW + HOUR)

    order = factory.SubFactory(OrderFactory, owned=True)
    since = NOW
    until = NOW + HOUR
    why = "The client asked to wait"
    by = factory.SubFactory(UserFactory)


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    class Params:
        dismissed = factory.Trait(
            state=ProposalState.DISMISSED, decided_by=factory.SubFactory(UserFactory), decided_at=NOW + HOUR
        )

    order = factory.SubFactory(OrderFactory, owned=True)
    from_user = factory.SelfAttribute("order.assigned_manager")
    to_user = factory.SubFactory(UserFactory)
    created_at = NOW
