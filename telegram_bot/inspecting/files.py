"""Files that people send: written down with their update, so that none is lost, and fetched afterwards."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core import outbox
from core.actors import Door, person
from core.models import Importance, Message
from core.refusals import Refusal
from orders.models import POINTS, Order, Purpose
from orders.policies.files import BYTES_AT_MOST
from orders.selectors import InspectionView
from orders.services import evidence_place, note_add
from orders.statuses import Status
from telegram_bot.cards.inspection import FILES_OF_WHICH
from telegram_bot.cards.waiting_files import TAKEN_AT, orders_for_files
from telegram_bot.dealing import standing as dealing
from telegram_bot.inspecting import typing
from telegram_bot.inspecting.standing import (
    Standing,
    in_hand,
    may_inspect,
    show,
    stand,
    stand_at,
    stand_at_point,
    states,
    take,
)
from telegram_bot.models import FileState, IncomingFile, Screen
from telegram_bot.policies.inspecting import onward, point_in
from telegram_bot.policies.text import as_given
from telegram_bot.visits import SILENCE, Answer, Known

MEGABYTE = 1024 * 1024
ALBUM_ARRIVES_WITHIN = timedelta(seconds=1)
"""The messages of an album come apart; a question about it waits for the last of them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What Telegram says of a file. `size` is in bytes, None when it does not say; `album` joins messages."""

    kind: str
    file_id: str
    file_unique_id: str
    name: str = ""
    size: int | None = None
    album: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Of which order and which point a file is, as far as it is known; in transit it proves the delivery.

    `with_others`: for what those of its album were sent that came before.
    """

    order: Order | None
    point: int | None = None
    standing: Standing | None = None
    with_others: str = ""

    @property
    def purpose(self) -> str:
        if self.with_others or self.order is None:
            return self.with_others or Purpose.INSPECTION
        return purpose_at(self.order.status)


def purpose_at(status: str) -> str:
    """What a file is for that is sent while the order stands there."""
    return Purpose.DELIVERY if status == Status.IN_TRANSIT else Purpose.INSPECTION


def receive(known: Known, sent: Sent) -> Answer:
    """Write the file down. Whatever follows, it is not lost; what becomes of it is told once for a whole album."""
    mates = _mates(known, sent)
    target = _as_mates(mates) if mates else _target(known, sent)
    # What proves a delivery is of no point, whatever number is written under it.
    is_of_points = target.purpose == Purpose.INSPECTION
    named = point_in(sent.caption, most=POINTS) if is_of_points else None
    why_not = _why_not(known, target, sent)
    IncomingFile.objects.create(
        update_id=known.visit.item_id,
        person=known.user,
        chat_id=known.visit.chat_id,
        media_group=sent.album[:40],
        kind=sent.kind,
        file_id=sent.file_id,
        file_unique_id=sent.file_unique_id,
        name=sent.name[:200],
        size=sent.size,
        order=target.order,
        point=(named or target.point) if is_of_points else None,
        purpose=target.purpose,
        state=FileState.REFUSED if why_not else FileState.NEW,
        error=why_not,
        not_before=known.now,
        created_at=known.now,
        ended_at=known.now if why_not else None,
    )
    if named and mates:
        _name_point(mates, named)
    if target.order is None:
        _ask_or_say(known, sent, why_not)
    elif (words := as_given(sent.caption)) and not named:
        _words_of_caption(known, target, words)
    wake()
    return SILENCE


def wake() -> None:
    """The bot worker looks at once when this commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [outbox.CHANNEL])


# ── of which order and point ──


def _mates(known: Known, sent: Sent) -> list[IncomingFile]:
    if not sent.album:
        return []
    return list(
        IncomingFile.objects.select_related("order")
        .filter(chat_id=known.visit.chat_id, media_group=sent.album[:40], person=known.user)
        .order_by("pk")
    )


def _as_mates(mates: Sequence[IncomingFile]) -> Target:
    """An album is one thing: it goes where its first picture went, wherever the person stands by now."""
    return Target(mates[0].order, mates[0].point, with_others=mates[0].purpose)


def _name_point(mates: Sequence[IncomingFile], point: int) -> None:
    """The caption came with a later picture: those that are not kept yet go where it says."""
    ids = [mate.pk for mate in mates if mate.point is None]
    IncomingFile.objects.filter(pk__in=ids, state__in=[FileState.NEW, FileState.FETCHING]).update(point=point)


def _target(known: Known, sent: Sent) -> Target:
    answered = _answered_to(known)
    if (arriving := _arriving(known, answered)) is not None:
        return Target(arriving)
    standing = take(known.user, answered, now=known.now) if answered else in_hand(known.user, now=known.now)
    if standing is not None:
        dialogue = standing.dialogue
        standing.dialogue.save()
        point = dialogue.point if dialogue.screen == Screen.POINT else None
        return Target(standing.order, point, standing)
    orders = orders_for_files(known.user.pk)
    return Target(orders[0] if len(orders) == 1 else None)


def _arriving(known: Known, answered: Order | None) -> Order | None:
    """The order in transit that the person answers to, or that is in their hand."""
    if answered is not None and answered.status != Status.IN_TRANSIT:
        return None
    standing = (
        dealing.take(known.user, answered, now=known.now)
        if answered is not None
        else dealing.in_hand(known.user, now=known.now)
    )
    if standing is None or standing.order.status != Status.IN_TRANSIT:
        return None
    if not may_inspect(known.user, standing.order):
        return None
    standing.dialogue.save()
    return standing.order


def _answered_to(known: Known) -> Order | None:
    """The order of the message that the file answers, if it is this person's and takes files."""
    if known.visit.reply_to is None:
        return None
    message = (
        Message.objects.filter(
            person=known.user,
            chat_id=known.visit.chat_id,
            provider_id=str(known.visit.reply_to),
            order_id__isnull=False,
        )
        .order_by("pk")
        .first()
    )
    order = Order.objects.filter(pk=message.order_id or 0).first() if message else None
    if order is None or order.status not in TAKEN_AT or not may_inspect(known.user, order):
        return None
    return order


def _why_not(known: Known, target: Target, sent: Sent) -> str:
    """What is known to be no use before it is fetched, as a sentence; "" when it is worth fetching."""
    if target.order is None and not orders_for_files(known.user.pk):
        return _("You have no order under inspection or on its way: there is nothing to attach a file to.")
    if sent.size is not None and sent.size > BYTES_AT_MOST:
        return too_large(sent.size)
    return ""


def too_large(size: int | None) -> str:
    most = {"most": BYTES_AT_MOST // MEGABYTE}
    if size is None:
        return _("The file is larger than %(most)s MB. Compress it, or make a shorter video.") % most
    have = {**most, "size": number_format(size / MEGABYTE, 1)}
    return (
        _("The file has %(size)s MB, at most %(most)s are taken. Compress it, or make a shorter video.")
        % have
    )


# ── asking ──


def _ask_or_say(known: Known, sent: Sent, why_not: str) -> None:
    """Once for a whole album: of which order it is, or why nothing can be done with it."""
    key = f"{known.user.pk}:{sent.album}" if sent.album else f"visit:{known.visit.item_id}"
    template = "notice" if why_not else FILES_OF_WHICH
    if why_not:
        IncomingFile.objects.filter(update_id=known.visit.item_id).update(told_at=known.now)
    question = outbox.Outgoing(
        template=template,
        importance=Importance.ASSIGNMENT,
        dedup_key=f"{FILES_OF_WHICH}:{key}",
        person_id=known.user.pk,
        context={"text": why_not} if why_not else {},
        not_before=known.now + ALBUM_ARRIVES_WITHIN,
    )
    outbox.post([question], now=known.now)


def belong_to(known: Known, order: Order) -> Answer:
    """The person has said of which order the files are that waited for it."""
    waiting = IncomingFile.objects.filter(person=known.user, order__isnull=True, state=FileState.NEW)
    if order.status not in TAKEN_AT:
        known.change_pressed(FILES_OF_WHICH)
        return Answer(toast=_("%(ref)s takes no files any more.") % {"ref": order.ref}, alert=True)
    taking = dealing.take if order.status == Status.IN_TRANSIT else take
    taking(known.user, order, now=known.now).dialogue.save()
    purpose = purpose_at(order.status)
    if purpose != Purpose.INSPECTION:
        waiting.update(point=None)
    number = waiting.update(order=order, purpose=purpose, not_before=known.now)
    known.change_pressed(FILES_OF_WHICH, chosen=order.ref, number=number)
    wake()
    return Answer()


# ── words under a picture ──


def _words_of_caption(known: Known, target: Target, words: str) -> None:
    """They are taken as words about the point in hand; where they can't be, they become a note of the order."""
    standing = target.standing
    if standing is not None and target.point is not None and _taken(standing, words):
        return
    assert target.order is not None
    text = _("With a file: %(words)s") % {"words": words}
    if target.point is not None:
        text = _("With a file of point %(number)s: %(words)s") % {"number": target.point, "words": words}
    with suppress(Refusal):
        note_add(order_id=target.order.pk, text=text, actor=person(known.user, door=Door.BOT), now=known.now)


def _taken(standing: Standing, words: str) -> bool:
    try:
        return typing.take_words(standing, words)
    except Refusal:
        return False


# ── to which point ──


def album_of(view: InspectionView, evidence_id: int) -> list[int]:
    """Ids of the files without a point that came with this one, itself among them."""
    unplaced = [file.pk for file in view.unplaced]
    came = IncomingFile.objects.filter(evidence_id=evidence_id).exclude(media_group="").first()
    if came is None:
        return [evidence_id] if evidence_id in unplaced else []
    together = IncomingFile.objects.filter(
        chat_id=came.chat_id, media_group=came.media_group, evidence__in=unplaced
    )
    return sorted(set(together.values_list("evidence_id", flat=True)))


def place(standing: Standing, view: InspectionView, evidence_id: int, number: int) -> Answer:
    """Put an album at a point. Raises Refusal."""
    batch = album_of(view, evidence_id)
    for file_id in batch:
        evidence_place(evidence_id=file_id, point=number, actor=standing.actor, now=standing.now)
    _rest_of_album(evidence_id, number)
    fresh = standing.view()
    assert fresh is not None
    point = fresh.point(number)
    if fresh.unplaced:
        stand(standing.dialogue, Screen.PLACE)
    elif point is not None and not point.is_done:
        stand_at_point(standing.dialogue, fresh, number)
    elif point is not None:
        stand_at(standing.dialogue, onward(states(fresh), number), fresh)
    show(standing)
    if not batch:
        return Answer(toast=_("These files have their point already."))
    return SILENCE


def _rest_of_album(evidence_id: int, number: int) -> None:
    """Those of it that are still being fetched go there too."""
    came = IncomingFile.objects.filter(evidence_id=evidence_id).exclude(media_group="").first()
    if came is not None:
        IncomingFile.objects.filter(
            chat_id=came.chat_id,
            media_group=came.media_group,
            state__in=[FileState.NEW, FileState.FETCHING],
        ).update(point=number)
