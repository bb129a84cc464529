"""The inspection as the simulated manager does it: a talk with the seller, 28 answers, photos, the verdict."""

from random import Random

from core import work
from orders.models import AnswerKind, Inspection, InspectionItem, Order, Proof
from orders.selectors.inspections import inspection_progress, items_of
from orders.services import (
    GivenAnswer,
    GivenFile,
    contact_add,
    evidence_add_all,
    inspection_answer,
    inspection_verdict,
    price_set,
)
from panel.simulation import catalogue
from panel.simulation.photos import photo, video
from panel.simulation.stages import HOUR, MINUTE, hundreds, later, owner_of, take
from panel.simulation.world import World

FORGETS = 0.06
NO_ANSWER = 0.25
EXCEPTION = 0.04
NOT_FIT = 0.04
BARGAINS = 0.3
CHEAPER = (0.85, 0.98)

DRAWN = {Proof.PHOTO: (photo, "jpg"), Proof.VIDEO: (video, "mp4")}
"""How what a point needs is made up. No point of the first template needs a document."""


def begins(world: World, order: Order) -> None:
    luck = world.about(order.pk, "inspection", order.status_sequence, owner_of(order))
    if luck.random() >= FORGETS:
        later(world, order, luck.uniform(4, 50) * MINUTE, talks)


def talks(world: World, order: Order) -> None:
    luck = world.about(order.pk, "talks", world.now - world.end)
    away = luck.random() < NO_ANSWER
    contact_add(
        order_id=order.pk,
        whom="seller",
        channel=luck.choice(("phone", "phone", "telegram", "whatsapp")),
        outcome="no_answer" if away else "agreed",
        actor=world.actor(owner_of(order)),
        now=world.now,
    )
    if away:
        later(world, order, luck.uniform(20, 120) * MINUTE, talks)
    else:
        later(world, order, luck.uniform(0.2, 2.5) * HOUR, answers)


def answers(world: World, order: Order) -> None:
    """All points, photos and videos at once, as somebody sends them who was there."""
    luck = world.about(order.pk, "answers", order.status_sequence)
    with work.unit_of_work(world.now):
        inspection = Inspection.objects.get(order=order, ended_at__isnull=True)
        items = {item.number: item for item in items_of(inspection.template)}
        if inspection.points_open:
            given = [
                GivenAnswer(number, _value(luck, items[number], order)) for number in inspection.points_open
            ]
            actor = world.actor(owner_of(order))
            inspection = inspection_answer(order_id=order.pk, answers=given, actor=actor, now=world.now)
        files = [file for number in inspection.proof_open for file in _files(items[number], luck)]
        if files:
            actor = world.actor(owner_of(order))
            evidence_add_all(order_id=order.pk, files=files, actor=actor, now=world.now)
    later(world, order, luck.uniform(3, 40) * MINUTE, concludes)


def _value(luck: Random, item: InspectionItem, order: Order) -> str:
    """The norm, but for an exception now and then at a point that a photo can show."""
    norm = item.normal[0] if item.normal else ""
    if item.kind == AnswerKind.TEXT:
        return luck.choice(catalogue.FOUND)
    if item.kind == AnswerKind.NUMBER:
        return f"{order.price or 50_000:.0f}" if item.unit else f"{luck.randrange(1, 40_000)}"
    if item.proof != Proof.PHOTO or luck.random() >= EXCEPTION:
        return norm
    others = [choice["code"] for choice in item.choices] or ["yes", "no"]
    return str(luck.choice([other for other in others if other not in item.normal]))


def _files(item: InspectionItem, luck: Random) -> list[GivenFile]:
    if (made := DRAWN.get(Proof(item.proof))) is None:
        return []
    draw, ending = made
    names = (f"{item.number}-{number}.{ending}" for number in range(1, item.proof_count + 1))
    return [draw(luck, name, point=item.number) for name in names]


def concludes(world: World, order: Order) -> None:
    """The price as it stands after the inspection, the verdict, and on to the client."""
    luck = world.about(order.pk, "verdict", order.status_sequence)
    inspection = Inspection.objects.get(order=order, ended_at__isnull=True)
    found = inspection_progress(inspection, severity=order.severity)
    if found.points_open or found.proof_open or inspection.verdict:
        return
    exceptions = bool(found.exceptions)
    verdict = "fail" if luck.random() < NOT_FIT else "remarks" if exceptions else "pass"
    with work.unit_of_work(world.now):
        if order.price is not None and luck.random() < BARGAINS:
            cheaper = hundreds(order.price, luck.uniform(*CHEAPER))
            price_set(
                order_id=order.pk,
                price=cheaper,
                currency=order.currency,
                reason=luck.choice(catalogue.BARGAINS),
                actor=world.actor(owner_of(order)),
                now=world.now,
            )
        inspection_verdict(
            order_id=order.pk,
            verdict=verdict,
            remarks=luck.choice(catalogue.REMARKS) if verdict != "pass" else "",
            actor=world.actor(owner_of(order)),
            now=world.now,
        )
        if verdict != "fail":
            take(world, order, "complete_inspection")
