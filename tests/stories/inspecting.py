"""A whole inspection by the first template, as a manager does it: answers, photos, a verdict. Worked out by hand."""

from collections.abc import Mapping, Sequence

from orders.models import Evidence, Inspection, Order
from orders.services import (
    GivenAnswer,
    evidence_add,
    inspection_answer,
    inspection_verdict,
)
from tests.evidence.files import jpeg
from tests.stories.company import Company

POINTS = range(1, 29)
PHOTOS: Mapping[int, int] = {1: 2, 2: 1, 6: 2, 9: 1, 12: 1, 17: 1, 21: 1, 27: 1}
"""Point → how many photos it wants whatever is answered, of an order of normal severity."""

UNTOUCHED = (
    *(code for n in POINTS for code in (f"point:{n}", *([f"file:{n}"] if n in PHOTOS else []))),
    "verdict",
)
"""What the gate misses in an inspection that has just begun."""

NORM: Mapping[int, str] = {
    **dict.fromkeys(POINTS, "yes"),
    **dict.fromkeys([4, 6, 10, 14, 19, 20], "no"),
    2: "SN 104-7731",
    3: "box",
    17: "good",
    18: "12500",
    22: "Nothing",
    27: "98 500",
}
"""An answer to each point; only the papers (3) are not the norm, and of them no photo is wanted."""

EXCEPTIONS = (3,)


def answers(**changed: str) -> list[GivenAnswer]:
    """To every point; `p7="no"` answers one otherwise, `p7=""` leaves it out."""
    values = {**NORM, **{int(name[1:]): value for name, value in changed.items()}}
    return [GivenAnswer(point, value) for point, value in values.items() if value]


def answer(company: Company, order: Order, given: Sequence[GivenAnswer]) -> Inspection:
    """By the order's owner."""
    order.refresh_from_db()
    actor = company.actor(order.assigned_manager)
    inspection = inspection_answer(order_id=order.pk, answers=given, actor=actor, now=company.now)
    company.commit()
    return inspection


def attach(company: Company, order: Order, point: int | None, *, seed: int) -> Evidence:
    """A small photo; another seed, another photo."""
    order.refresh_from_db()
    evidence = evidence_add(
        order_id=order.pk,
        content=jpeg(16, 12, seed=seed),
        name=f"{seed}.jpg",
        actor=company.actor(order.assigned_manager),
        now=company.now,
        point=point,
    )
    company.commit()
    return evidence


def attach_all(company: Company, order: Order, *, but: Sequence[int] = ()) -> None:
    """The photos that are wanted in any case."""
    for point, count in PHOTOS.items():
        if point not in but:
            for number in range(count):
                attach(company, order, point, seed=order.pk * 1000 + point * 10 + number)


def conclude(company: Company, order: Order, verdict: str = "remarks", *, remarks: str = "No papers") -> None:
    order.refresh_from_db()
    inspection_verdict(
        order_id=order.pk,
        verdict=verdict,
        remarks=remarks,
        actor=company.actor(order.assigned_manager),
        now=company.now,
    )
    company.commit()
