"""What a person writes while the card of a deal waits for words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from core.refusals import Refusal
from orders.models import BlockerKind, ClientSaid, Outcome
from orders.selectors.deals import today
from orders.services.acting import LINE_AT_MOST, text_given
from telegram_bot.dealing import acting
from telegram_bot.dealing.standing import Standing, ask, in_hand, show
from telegram_bot.models import Awaits, Screen
from telegram_bot.policies.moments import day_in, moment_in
from telegram_bot.policies.text import clean
from telegram_bot.visits import SILENCE, Answer, Known


class NotADay(Refusal):
    code = "not_a_day"

    def __init__(self) -> None:
        super().__init__(_("I see no date there. Write it as 25.12 or “tomorrow”."))


class NotAMoment(Refusal):
    code = "not_a_moment"

    def __init__(self) -> None:
        super().__init__(_("I see no date or time there. Write 25.12, 25.12 15:00 or 18:00."))


def words(known: Known, text: str) -> Answer | None:
    """The words as what they are awaited as. None when nothing is awaited of this person."""
    found = in_hand(known.user, now=known.now)
    if found is None or found.dialogue.awaits not in TAKEN:
        return None
    standing = replace(found, written=True)
    try:
        TAKEN[standing.dialogue.awaits](standing, text)
    except Refusal as refusal:
        # The card still waits; where the order has changed meanwhile it is shown anew by itself.
        standing.dialogue.save()
        return known.reply("notice", text=str(refusal))
    return SILENCE


def _seen(standing: Standing) -> int:
    """The words answer the card, and the card showed this version."""
    return standing.dialogue.shown_version


def _day(standing: Standing, text: str) -> date:
    found = day_in(text, today=today(standing.now))
    if found is None:
        raise NotADay
    return found


def _moment(standing: Standing, text: str) -> datetime:
    found = moment_in(text, now=standing.here)
    if found is None:
        raise NotAMoment
    return found


def _blocker(standing: Standing, text: str) -> None:
    known = text_given(text, field="text", at_most=LINE_AT_MOST)
    ask(standing, Screen.DUE, kind=standing.draft.get("kind", BlockerKind.OTHER), text=known)
    show(standing)


def _until(standing: Standing, text: str) -> None:
    acting.decide(standing, ClientSaid.THINKS, seen=_seen(standing), until=_moment(standing, text))


def _again(standing: Standing, text: str) -> None:
    acting.contacted(standing, Outcome.CALL_BACK, next_at=_moment(standing, text))


TAKEN: Mapping[str, Callable[[Standing, str], object]] = {
    Awaits.UNTIL: _until,
    Awaits.DECLINED: lambda standing, text: acting.decline_in_words(standing, text, seen=_seen(standing)),
    Awaits.AGAIN: _again,
    Awaits.SELLER: lambda standing, text: acting.agree(standing, _day(standing, text), seen=_seen(standing)),
    Awaits.CARRIER: lambda standing, text: acting.carry(standing, clean(text), seen=_seen(standing)),
    Awaits.TRACKING: lambda standing, text: acting.track(standing, clean(text), seen=_seen(standing)),
    Awaits.PROMISED: lambda standing, text: acting.promise(
        standing, _day(standing, text), seen=_seen(standing)
    ),
    Awaits.DELIVERED: lambda standing, text: acting.arrive(
        standing, _day(standing, text), seen=_seen(standing)
    ),
    Awaits.WAY: lambda standing, text: acting.look(standing, str(standing.draft["state"]), text),
    Awaits.BLOCKER: _blocker,
    Awaits.DUE: lambda standing, text: acting.block(standing, _moment(standing, text)),
    Awaits.REMOVE: acting.unblock,
}
"""What is awaited, and what is done with the words."""
