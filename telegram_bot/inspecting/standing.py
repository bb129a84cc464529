"""Where a person stands in an inspection: read, changed and shown. Locks go: dialogue, order, files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor, Door, person
from core.models import User
from orders import gate
from orders.models import AnswerKind, Order
from orders.selectors import InspectionView, PointView, inspection_view
from orders.statuses import Status
from telegram_bot.dialogues import HOLDS_FOR, card_post, dialogue_in_hand, dialogue_take, stand
from telegram_bot.models import Awaits, Dialogue, Screen, Talk
from telegram_bot.policies.inspecting import Place, PointState

__all__ = [
    "HOLDS_FOR",
    "Standing",
    "in_hand",
    "is_written",
    "may_inspect",
    "see",
    "seen_at",
    "show",
    "stand",
    "stand_at",
    "stand_at_point",
    "states",
    "take",
    "under_inspection",
    "wants_remark",
]


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's dialogue about one order, locked, and the order as it was when the update began.

    `written`: the person has just written something, which stands below the card.
    """

    user: User
    order: Order
    dialogue: Dialogue
    now: datetime
    written: bool = False

    @property
    def actor(self) -> Actor:
        return person(self.user, door=Door.BOT)

    def view(self) -> InspectionView | None:
        """The inspection as it is now."""
        return inspection_view(self.order.pk)


def may_inspect(user: User, order: Order) -> bool:
    return gate.may_act(person(user, door=Door.BOT), owner_id=order.assigned_manager_id)


def take(user: User, order: Order, *, now: datetime) -> Standing:
    """This order comes into the person's hand; no other one is in it any more."""
    return Standing(user, order, dialogue_take(user, order, about=Talk.INSPECTION, now=now), now)


def in_hand(user: User, *, now: datetime) -> Standing | None:
    """The order that the person is at, while it is under inspection and theirs to inspect."""
    dialogue = dialogue_in_hand(user, about=Talk.INSPECTION, now=now)
    if dialogue is None or not _is_inspected_by(user, dialogue.order):
        return None
    return Standing(user, dialogue.order, dialogue, now)


def _is_inspected_by(user: User, order: Order) -> bool:
    return order.status == Status.UNDER_INSPECTION and may_inspect(user, order)


def under_inspection(user: User) -> list[Order]:
    """The person's own orders that are being inspected, the most urgent first."""
    own = Order.objects.filter(assigned_manager=user, status=Status.UNDER_INSPECTION, closed_at__isnull=True)
    return list(own.order_by("queue_key", "pk"))


# ── where to ──


def states(view: InspectionView) -> list[PointState]:
    return [
        PointState(
            number=point.number,
            group=point.item.group,
            needs_answer=point.needs_answer,
            needs_files=point.needs_files,
            has_norm=bool(point.item.normal),
            wants_remark=wants_remark(point),
        )
        for point in view.points
    ]


def wants_remark(point: PointView) -> bool:
    """An exception says more with a word."""
    return point.answer is not None and not point.answer.is_normal and not point.answer.remark


def stand_at(dialogue: Dialogue, place: Place, view: InspectionView) -> None:
    """Where the way through the inspection leads."""
    if place.point is not None:
        stand_at_point(dialogue, view, place.point)
    elif place.group:
        stand(dialogue, Screen.GROUP, group=place.group)
    else:
        stand(dialogue, Screen.VERDICT)


def stand_at_point(dialogue: Dialogue, view: InspectionView, number: int) -> None:
    point = view.point(number)
    if point is None:
        stand(dialogue, Screen.GROUPS)
        return
    stand(
        dialogue,
        Screen.POINT,
        group=point.item.group,
        point=number,
        awaits=_awaited(point),
        draft={"seen": seen_at(view, number)},
    )


def seen_at(view: InspectionView, number: int | None) -> int:
    """The id of the answer that the card shows at a point; 0 where there is none."""
    point = view.point(number) if number is not None else None
    return point.answer.pk if point is not None and point.answer is not None else 0


def _awaited(point: PointView) -> str:
    """Words say the answer while there is none; then they are a remark, until the answer is asked for anew."""
    return Awaits.ANSWER if point.needs_answer else Awaits.REMARK


def is_written(point: PointView) -> bool:
    """Whether the point is answered in words."""
    return point.item.kind in (AnswerKind.NUMBER, AnswerKind.TEXT)


def see(standing: Standing) -> None:
    """What the card shows by now is what the person's next words are about."""
    dialogue, view = standing.dialogue, standing.view()
    if dialogue.screen == Screen.POINT and view is not None:
        dialogue.draft = {**dialogue.draft, "seen": seen_at(view, dialogue.point)}


# ── showing ──


def show(standing: Standing, *, anew: bool = False, files: Sequence[int] = ()) -> None:
    """Keep where the person stands, and bring the card to it: in place, or `anew` below what was sent since."""
    version = Order.objects.values_list("version", flat=True).get(pk=standing.order.pk)
    anew = anew or standing.written
    card_post(standing.dialogue, version=version, anew=anew, now=standing.now, files=files)
