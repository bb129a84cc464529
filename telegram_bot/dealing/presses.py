"""The buttons of a deal's card. Each is asked again: whose order is it now, is it still so."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from orders import gate
from orders.models import ClientSaid, Order, Outcome
from orders.statuses import IN_A_DEAL, Status
from telegram_bot.cards import callback
from telegram_bot.cards.deal import thread_of
from telegram_bot.cards.deal.codes import (
    CARRIERS,
    DECLINED,
    HOURS,
    HOURS_AT_MOST,
    KINDS,
    ROUTES,
    SAID,
    SCREENS,
    WAY,
    WAY_IN_WORDS,
)
from telegram_bot.dealing import acting
from telegram_bot.dealing.standing import Standing, ask, back, may_deal, may_move, show, take
from telegram_bot.dialogues import card_pressed, is_newest
from telegram_bot.inspecting import presses as inspecting
from telegram_bot.models import Screen
from telegram_bot.policies.moments import morning_of
from telegram_bot.visits import Answer, Known

Act = Callable[[Standing], Answer]


# ── opening ──


def open_step(known: Known, order_id: int) -> Answer:
    """What has to be done about an order now: the card of its deal, or of its inspection, or what there is to know."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return _unknown()
    if order.status == Status.UNDER_INSPECTION and may_move(known.user, order):
        return inspecting.open_for(known, order)
    if not may_deal(known.user, order):
        return Answer(toast=_("This order is not yours."), alert=True)
    if order.status not in IN_A_DEAL and not order.blockers.filter(resolved_at__isnull=True).exists():
        return known.reply("order", order_id=order.pk)
    return _at(known, order_id, _to_step)


def _to_step(standing: Standing) -> Answer:
    back(standing)
    show(standing)
    return Answer()


def _at(known: Known, order_id: int, act: Act, *, moves: bool = True) -> Answer:
    """Run `act` where the pressed card stands. `moves`: it is for whoever may act on the order."""
    order = Order.objects.select_related("assigned_manager").filter(pk=order_id).first()
    if order is None:
        return _unknown()
    card = card_pressed(known, thread_of(order.pk, known.user.pk))
    if not (may_move if moves else may_deal)(known.user, order):
        if card is not None:
            known.change_card(card)
        return Answer(toast=_("This order is not yours."), alert=True)
    standing = take(known.user, order, now=known.now, anew=card is None)
    if card is not None and not is_newest(card):
        known.change_card(card, past=True)
    if order.closed_at is not None:
        back(standing)
        show(standing)
        return Answer(toast=_("The order is closed."), alert=True)
    return acting.attempt(standing, lambda: act(standing))


def _if_unchanged(known: Known, order_id: int, version: int, act: Act) -> Answer:
    """For what the services can't tell from a new fact: only on the order that the card showed."""

    def check(standing: Standing) -> Answer:
        if standing.order.version != version:
            back(standing)
        gate.check_seen(standing.order, version)
        return act(standing)

    return _at(known, order_id, check)


def screen(known: Known, order_id: int, number: int) -> Answer:
    """To a question, or back to the step."""

    def look(standing: Standing) -> Answer:
        name = SCREENS.get(number)
        if name is None:
            return _unknown()
        if name == Screen.STEP:
            return _to_step(standing)
        ask(standing, name)
        show(standing)
        return Answer()

    return _at(known, order_id, look, moves=number != 0)


# ── the client ──


def client_said(known: Known, order_id: int, version: int, code: int) -> Answer:
    chosen = SAID.get(code)
    if chosen is None:
        return _unknown()
    return _at(known, order_id, lambda standing: acting.decide(standing, chosen, seen=version))


def client_thinks(known: Known, order_id: int, version: int, when: int) -> Answer:
    def act(standing: Standing) -> Answer:
        until = _moment(when, standing)
        if until is None:
            return _unknown()
        return acting.decide(standing, ClientSaid.THINKS, seen=version, until=until)

    return _at(known, order_id, act)


def client_declined(known: Known, order_id: int, version: int, why: int) -> Answer:
    reason = DECLINED.get(why)
    if reason is None:
        return _unknown()
    return _at(known, order_id, lambda standing: acting.decline(standing, reason, seen=version))


def client_silent(known: Known, order_id: int, version: int) -> Answer:
    return _if_unchanged(
        known, order_id, version, lambda standing: acting.contacted(standing, Outcome.NO_ANSWER)
    )


def client_again(known: Known, order_id: int, version: int, when: int) -> Answer:
    def act(standing: Standing) -> Answer:
        at = _moment(when, standing)
        return acting.contacted(standing, Outcome.CALL_BACK, next_at=at) if at else _unknown()

    return _if_unchanged(known, order_id, version, act)


def cancel(known: Known, order_id: int, version: int) -> Answer:
    return _if_unchanged(known, order_id, version, lambda standing: acting.cancel(standing, seen=version))


# ── the shipment ──


def seller_date(known: Known, order_id: int, version: int, number: int) -> Answer:
    return _on_day(known, order_id, number, lambda standing, day: acting.agree(standing, day, seen=version))


def promised(known: Known, order_id: int, version: int, number: int) -> Answer:
    return _on_day(known, order_id, number, lambda standing, day: acting.promise(standing, day, seen=version))


def delivered(known: Known, order_id: int, version: int, number: int) -> Answer:
    return _on_day(known, order_id, number, lambda standing, day: acting.arrive(standing, day, seen=version))


def carrier(known: Known, order_id: int, version: int, code: int) -> Answer:
    name = CARRIERS.get(code)
    if name is None:
        return _unknown()
    return _at(known, order_id, lambda standing: acting.carry(standing, name, seen=version))


def route(known: Known, order_id: int, version: int, code: int) -> Answer:
    name = ROUTES.get(code)
    if name is None:
        return _unknown()
    return _at(known, order_id, lambda standing: acting.route(standing, name, seen=version))


def way(known: Known, order_id: int, version: int, code: int) -> Answer:
    """Where the parcel is; of a problem it is asked what happened."""
    state = WAY.get(code)
    if state is None:
        return _unknown()

    def act(standing: Standing) -> Answer:
        if state not in WAY_IN_WORDS:
            return acting.look(standing, state)
        ask(standing, Screen.WAY, state=state)
        show(standing)
        return Answer()

    return _if_unchanged(known, order_id, version, act)


# ── what stands in the way ──


def blocker_kind(known: Known, order_id: int, code: int) -> Answer:
    def act(standing: Standing) -> Answer:
        kind = KINDS.get(code)
        if kind is None:
            return _unknown()
        if standing.dialogue.screen == Screen.KIND:
            ask(standing, Screen.BLOCKER, kind=kind)
        show(standing)
        return Answer()

    return _at(known, order_id, act)


def blocker_due(known: Known, order_id: int, when: int) -> Answer:
    def act(standing: Standing) -> Answer:
        at = _moment(when, standing)
        if at is None:
            return _unknown()
        if standing.dialogue.screen == Screen.DUE:
            return acting.block(standing, at)
        show(standing)
        return Answer()

    return _at(known, order_id, act)


def blocker_gone(known: Known, order_id: int, blocker_id: int) -> Answer:
    """First how it was removed, in words."""

    def act(standing: Standing) -> Answer:
        is_open = standing.order.blockers.filter(pk=blocker_id, resolved_at__isnull=True).exists()
        if is_open:
            ask(standing, Screen.REMOVE, blocker=blocker_id)
        else:
            back(standing)
        show(standing)
        return (
            Answer() if is_open else Answer(toast=_("This does not stand in the way any more."), alert=True)
        )

    return _at(known, order_id, act, moves=False)


# ── days and moments ──


def _on_day(known: Known, order_id: int, number: int, act: Callable[[Standing, date], Answer]) -> Answer:
    day = _day(number)
    if day is None:
        return _unknown()
    return _at(known, order_id, lambda standing: act(standing, day))


def _day(number: int) -> date | None:
    """The day of this ordinal, within reach of a calendar."""
    return date.fromordinal(number) if date.min.toordinal() < number < date.max.toordinal() else None


def _moment(number: int, standing: Standing) -> datetime | None:
    """Hours from now, or the morning of a day."""
    if number < HOURS_AT_MOST:
        return standing.now + timedelta(hours=number) if number in HOURS else None
    day = _day(number)
    return morning_of(day, now=standing.here) if day is not None else None


def _unknown() -> Answer:
    return Answer(toast=_("This button is not one of mine."), alert=True)


PRESSES: Mapping[str, Callable[..., Answer]] = {
    callback.DEAL: open_step,
    callback.DEAL_SCREEN: screen,
    callback.CLIENT_SAID: client_said,
    callback.CLIENT_THINKS: client_thinks,
    callback.CLIENT_DECLINED: client_declined,
    callback.CLIENT_SILENT: client_silent,
    callback.CLIENT_AGAIN: client_again,
    callback.SELLER_DATE: seller_date,
    callback.CARRIER: carrier,
    callback.PROMISED: promised,
    callback.DELIVERED: delivered,
    callback.TAKE_ROUTE: route,
    callback.CANCEL: cancel,
    callback.WAY: way,
    callback.BLOCKER_KIND: blocker_kind,
    callback.BLOCKER_DUE: blocker_due,
    callback.BLOCKER_GONE: blocker_gone,
}
