"""Consistent rows, written directly: for tests of the database, of selectors and of pages.

Stories about behaviour use the services instead. `FACTORIES` has one for each of our models; those that have a
history (`OrderFactory`) write it too, and take `build()` for the bare row.
"""

from django.db import models
from factory.django import DjangoModelFactory

from tests.factories.core import CalendarFactory, EntryFactory, HeartbeatFactory, MessageFactory
from tests.factories.deals import (
    ApprovalFactory,
    BlockerFactory,
    ClaimFactory,
    ClientDecisionFactory,
    FollowUpStepFactory,
    LogisticsFactory,
    OpinionFactory,
    PaymentFactory,
    PayoutFactory,
    PriceChangeFactory,
    TermsFactory,
    TrackingCheckFactory,
)
from tests.factories.inspections import (
    ContactFactory,
    EvidenceFactory,
    InspectionAnswerFactory,
    InspectionFactory,
    InspectionItemFactory,
    InspectionMeasureFactory,
    InspectionTemplateFactory,
    InspectionVerdictFactory,
)
from tests.factories.ladder import EscalationFactory, ProposalFactory, SnoozeFactory
from tests.factories.managers import (
    AbsenceFactory,
    ManagerFactory,
    ManagerLoadFactory,
    ShiftFactory,
    WeeklyShiftFactory,
    WeightTableFactory,
)
from tests.factories.moments import HOUR, NOW
from tests.factories.orders import (
    AssignmentFactory,
    NoteFactory,
    OrderFactory,
    RouteFactory,
    SnapshotFactory,
    StatusEventFactory,
    TaskFactory,
    history_to,
)
from tests.factories.people import (
    ApiKeyFactory,
    ChatGroupFactory,
    DutyFactory,
    IdempotencyRecordFactory,
    LinkTokenFactory,
    SavedViewFactory,
    TeamFactory,
    TelegramLinkFactory,
    UserFactory,
)
from tests.factories.sla import (
    ClockFactory,
    MatrixFactory,
    RuleFactory,
    RungFactory,
    StuckRuleFactory,
    ViolationFactory,
)
from tests.factories.work import (
    AuditFactory,
    DialogueFactory,
    IncomingFileFactory,
    QuarantineFactory,
    UpdateFactory,
)

FACTORIES: dict[type[models.Model], type[DjangoModelFactory]] = {
    found._meta.model: found
    for found in list(globals().values())
    if isinstance(found, type) and issubclass(found, DjangoModelFactory) and found is not DjangoModelFactory
}

__all__ = [
    "FACTORIES",
    "HOUR",
    "NOW",
    "AbsenceFactory",
    "ApiKeyFactory",
    "ApprovalFactory",
    "AssignmentFactory",
    "AuditFactory",
    "BlockerFactory",
    "CalendarFactory",
    "ChatGroupFactory",
    "ClaimFactory",
    "ClientDecisionFactory",
    "ClockFactory",
    "ContactFactory",
    "DialogueFactory",
    "DutyFactory",
    "EntryFactory",
    "EscalationFactory",
    "EvidenceFactory",
    "FollowUpStepFactory",
    "HeartbeatFactory",
    "IdempotencyRecordFactory",
    "IncomingFileFactory",
    "InspectionAnswerFactory",
    "InspectionFactory",
    "InspectionItemFactory",
    "InspectionMeasureFactory",
    "InspectionTemplateFactory",
    "InspectionVerdictFactory",
    "LinkTokenFactory",
    "LogisticsFactory",
    "ManagerFactory",
    "ManagerLoadFactory",
    "MatrixFactory",
    "MessageFactory",
    "NoteFactory",
    "OpinionFactory",
    "OrderFactory",
    "PaymentFactory",
    "PayoutFactory",
    "PriceChangeFactory",
    "ProposalFactory",
    "QuarantineFactory",
    "RouteFactory",
    "RuleFactory",
    "RungFactory",
    "SavedViewFactory",
    "ShiftFactory",
    "SnapshotFactory",
    "SnoozeFactory",
    "StatusEventFactory",
    "StuckRuleFactory",
    "TaskFactory",
    "TeamFactory",
    "TelegramLinkFactory",
    "TermsFactory",
    "TrackingCheckFactory",
    "UpdateFactory",
    "UserFactory",
    "ViolationFactory",
    "WeeklyShiftFactory",
    "WeightTableFactory",
    "history_to",
]
