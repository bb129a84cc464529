"""A fact of an inspection costs the same whatever was recorded before; a look the same for one order and for many."""

from collections.abc import Callable

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from orders.selectors import inspection_view
from orders.services import (
    GivenAnswer,
    GivenFile,
    contact_add,
    evidence_add,
    evidence_add_all,
    inspection_answer,
    inspection_verdict,
)
from rop import loop
from tests.factories import EvidenceFactory
from tests.stories.company import Company
from tests.stories.inspecting import answer, answers, attach_all, owners, photo, step, under_inspection

TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET CONSTRAINTS")


def counted(do: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        do()
    return len([row for row in captured.captured_queries if not row["sql"].startswith(TRANSACTION)])


def test_an_answer_costs_the_same_whatever_was_answered_and_attached(company: Company) -> None:
    company.manager("Anna")
    warm, order = under_inspection(company, "A-1"), under_inspection(company, "A-2")
    answer(company, warm, answers())
    actor = owners(company, order)

    def giving(*given: GivenAnswer) -> int:
        return counted(
            lambda: inspection_answer(order_id=order.pk, answers=given, actor=actor, now=company.now)
        )

    answer(company, order, [GivenAnswer(1, "yes")])
    one = giving(GivenAnswer(2, "SN 1"))
    many = giving(*[given for given in answers() if given.point > 4])
    attach_all(company, order)
    for _ in range(20):
        EvidenceFactory(order=order)
    late = giving(GivenAnswer(3, "none"))

    assert one == many == late
    assert one <= 40
    # The one before it is replaced; the next step stays what it is.
    assert giving(GivenAnswer(2, "SN 2")) <= one + 1


def test_reading_an_inspection_takes_four_queries_and_one_more_the_first_time(company: Company) -> None:
    company.manager("Anna")
    empty, full = under_inspection(company, "A-1"), under_inspection(company, "A-2")
    answer(company, full, answers())
    attach_all(company, full)
    inspection_verdict(
        order_id=full.pk, verdict="remarks", remarks="Old", actor=owners(company, full), now=company.now
    )

    def read(order: Order) -> None:
        view = inspection_view(order.pk)
        assert view is not None
        for point in view.points:
            _ = point.answer and point.answer.by, [(file.added_by, file.repeats) for file in point.files]
        _ = view.verdict and view.verdict.by

    assert counted(lambda: read(empty)) == counted(lambda: read(full)) == 4


def looking(orders: list[Order], company: Company) -> int:
    def look() -> None:
        with transaction.atomic():
            loop.look([order.pk for order in orders], company.now)

    return counted(look)


def test_a_look_at_one_and_at_a_hundred_inspections_costs_the_same(company: Company) -> None:
    company.manager("Anna", capacity=1000)
    orders = [company.accept(order) for order in company.receive(*(f"A-{n}" for n in range(101)))]
    one, hundred = orders[:1], orders[1:]
    assert looking(one, company) == looking(hundred, company)

    for order in orders:
        contact_add(
            order_id=order.pk,
            whom="seller",
            channel="phone",
            outcome="agreed",
            actor=owners(company, order),
            now=company.now,
        )
    assert step(orders[50])[0] == "fill_inspection"
    assert looking(one, company) == looking(hundred, company)


def test_a_photo_costs_the_same_whatever_is_there(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    actor = owners(company, order)

    def attaching(seed: int, point: int) -> int:
        return counted(
            lambda: evidence_add(
                order_id=order.pk,
                content=photo(seed),
                name=f"{seed}.png",
                point=point,
                actor=actor,
                now=company.now,
            )
        )

    attaching(1, 1)
    few = attaching(2, 2)
    answer(company, order, answers())
    attach_all(company, order)
    assert attaching(3, 5) == few


def test_an_album_costs_what_one_photo_does(company: Company) -> None:
    """But for the files themselves, and for each repeated one the message to the lead."""
    company.manager("Anna")
    order = under_inspection(company)
    actor = owners(company, order)

    def attaching(*seeds: int) -> int:
        album = [GivenFile(photo(seed), f"{seed}.png", 1) for seed in seeds]
        return counted(lambda: evidence_add_all(order_id=order.pk, files=album, actor=actor, now=company.now))

    attaching(1)
    assert attaching(2) == attaching(3, 4, 5, 6, 7)
