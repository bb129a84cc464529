"""Where a person stands in an inspection: read, changed and shown. Locks go: dialogue, order, files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import outbox
from core.actors import Actor, Door, person
from core.models import Importance, Message, MessageStatus, User
from orders import gate
from orders.models import POINTS, AnswerKind, Order
from orders.selectors import InspectionView, PointView, inspection_view
from orders.statuses import Status
from telegram_bot.cards.inspection import TEMPLATE, thread_of
from telegram_bot.models import Awaits, Dialogue, Screen
from telegram_bot.policies.inspecting import Place, PointState

HOLDS_FOR = timedelta(hours=12)
"""After so long nobody remembers what they were asked: words and files are taken for that order no more."""

ON_ITS_WAY = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.FAILED, MessageStatus.SENT)


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
    Dialogue.objects.filter(person=user, in_hand=True).exclude(order=order).update(
        in_hand=False, awaits=Awaits.NOTHING
    )
    dialogue, _made = Dialogue.objects.select_for_update(of=("self",)).get_or_create(
        person=user, order=order, defaults={"touched_at": now}
    )
    dialogue.in_hand = True
    dialogue.touched_at = now
    return Standing(user, order, dialogue, now)


def in_hand(user: User, *, now: datetime) -> Standing | None:
    """The order that the person is at, while it is under inspection and theirs to inspect."""
    dialogue = (
        Dialogue.objects.select_for_update(of=("self",))
        .select_related("order")
        .filter(person=user, in_hand=True, touched_at__gt=now - HOLDS_FOR)
        .first()
    )
    if dialogue is None or not _is_inspected_by(user, dialogue.order):
        return None
    dialogue.touched_at = now
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


def stand(
    dialogue: Dialogue,
    screen: str,
    *,
    group: str = "",
    point: int | None = None,
    page: int = 0,
    awaits: str = Awaits.NOTHING,
    draft: dict[str, object] | None = None,
) -> None:
    # A forged page is past all points; the card shows the last one then.
    dialogue.screen, dialogue.group, dialogue.point, dialogue.page = screen, group, point, min(page, POINTS)
    dialogue.awaits, dialogue.draft = awaits, draft or {}


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
    """Keep where the person stands, and bring the card to it: in place, or `anew` below what was sent since.

    `files`: rows of files whose end the card tells. Posted in the transaction of the update, so it can't be lost.
    """
    dialogue, order = standing.dialogue, standing.order
    version = Order.objects.values_list("version", flat=True).get(pk=order.pk)
    dialogue.cards += 1
    dialogue.shown_version = version
    dialogue.save()
    thread = thread_of(order.pk, standing.user.pk)
    edits = (
        not (anew or standing.written)
        and Message.objects.filter(thread=thread, edits=False, status__in=ON_ITS_WAY).exists()
    )
    card = outbox.Outgoing(
        template=TEMPLATE,
        importance=Importance.ASSIGNMENT,
        dedup_key=f"{TEMPLATE}:{dialogue.pk}:{dialogue.cards}",
        person_id=standing.user.pk,
        order_id=order.pk,
        context={"files": list(files)} if files else {},
        thread=thread,
        edits=edits,
    )
    outbox.post([card], now=standing.now)
