"""The buttons of an inspection's card. Each is asked again: whose order is it now, is it still that inspection."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.inspection_words import answers_of
from orders.models import ContactChannel, Decision, Inspection, Order, Outcome, VerdictCode
from orders.selectors import InspectionView
from orders.services import contact_add, evidence_remove
from orders.statuses import Status
from telegram_bot.cards import callback
from telegram_bot.cards.inspection import thread_of
from telegram_bot.cards.inspection.codes import ANSWERS_AT_MOST, CHANNELS, OUTCOMES, VERDICTS, WHEN
from telegram_bot.dialogues import card_pressed, is_newest
from telegram_bot.inspecting import acting, files
from telegram_bot.inspecting.standing import (
    Standing,
    may_inspect,
    show,
    stand,
    stand_at_point,
    states,
    take,
)
from telegram_bot.models import Awaits, Screen
from telegram_bot.policies.inspecting import begin
from telegram_bot.visits import Answer, Known

MORNING = 10
"""The hour of "tomorrow morning", in the reader's zone."""

Act = Callable[[Standing, InspectionView], Answer]


# ── opening ──


def open_card(known: Known, order_id: int) -> Answer:
    """The button under an order's card: the inspection's card comes below."""
    order = Order.objects.filter(pk=order_id).first()
    return open_for(known, order) if order is not None else _unknown()


def open_for(known: Known, order: Order) -> Answer:
    """The card of this order's inspection; the toast says why not."""
    if not may_inspect(known.user, order):
        return Answer(toast=_("This order is not yours."), alert=True)
    if order.status != Status.UNDER_INSPECTION:
        at = Status(order.status).label
        return Answer(
            toast=_("%(ref)s is not under inspection: %(status)s.") % {"ref": order.ref, "status": at},
            alert=True,
        )
    standing = take(known.user, order, now=known.now)
    stand(standing.dialogue, Screen.GROUPS)
    show(standing, anew=True)
    return Answer()


def _at(known: Known, inspection_id: int, act: Act) -> Answer:
    """Run `act` where the pressed card stands. What is not so any more is shown instead."""
    inspection = Inspection.objects.select_related("order").filter(pk=inspection_id).first()
    if inspection is None:
        return Answer(toast=_("This button is not one of mine."), alert=True)
    order = inspection.order
    card = card_pressed(known, thread_of(order.pk, known.user.pk))
    if not may_inspect(known.user, order):
        if card is not None:
            known.change_card(card)
        return Answer(toast=_("This order is not yours."), alert=True)
    standing = take(known.user, order, now=known.now)
    if card is not None and not is_newest(card):
        known.change_card(card, past=True)
    view = standing.view()
    if view is None or view.inspection.pk != inspection_id or not view.is_current:
        stand(standing.dialogue, Screen.GROUPS)
        show(standing)
        return Answer(toast=_("That inspection is over."), alert=True)
    return acting.attempt(standing, lambda: act(standing, view))


# ── looking ──


def groups(known: Known, inspection_id: int) -> Answer:
    return _look(known, inspection_id, lambda standing, view: stand(standing.dialogue, Screen.GROUPS))


def group(known: Known, inspection_id: int, number: int) -> Answer:
    def look(standing: Standing, view: InspectionView) -> None:
        found = view.groups[number] if number < len(view.groups) else None
        stand(standing.dialogue, Screen.GROUP if found else Screen.GROUPS, group=found.code if found else "")

    return _look(known, inspection_id, look)


def point(known: Known, inspection_id: int, number: int) -> Answer:
    return _look(known, inspection_id, lambda standing, view: stand_at_point(standing.dialogue, view, number))


def change_answer(known: Known, inspection_id: int, number: int) -> Answer:
    """Of a point that is answered in words: the next words are its new answer."""

    def look(standing: Standing, view: InspectionView) -> None:
        stand_at_point(standing.dialogue, view, number)
        if view.point(number) is not None:
            standing.dialogue.awaits = Awaits.ANSWER

    return _look(known, inspection_id, look)


def left(known: Known, inspection_id: int, page: int) -> Answer:
    return _look(
        known, inspection_id, lambda standing, view: stand(standing.dialogue, Screen.LEFT, page=page)
    )


def verdicts(known: Known, inspection_id: int) -> Answer:
    return _look(known, inspection_id, lambda standing, view: stand(standing.dialogue, Screen.VERDICT))


def to_place(known: Known, inspection_id: int, page: int) -> Answer:
    return _look(
        known, inspection_id, lambda standing, view: stand(standing.dialogue, Screen.PLACE, page=page)
    )


def _look(known: Known, inspection_id: int, where: Callable[[Standing, InspectionView], None]) -> Answer:
    def act(standing: Standing, view: InspectionView) -> Answer:
        where(standing, view)
        show(standing)
        return Answer()

    return _at(known, inspection_id, act)


def skip(known: Known, inspection_id: int, number: int) -> Answer:
    def act(standing: Standing, view: InspectionView) -> Answer:
        if view.point(number) is None:
            return _unknown()
        acting.skip_point(standing, view, number)
        return Answer()

    return _at(known, inspection_id, act)


# ── answering ──


def answer(known: Known, inspection_id: int, packed: int, seen: int) -> Answer:
    """`packed` is the point and the answer's place among its answers; `seen` the answer that the card showed."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        number, index = divmod(packed, ANSWERS_AT_MOST)
        shown = view.point(number)
        codes = [code for code, _title in answers_of(shown.item)] if shown else []
        if shown is None or index >= len(codes):
            return _unknown()
        value, current = codes[index], shown.answer
        remark = current.remark if current is not None and current.value == value else ""
        stand_at_point(standing.dialogue, view, number)
        acting.answer_point(standing, number, value, remark=remark, seen=seen)
        return Answer()

    return _at(known, inspection_id, act)


def norm(known: Known, inspection_id: int, number: int) -> Answer:
    def act(standing: Standing, view: InspectionView) -> Answer:
        if number >= len(view.groups):
            return _unknown()
        return acting.answer_group(standing, view.groups[number].code)

    return _at(known, inspection_id, act)


# ── the verdict ──


def verdict(known: Known, inspection_id: int, version: int, code: int) -> Answer:
    """Fit is given at once; the others want words first."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        chosen = VERDICTS.get(code)
        if chosen is None:
            return _unknown()
        if (changed := _changed_since(standing, view, version)) is not None:
            return changed
        if chosen == VerdictCode.PASS:
            return acting.conclude(standing, chosen, "")
        stand(standing.dialogue, Screen.VERDICT, awaits=Awaits.REMARKS, draft={"verdict": chosen})
        show(standing)
        return Answer()

    return _at(known, inspection_id, act)


def remarks_of_points(known: Known, inspection_id: int, version: int) -> Answer:
    """The remarks are those that were made at the points."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        chosen = str(standing.dialogue.draft.get("verdict", ""))
        if (changed := _changed_since(standing, view, version)) is not None:
            return changed
        if standing.dialogue.awaits != Awaits.REMARKS or not chosen:
            show(standing)
            return Answer(toast=_("Choose the verdict first."), alert=True)
        return acting.conclude(standing, chosen, acting.remarks_made(view))

    return _at(known, inspection_id, act)


def _changed_since(standing: Standing, view: InspectionView, version: int) -> Answer | None:
    if not view.progress.is_complete:
        stand(standing.dialogue, Screen.LEFT)
        show(standing)
        return Answer(toast=_("Not everything is there yet."), alert=True)
    if standing.order.version != version:
        stand(standing.dialogue, Screen.VERDICT)
        show(standing)
        return Answer(toast=_("Something has changed since you looked at it. Look again."), alert=True)
    return None


def decide(known: Known, inspection_id: int, code: int) -> Answer:
    """A lead about goods that are not fit: first the decision, then why, in words."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        chosen = {1: Decision.GO_ON, 2: Decision.AGAIN}.get(code)
        if chosen is None:
            return _unknown()
        if not standing.actor.may("orders.act_on_any"):
            return Answer(toast=_("Only a lead decides about goods that are not fit."), alert=True)
        stand(standing.dialogue, Screen.VERDICT, awaits=Awaits.REASON, draft={"decision": chosen})
        show(standing)
        return Answer()

    return _at(known, inspection_id, act)


# ── contacts with the seller ──


def contact(known: Known, inspection_id: int) -> Answer:
    def look(standing: Standing, view: InspectionView) -> None:
        last = standing.order.contacts.filter(whom="seller", by=standing.user).order_by("-pk").first()
        draft: dict[str, object] = {"channel": last.channel if last else ContactChannel.PHONE}
        stand(standing.dialogue, Screen.CONTACT, awaits=Awaits.TALK, draft=draft)

    return _look(known, inspection_id, look)


def channel(known: Known, inspection_id: int, code: int) -> Answer:
    def look(standing: Standing, view: InspectionView) -> None:
        dialogue = standing.dialogue
        if code in CHANNELS and dialogue.screen == Screen.CONTACT:
            dialogue.draft = {**dialogue.draft, "channel": CHANNELS[code]}

    return _look(known, inspection_id, look)


def outcome(known: Known, inspection_id: int, code: int) -> Answer:
    """What came of it. Who was not reached is asked when the next try is."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        chosen, dialogue = OUTCOMES.get(code), standing.dialogue
        if chosen is None:
            return _unknown()
        if dialogue.screen != Screen.CONTACT:
            show(standing)
            return Answer()
        dialogue.draft = {**dialogue.draft, "outcome": chosen}
        if chosen in (Outcome.CALL_BACK, Outcome.NO_ANSWER):
            dialogue.screen, dialogue.awaits = Screen.WHEN, Awaits.TALK
            show(standing)
            return Answer()
        return _contacted(standing, view, next_at=None)

    return _at(known, inspection_id, act)


def when(known: Known, inspection_id: int, code: int) -> Answer:
    def act(standing: Standing, view: InspectionView) -> Answer:
        if code not in WHEN:
            return _unknown()
        if standing.dialogue.screen != Screen.WHEN:
            show(standing)
            return Answer()
        return _contacted(standing, view, next_at=_moment(code, standing.now))

    return _at(known, inspection_id, act)


def _moment(code: int, now: datetime) -> datetime | None:
    if code == 0:
        return None
    if code != MORNING:
        return now + timedelta(hours=code)
    tomorrow = timezone.localtime(now) + timedelta(days=1)
    return tomorrow.replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _contacted(standing: Standing, view: InspectionView, *, next_at: datetime | None) -> Answer:
    draft = standing.dialogue.draft
    contact_add(
        order_id=standing.order.pk,
        whom="seller",
        channel=str(draft.get("channel", ContactChannel.OTHER)),
        outcome=str(draft["outcome"]),
        text=str(draft.get("text", "")),
        next_at=next_at,
        actor=standing.actor,
        now=standing.now,
    )
    if view.answered == 0 and draft["outcome"] in (Outcome.AGREED, Outcome.REACHED):
        place = begin(states(view))
        stand(standing.dialogue, Screen.GROUP, group=place.group)
    else:
        stand(standing.dialogue, Screen.GROUPS)
    show(standing)
    if draft["outcome"] == Outcome.REFUSED:
        return Answer(toast=_("Recorded. If the deal is off, cancel the order in the panel."), alert=True)
    return Answer(toast=_("The contact is recorded."))


# ── files ──


def place(known: Known, inspection_id: int, evidence_id: int, number: int) -> Answer:
    """This file, and those that came with it, belong to this point."""
    return _at(known, inspection_id, lambda standing, view: files.place(standing, view, evidence_id, number))


def remove(known: Known, inspection_id: int, evidence_id: int) -> Answer:
    """It was attached by mistake; of files without a point the whole album was."""

    def act(standing: Standing, view: InspectionView) -> Answer:
        placed = {file.pk for shown in view.points for file in shown.files}
        batch = [evidence_id] if evidence_id in placed else files.album_of(view, evidence_id)
        for file_id in batch:
            evidence_remove(evidence_id=file_id, actor=standing.actor, now=standing.now)
        fresh = standing.view()
        if standing.dialogue.screen == Screen.PLACE and fresh is not None and not fresh.unplaced:
            stand(standing.dialogue, Screen.GROUPS)
        show(standing)
        return Answer(toast=_("The file is taken away."))

    return _at(known, inspection_id, act)


def files_are_of(known: Known, order_id: int) -> Answer:
    """Of which order the files are that came while several could be meant."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None or not may_inspect(known.user, order):
        return Answer(toast=_("This order is not yours."), alert=True)
    return files.belong_to(known, order)


def _unknown() -> Answer:
    return Answer(toast=_("This button is not one of mine."), alert=True)


PRESSES: Mapping[str, Callable[..., Answer]] = {
    callback.INSPECT: open_card,
    callback.GROUPS: groups,
    callback.GROUP: group,
    callback.NORM: norm,
    callback.POINT: point,
    callback.ANSWER: answer,
    callback.CHANGE_ANSWER: change_answer,
    callback.SKIP: skip,
    callback.LEFT: left,
    callback.VERDICT: verdicts,
    callback.VERDICT_IS: verdict,
    callback.REMARKS_OF_POINTS: remarks_of_points,
    callback.DECIDE: decide,
    callback.CONTACT: contact,
    callback.CONTACT_BY: channel,
    callback.CONTACT_CAME_TO: outcome,
    callback.CONTACT_AGAIN: when,
    callback.UNPLACED: to_place,
    callback.PLACE: place,
    callback.TAKE_AWAY: remove,
    callback.FILES_OF: files_are_of,
}
