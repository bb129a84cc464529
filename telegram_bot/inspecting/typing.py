"""What a person writes while the card waits for words."""

from dataclasses import replace

from django.utils.translation import gettext as _

from core.refusals import Refusal
from orders.inspection_words import answers_of
from orders.models import AnswerKind
from orders.selectors import InspectionView, PointView
from orders.services import inspection_decide
from telegram_bot.inspecting import acting
from telegram_bot.inspecting.standing import Standing, in_hand, is_written, see, show, stand
from telegram_bot.models import Awaits, Screen
from telegram_bot.policies.inspecting import without_unit, yes_or_no
from telegram_bot.visits import SILENCE, Answer, Known


def words(known: Known, text: str) -> Answer | None:
    """The words as what they are awaited as. None when nothing is awaited of this person."""
    found = in_hand(known.user, now=known.now)
    if found is None or not found.dialogue.awaits:
        return None
    standing = replace(found, written=True)
    try:
        taken = take_words(standing, text)
    except Refusal as refusal:
        # The card stays as it is and still waits.
        see(standing)
        standing.dialogue.save()
        return known.reply("notice", text=str(refusal))
    if not taken:
        standing.dialogue.save()
        return known.reply("notice", text=_("Answer this point by its buttons."))
    return SILENCE


def take_words(standing: Standing, text: str) -> bool:
    """Whether the words could be what is awaited. Raises Refusal."""
    match standing.dialogue.awaits:
        case Awaits.ANSWER:
            return _answer(standing, text)
        case Awaits.REMARK:
            return _remark(standing, text)
        case Awaits.REMARKS:
            acting.conclude(standing, str(standing.dialogue.draft["verdict"]), text)
            return True
        case Awaits.TALK:
            standing.dialogue.draft = {**standing.dialogue.draft, "text": text}
            show(standing)
            return True
        case Awaits.REASON:
            _decide(standing, text)
            return True
    return False


def _answer(standing: Standing, text: str) -> bool:
    point = _point(standing)
    if point is None:
        return False
    value = _value(point, text)
    if value is None:
        return False
    seen = standing.dialogue.draft.get("seen")
    acting.answer_point(standing, point.number, value, seen=seen)
    return True


def _value(point: PointView, text: str) -> str | None:
    """The answer that these words say; None when it can only be given by a button."""
    item = point.item
    if is_written(point):
        return without_unit(text, item.unit) if item.kind == AnswerKind.NUMBER else text
    if item.kind == AnswerKind.YES_NO:
        return yes_or_no(text)
    wanted = text.strip().casefold()
    return next((code for code, title in answers_of(item) if title.casefold() == wanted), None)


def _remark(standing: Standing, text: str) -> bool:
    point = _point(standing)
    if point is None or point.answer is None:
        return False
    acting.remark_point(standing, point, text)
    return True


def _point(standing: Standing) -> PointView | None:
    view: InspectionView | None = standing.view()
    number = standing.dialogue.point
    return view.point(number) if view is not None and number is not None else None


def _decide(standing: Standing, text: str) -> None:
    inspection_decide(
        order_id=standing.order.pk,
        decision=str(standing.dialogue.draft["decision"]),
        reason=text,
        actor=standing.actor,
        now=standing.now,
    )
    stand(standing.dialogue, Screen.GROUPS)
    show(standing)
