"""A whole inspection by the first template, as a manager does it: answers, photos, a verdict. Worked out by hand."""

from collections.abc import Mapping, Sequence

from PIL import Image

from core.actors import Actor
from core.models import User
from orders.models import Evidence, Inspection, Order
from orders.services import (
    GivenAnswer,
    evidence_add,
    inspection_answer,
    inspection_verdict,
    order_route,
)
from orders.services.inspecting import inspection_recount
from rop import loop
from tests.evidence.files import written
from tests.factories import EvidenceFactory
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


def owners(company: Company, order: Order) -> Actor:
    order.refresh_from_db()
    assert order.assigned_manager is not None
    return company.actor(order.assigned_manager)


def under_inspection(company: Company, external_id: str = "A-1", *, severity: str = "normal") -> Order:
    """A new order that its owner has accepted."""
    return company.accept(company.order(external_id, severity=severity))


def answer(company: Company, order: Order, given: Sequence[GivenAnswer]) -> Inspection:
    inspection = inspection_answer(
        order_id=order.pk, answers=given, actor=owners(company, order), now=company.now
    )
    company.commit()
    return inspection


def photo(seed: int) -> bytes:
    """A small one; another seed, another photo."""
    return written(Image.new("RGB", (16, 12), (seed % 256, seed // 256 % 256, seed // 65536)), "PNG")


def attach(company: Company, order: Order, point: int | None, *, seed: int) -> Evidence:
    evidence = evidence_add(
        order_id=order.pk,
        content=photo(seed),
        name=f"{seed}.png",
        actor=owners(company, order),
        now=company.now,
        point=point,
    )
    company.commit()
    return evidence


def attach_all(company: Company, order: Order, *, but: Sequence[int] = ()) -> None:
    """The photos that are wanted in any case, as rows: opening each takes a third of a second."""
    inspection = Inspection.objects.get(order=order, ended_at__isnull=True)
    user = User.objects.get(pk=owners(company, order).user_id)
    for point, count in PHOTOS.items():
        for _ in range(count if point not in but else 0):
            EvidenceFactory(
                order=order,
                inspection=inspection,
                item=inspection.template.items.get(number=point),
                purpose="inspection",
                added_by=user,
                at=company.now,
            )
    inspection_recount(order, inspection)
    loop.look([order.pk], company.now)
    company.commit()


def attach_each(company: Company, order: Order, *, but: Sequence[int] = ()) -> None:
    """The same photos by the service, one by one."""
    for point, count in PHOTOS.items():
        for number in range(count if point not in but else 0):
            attach(company, order, point, seed=order.pk * 1000 + point * 10 + number)


def conclude(company: Company, order: Order, verdict: str = "remarks", *, remarks: str = "No papers") -> None:
    inspection_verdict(
        order_id=order.pk, verdict=verdict, remarks=remarks, actor=owners(company, order), now=company.now
    )
    company.commit()


def complete(company: Company, order: Order, *, by: User | None = None) -> Order:
    """Take the route out of the stage: by its owner unless somebody else is named."""
    actor = company.actor(by) if by else owners(company, order)
    moved = order_route(
        order_id=order.pk, route="complete_inspection", actor=actor, seen_version=None, now=company.now
    )
    company.commit()
    return moved


def step(order: Order) -> tuple[str, list[str]]:
    """The next step and what it waits for."""
    order.refresh_from_db()
    return order.next_action, order.next_action_missing
