"""The points of inspections, answers to them, files, verdicts and contacts."""

import factory
from factory.django import DjangoModelFactory

from core.actors import Door
from orders.models import (
    AnswerKind,
    Contact,
    ContactChannel,
    Evidence,
    Inspection,
    InspectionAnswer,
    InspectionItem,
    InspectionMeasure,
    InspectionTemplate,
    InspectionVerdict,
    Outcome,
    Proof,
    Purpose,
    VerdictCode,
    Whom,
)
from orders.policies.inspection import Progress, progress
from orders.selectors.inspections import items_of, point_of
from orders.statuses import Status
from tests.factories.moments import HOUR, NOW
from tests.factories.orders import OrderFactory
from tests.factories.people import UserFactory


class InspectionTemplateFactory(DjangoModelFactory):
    """A draft, without points. Migrations bring version 1."""

    class Meta:
        model = InspectionTemplate

    version = factory.Sequence(lambda n: n + 100)
    title = "Cameras"
    created_at = NOW


class InspectionItemFactory(DjangoModelFactory):
    """A question of a draft with yes or no; yes is the norm, no file is asked for."""

    class Meta:
        model = InspectionItem

    template = factory.SubFactory(InspectionTemplateFactory)
    number = 1
    group = "papers"
    group_title = "Papers"
    title = "The same thing"
    question = "Is it what was ordered?"
    kind = AnswerKind.YES_NO
    normal = factory.LazyFunction(lambda: ["yes"])


class InspectionFactory(DjangoModelFactory):
    """One that has just begun, by the first template; `ended=True`: over, without a verdict."""

    class Meta:
        model = Inspection

    class Params:
        ended = factory.Trait(ended_at=NOW + HOUR)

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.UNDER_INSPECTION)
    template = factory.LazyFunction(lambda: InspectionTemplate.objects.get(version=1))
    started_at = NOW
    points_open = factory.LazyAttribute(lambda i: list(_missing(i).points_open))
    proof_open = factory.LazyAttribute(lambda i: sorted(_missing(i).proof_open))


def _missing(inspection: Inspection) -> Progress:
    points = [point_of(item) for item in items_of(inspection.template)]
    return progress(points, {}, {}, severity=inspection.order.severity)


class InspectionAnswerFactory(DjangoModelFactory):
    """The norm at the first point; `replaced=True`: answered anew since."""

    class Meta:
        model = InspectionAnswer

    class Params:
        replaced = factory.Trait(replaced_at=NOW + HOUR)

    inspection = factory.SubFactory(InspectionFactory)
    item = factory.LazyAttribute(lambda answer: items_of(answer.inspection.template)[0])
    value = "yes"
    is_normal = True
    by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW


class InspectionVerdictFactory(DjangoModelFactory):
    """Fit; `failed=True`: not fit, undecided; `decided=True`: a lead said to go on all the same."""

    class Meta:
        model = InspectionVerdict

    class Params:
        failed = factory.Trait(verdict=VerdictCode.FAIL, remarks="The frame is bent")
        decided = factory.Trait(
            verdict=VerdictCode.FAIL,
            remarks="The frame is bent",
            decision="go_on",
            decision_reason="The client knows",
            decided_by=factory.SubFactory(UserFactory),
            decided_at=NOW + HOUR,
        )

    inspection = factory.SubFactory(InspectionFactory)
    verdict = VerdictCode.PASS
    by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW


class InspectionMeasureFactory(DjangoModelFactory):
    class Meta:
        model = InspectionMeasure

    inspection = factory.SubFactory(InspectionFactory, ended=True)
    order = factory.SelfAttribute("inspection.order")
    manager = factory.SelfAttribute("inspection.order.assigned_manager")
    template = factory.SelfAttribute("inspection.template")
    verdict = VerdictCode.PASS
    seconds = 900
    normal_share = 1
    in_bulk = 0
    exceptions = 0
    remarks = 0
    files = 10
    repeated = 0
    rushed = False
    at = NOW


class EvidenceFactory(DjangoModelFactory):
    """A photo of the order for another purpose than its inspection, without a file behind it.

    For the inspection: `inspection=…`, `order=inspection.order`, `purpose="inspection"` and perhaps `item`.
    """

    class Meta:
        model = Evidence

    class Params:
        removed = factory.Trait(removed_at=NOW + HOUR, removed_by=factory.SubFactory(UserFactory))

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.UNDER_INSPECTION)
    purpose = Purpose.OTHER
    kind = Proof.PHOTO
    content_type = "image/jpeg"
    size = 1000
    sha256 = factory.Sequence("{:064x}".format)
    width = 640
    height = 480
    name = "photo.jpg"
    stored_as = factory.LazyAttribute(lambda file: f"{file.sha256[:2]}/{file.sha256}.jpg")
    added_by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW


class ContactFactory(DjangoModelFactory):
    """The seller was talked to by phone."""

    class Meta:
        model = Contact

    order = factory.SubFactory(OrderFactory, owned=True, status=Status.UNDER_INSPECTION)
    whom = Whom.SELLER
    channel = ContactChannel.PHONE
    outcome = Outcome.REACHED
    by = factory.SubFactory(UserFactory)
    door = Door.BOT
    at = NOW
