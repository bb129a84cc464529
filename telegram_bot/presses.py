"""What people can press. Every press is asked again: who is it, may they, is it still so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assignment.models import Manager
from core.actors import Door, person
from core.models import Message, MessageStatus, User
from core.services.messages import messages_act
from orders import gate
from orders.models import Order
from orders.services import order_route
from orders.statuses import Status
from telegram_bot import commands, escalations, tasks
from telegram_bot.cards import callback
from telegram_bot.dealing import presses as dealing
from telegram_bot.inspecting import presses as inspecting
from telegram_bot.visits import SILENCE, Answer, Known, Visit, answer, reading_as


def run(visit: Visit, data: str, *, now: datetime) -> Answer:
    if visit.is_too_old(now):
        return SILENCE
    press = callback.read(data)
    if press is None:
        return answer(
            visit, lambda known: Answer(toast=_("This button is not one of mine."), alert=True), now=now
        )
    return answer(visit, lambda known: PRESSES[press.verb](known, *press.numbers), now=now)


def accept(known: Known, order_id: int, version: int) -> Answer:
    """The button of a card. The card is brought to the truth either way."""
    tried = _accept(known, order_id, version)
    if tried.order is not None and not (tried.done and _is_newest_card(known, tried.order)):
        _refresh_card(known, tried.order)
    return tried.answer


def accept_in_list(known: Known, order_id: int, version: int, page: int) -> Answer:
    tried = _accept(known, order_id, version)
    known.change_pressed("my", page=page)
    return tried.answer


@dataclass(frozen=True, slots=True)
class _Tried:
    answer: Answer
    order: Order | None = None
    done: bool = False


def _accept(known: Known, order_id: int, version: int) -> _Tried:
    actor = person(known.user, door=Door.BOT)
    try:
        order = order_route(
            order_id=order_id, route="accept", actor=actor, seen_version=version, now=known.now
        )
    except Order.DoesNotExist:
        return _Tried(Answer(toast=_("There is no such order."), alert=True))
    except gate.Refusal as refusal:
        order = Order.objects.get(pk=order_id)
        is_accepted = order.assigned_manager_id == known.user.pk and order.status == Status.UNDER_INSPECTION
        toast = _("You have accepted it already.") if is_accepted else str(refusal)
        return _Tried(Answer(toast=toast, alert=True), order)
    messages_act(template="order_new", order_id=order.pk, person_id=known.user.pk, now=known.now)
    return _Tried(Answer(late_toast=lambda: _accepted(known.user, order_id)), order, done=True)


def _accepted(user: User, order_id: int) -> str:
    order = Order.objects.get(pk=order_id)
    with reading_as(user):
        done = _("%(ref)s is accepted.") % {"ref": order.ref}
        if order.next_action_due is None:
            return done
        due = date_format(timezone.localtime(order.next_action_due), "j b H:i")
        following = _("Next: %(step)s by %(due)s.") % {"step": order.get_next_action_display(), "due": due}
        return f"{done} {following}"


def _thread(known: Known, order: Order) -> str:
    return f"order:{order.pk}:user:{known.user.pk}"


def _is_newest_card(known: Known, order: Order) -> bool:
    """Then the loop has changed it already, in this very transaction."""
    newest = (
        Message.objects.filter(thread=_thread(known, order), status=MessageStatus.SENT, channel="telegram")
        .order_by("-pk")
        .values_list("provider_id", flat=True)
        .first()
    )
    return newest == str(known.visit.message_id)


def _refresh_card(known: Known, order: Order) -> None:
    is_own = order.assigned_manager_id == known.user.pk
    known.change_pressed("order_card" if is_own else "order_taken", order_id=order.pk)


def what_next(known: Known, order_id: int) -> Answer:
    return _about(known, order_id, "order")


def why(known: Known, order_id: int) -> Answer:
    return _about(known, order_id, "why")


def _about(known: Known, order_id: int, template: str) -> Answer:
    if not commands.visible(known).filter(pk=order_id).exists():
        order = Order.objects.filter(pk=order_id).first()
        if order is not None:
            _refresh_card(known, order)
        return Answer(toast=_("This order is not yours."), alert=True)
    return known.reply(template, order_id=order_id)


def page(known: Known, number: int) -> Answer:
    """Turn the page where it is shown; under any other message the list comes as a new one."""
    if _is_list(known):
        known.change_pressed("my", page=number)
        return Answer()
    return known.reply("my", page=number)


def _is_list(known: Known) -> bool:
    return Message.objects.filter(
        template="my",
        person=known.user,
        chat_id=known.visit.chat_id,
        provider_id=str(known.visit.message_id),
        status=MessageStatus.SENT,
    ).exists()


def shift_on(known: Known) -> Answer:
    return _shift(known, on=True)


def shift_off(known: Known) -> Answer:
    return _shift(known, on=False)


def _shift(known: Known, *, on: bool) -> Answer:
    manager = Manager.objects.filter(user=known.user).first()
    if manager is None:
        return Answer(toast=_("You have no shifts: you are not a manager."), alert=True)
    refused = commands.set_shift(known, manager, on=on)
    known.change_pressed("shift")
    return Answer(
        toast=refused or (_("Your shift has begun.") if on else _("Your shift has ended.")),
        alert=bool(refused),
    )


PRESSES: Mapping[str, Callable[..., Answer]] = {
    callback.ACCEPT: accept,
    callback.ACCEPT_IN_LIST: accept_in_list,
    callback.NEXT: what_next,
    callback.WHY: why,
    callback.PAGE: page,
    callback.SHIFT_ON: shift_on,
    callback.SHIFT_OFF: shift_off,
    **escalations.PRESSES,
    **inspecting.PRESSES,
    **dealing.PRESSES,
    **tasks.PRESSES,
}
