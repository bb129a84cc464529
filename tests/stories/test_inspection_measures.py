"""How an inspection was done is written down once, in numbers that can be worked out by hand."""

from decimal import Decimal

import pytest

from orders.models import Inspection, InspectionMeasure, Order
from orders.selectors import inspection_measures
from orders.services import GivenAnswer, evidence_add, inspection_answer_group, inspection_decide
from tests.factories import InspectionFactory, InspectionMeasureFactory, InspectionTemplateFactory
from tests.stories.company import HOUR, MINUTE, Company
from tests.stories.inspecting import (
    answer,
    answers,
    attach_all,
    complete,
    conclude,
    owners,
    photo,
    under_inspection,
)


def done(company: Company, external_id: str = "A-1", *, minutes: int = 20) -> InspectionMeasure:
    """A whole inspection in so many minutes from the first answer to the verdict."""
    order = under_inspection(company, external_id)
    company.go(7 * MINUTE)
    answer(company, order, [GivenAnswer(1, "yes")])
    company.go(minutes * MINUTE)
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order)
    company.go(HOUR)
    complete(company, order)
    return InspectionMeasure.objects.get(order=order)


def test_it_took_from_the_first_answer_to_the_verdict(company: Company) -> None:
    anna = company.manager("Anna")

    measure = done(company, minutes=20)

    assert (measure.seconds, measure.manager, measure.verdict) == (1200, anna.user, "remarks")
    # 27 of 28 are the norm.
    assert (measure.normal_share, measure.exceptions) == (Decimal("0.9643"), 1)
    assert (measure.files, measure.repeated, measure.remarks, measure.in_bulk) == (10, 0, 0, 0)
    assert (measure.rushed, measure.rushed_below_seconds) == (False, None)
    assert measure.at == company.now


def test_groups_remarks_and_repeated_files_are_counted(company: Company) -> None:
    company.manager("Anna")
    first = under_inspection(company, "A-1")
    order = under_inspection(company, "A-2")
    for number, one in enumerate((first, order)):
        evidence_add(
            order_id=one.pk,
            content=photo(7),
            name=f"{number}.png",
            actor=owners(company, one),
            now=company.now,
        )
    inspection_answer_group(order_id=order.pk, group="body", actor=owners(company, order), now=company.now)
    answer(company, order, [given for given in answers() if given.point not in range(6, 11)])
    answer(
        company, order, [GivenAnswer(17, "good", remark="Scratched"), GivenAnswer(19, "no", remark="Clean")]
    )
    attach_all(company, order)
    conclude(company, order)
    complete(company, order)

    measure = InspectionMeasure.objects.get()
    # The file that nobody placed counts as one of the eleven.
    assert (measure.in_bulk, measure.remarks, measure.files, measure.repeated) == (5, 2, 11, 1)


@pytest.mark.parametrize(
    ("earlier", "seconds", "rushed", "below"),
    [
        # Of nineteen nobody can say; of twenty the quickest is the 5th percentile.
        (range(700, 719), 60, False, None),
        (range(700, 720), 660, True, 700),
        (range(660, 680), 660, False, 660),
        (range(600, 620), 660, False, 600),
        # Of forty the second.
        (range(655, 695), 660, False, 656),
        (range(660, 700), 660, True, 661),
    ],
)
def test_rushed_is_quicker_than_95_of_100_by_the_same_template(
    company: Company, earlier: range, seconds: int, rushed: bool, below: int | None
) -> None:
    company.manager("Anna")
    for one in earlier:
        InspectionMeasureFactory(seconds=one)
    # Those of another template say nothing.
    another = InspectionTemplateFactory()
    for _ in range(30):
        InspectionMeasureFactory(inspection=InspectionFactory(template=another, ended=True), seconds=9000)

    measure = done(company, minutes=seconds // 60)

    assert (measure.seconds, measure.rushed, measure.rushed_below_seconds) == (seconds, rushed, below)


def test_one_that_was_not_fit_is_measured_too(company: Company) -> None:
    company.manager("Anna")
    lead = company.actor(company.lead)
    orders: list[Order] = []
    for external_id in ("A-1", "A-2", "A-3"):
        order = under_inspection(company, external_id)
        answer(company, order, answers())
        attach_all(company, order)
        conclude(company, order, "fail", remarks="Bent")
        orders.append(order)
    company.cancel(orders[0], reason="failed_inspection")
    inspection_decide(
        order_id=orders[1].pk, decision="go_on", reason="Sold as it is", actor=lead, now=company.now
    )
    complete(company, orders[1])

    measured = InspectionMeasure.objects.order_by("order_id").values_list("order_id", "verdict")
    assert list(measured) == [(orders[0].pk, "fail"), (orders[1].pk, "fail")]


def test_one_without_a_verdict_has_no_measure(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers())

    company.cancel(order)

    assert Inspection.objects.get().ended_at == company.now
    assert not InspectionMeasure.objects.exists()


def test_managers_are_compared_by_their_inspections_of_a_stretch_of_time(company: Company) -> None:
    anna, boris = company.manager("Anna").user, company.manager("Boris").user
    rows = [
        (anna, 600, "0.5", 14, 2, 1, 3, True, "pass"),
        (anna, 900, "1", 0, 0, 0, 1, False, "fail"),
        (boris, 800, "1", 28, 0, 0, 0, False, "remarks"),
    ]
    for manager, seconds, share, in_bulk, remarks, exceptions, repeated, rushed, verdict in rows:
        InspectionMeasureFactory(
            manager=manager,
            seconds=seconds,
            normal_share=Decimal(share),
            in_bulk=in_bulk,
            remarks=remarks,
            exceptions=exceptions,
            repeated=repeated,
            rushed=rushed,
            verdict=verdict,
            at=company.now,
        )
    InspectionMeasureFactory(manager=boris, at=company.now + HOUR)

    first, second = inspection_measures(since=company.now, until=company.now + HOUR)

    assert (first.manager_id, first.inspections, first.median_seconds, first.rushed) == (anna.pk, 2, 750, 1)
    # 14 of 56 answers came with their whole groups.
    assert (first.normal_share, first.in_bulk_share, first.failed) == (0.75, 0.25, 1)
    assert (first.remarks, first.exceptions, first.repeated, first.files) == (2, 1, 4, 20)
    assert (second.manager_id, second.inspections, second.in_bulk_share) == (boris.pk, 1, 1.0)
