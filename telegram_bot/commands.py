"""What people can write to the bot. Each command is one function of a known person; facts go through services."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from assignment.models import Manager
from assignment.services import shift_end_now, shift_start_now
from assignment.services.managers import ShiftRefused
from core.actors import Door, person
from core.services.groups import GroupRefused, group_came_back, group_connect, group_lost, group_moved
from core.services.linking import LinkRefused, link_claim
from orders.models import Order
from orders.selectors import REF, Orders, orders_visible_to
from telegram_bot.cards import render_template
from telegram_bot.cards.replies import MAY_ESCALATE
from telegram_bot.dealing import standing as dealing
from telegram_bot.dealing import typing as deal_typing
from telegram_bot.inspecting import presses as inspecting
from telegram_bot.inspecting import typing
from telegram_bot.inspecting.files import Sent, receive
from telegram_bot.inspecting.standing import under_inspection
from telegram_bot.models import Screen
from telegram_bot.policies.text import as_given, clean, shorten
from telegram_bot.sending import reach
from telegram_bot.visits import SILENCE, Answer, Known, Visit, answer

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

ON, OFF = "on", "off"


def run(visit: Visit, name: str, arguments: str, *, now: datetime) -> Answer:
    """Answer a command. In groups only what concerns the group is answered; the rest is said in private."""
    if name in GROUP_COMMANDS:
        return GROUP_COMMANDS[name](visit, now)
    if not visit.is_private:
        return SILENCE
    if visit.is_too_old(now):
        return answer(visit, _say_too_late, now=now)
    if name == "start" and arguments.strip():
        return link(visit, arguments.strip(), now=now)
    return answer(visit, lambda known: COMMANDS[name](known, arguments.strip()), now=now)


def other_words(visit: Visit, text: str, *, now: datetime) -> Answer:
    """What the card in hand waits for, or anything else. A group's talk is none of the bot's business."""
    if not visit.is_private:
        return SILENCE
    if visit.is_too_old(now):
        return answer(visit, _say_too_late, now=now)
    return answer(visit, lambda known: _taken(known, text) or _show_help(known), now=now)


def _taken(known: Known, text: str) -> Answer | None:
    """By the one dialogue that is in the person's hand."""
    given = as_given(text)
    is_command = given.startswith("/")
    if is_command or not given:
        return None
    return typing.words(known, given) or deal_typing.words(known, given)


def files(visit: Visit, sent: Sent, *, now: datetime) -> Answer:
    """A file, however late it reached us: nobody sends one twice."""
    if not visit.is_private:
        return SILENCE
    return answer(visit, lambda known: receive(known, sent), now=now)


def other_kind(visit: Visit, *, now: datetime) -> Answer:
    """A voice message, a sticker, a place: nothing that an order needs."""
    if not visit.is_private or visit.is_too_old(now):
        return SILENCE
    text = _("I take photos, videos (MP4), PDF files and written words.")
    return answer(visit, lambda known: known.reply("notice", text=text), now=now)


def _say_too_late(known: Known) -> Answer:
    text = _("What you wrote reached me more than a day late. Please repeat it if it still matters.")
    return known.reply("notice", text=text)


def link(visit: Visit, token: str, *, now: datetime) -> Answer:
    """Somebody followed a deep link. In the private chat only: whoever claims must own the account."""
    with translation.override(visit.language):
        if not TOKEN.fullmatch(token):
            return Answer(say=_("This link is used or too old. Open the panel and take a new one."))
        try:
            invitation = link_claim(
                token=token,
                telegram_id=visit.telegram_id,
                chat_id=visit.chat_id,
                name=shorten(clean(visit.name), 100),
                now=now,
            )
        except LinkRefused as refusal:
            return Answer(say=str(refusal))
        return Answer(say=render_template("link_claimed", {"user": invitation.user}, now=now))


def my(known: Known, arguments: str) -> Answer:
    return known.reply("my", page=0)


def next_thing(known: Known, arguments: str) -> Answer:
    return known.reply("next")


def order(known: Known, arguments: str) -> Answer:
    return _about_order(known, arguments, "order")


def why(known: Known, arguments: str) -> Answer:
    return _about_order(known, arguments, "why")


def _about_order(known: Known, arguments: str, template: str) -> Answer:
    found = find_order(known, arguments)
    return known.reply(template, order_id=found.pk) if found else _not_found(known, arguments)


def _not_found(known: Known, arguments: str) -> Answer:
    asked = shorten(clean(arguments), 40)
    text = _("I find no order “%(ref)s” that is yours. Your orders: /my") % {"ref": asked}
    return known.reply("notice", text=text if asked else _("Write the order's number: /order R-1"))


def find_order(known: Known, text: str) -> Order | None:
    """By R-12, 12 or the external id; only what this person may see."""
    seen, match = visible(known), REF.fullmatch(text)
    found = seen.filter(pk=int(match.group(1))).first() if match else None
    return found or seen.filter(external_id=text).first()


def visible(known: Known) -> Orders:
    return orders_visible_to(person(known.user, door=Door.BOT))


def inspect(known: Known, arguments: str) -> Answer:
    """/inspect R-1 opens the inspection of an order; without a number that of the only one, or a list of them."""
    if arguments:
        found = find_order(known, arguments)
        if found is None:
            return _not_found(known, arguments)
        return _said(known, inspecting.open_for(known, found))
    own = under_inspection(known.user)
    return _said(known, inspecting.open_for(known, own[0])) if len(own) == 1 else known.reply("inspect")


def _said(known: Known, refused: Answer) -> Answer:
    """What a button would say at once is a message of its own here."""
    return known.reply("notice", text=refused.toast) if refused.toast else refused


def cancel(known: Known, arguments: str) -> Answer:
    """Back from what was begun in the card: nothing is awaited any more. What was recorded stays."""
    standing = dealing.in_hand(known.user, now=known.now)
    if standing is None or standing.dialogue.screen == Screen.STEP:
        return known.reply("notice", text=_("There is nothing to break off. What is recorded stays."))
    dealing.back(standing)
    dealing.show(standing, anew=True)
    return SILENCE


def shift(known: Known, arguments: str) -> Answer:
    """/shift shows it; /shift on and /shift off change it."""
    wish = {"on": ON, "вкл": ON, "off": OFF, "выкл": OFF}.get(arguments.lower())
    manager = Manager.objects.filter(user=known.user).first()
    if manager is None:
        return known.reply("notice", text=_("You have no shifts: you are not a manager."))
    if wish is not None and (refused := set_shift(known, manager, on=wish == ON)):
        return known.reply("notice", text=refused)
    return known.reply("shift")


def set_shift(known: Known, manager: Manager, *, on: bool) -> str:
    """Start or end the shift now. Returns why not, or nothing."""
    change = shift_start_now if on else shift_end_now
    try:
        change(manager_id=manager.pk, actor=person(known.user, door=Door.BOT), now=known.now)
    except ShiftRefused as refusal:
        return str(refusal)
    return ""


def show_help(known: Known, arguments: str) -> Answer:
    return _show_help(known)


def _show_help(known: Known) -> Answer:
    return known.reply("help")


def burning(known: Known, arguments: str) -> Answer:
    if not person(known.user, door=Door.BOT).may(MAY_ESCALATE):
        return known.reply("notice", text=_("Only a lead decides about escalations."))
    return known.reply("burning", page=0)


def chat_id(visit: Visit, now: datetime) -> Answer:
    return Answer(say=str(visit.chat_id))


def connect(visit: Visit, now: datetime) -> Answer:
    """Make this group the one where escalations come. The answer is for everybody there to see."""
    if visit.is_too_old(now):
        return SILENCE
    with translation.override(visit.language):
        if visit.is_private:
            return Answer(say=_("Write this in the group where escalations are to come."))
        if visit.is_anonymous:
            return Answer(say=_("I can't see who you are: write this under your own name, not as the group."))
    return answer(visit, _connect, now=now, aloud=True)


def _connect(known: Known) -> Answer:
    try:
        group_connect(
            chat_id=known.visit.chat_id,
            title=shorten(clean(known.visit.chat_title), 100),
            actor=person(known.user, door=Door.BOT),
            now=known.now,
        )
    except GroupRefused as refusal:
        return Answer(say=escape(str(refusal)))
    who = escape(clean(str(known.user)))
    text = _("✅ Escalations come here from now on (%(who)s). Their buttons work for leads.")
    return Answer(say=text % {"who": who})


GROUP_COMMANDS: Mapping[str, Callable[[Visit, datetime], Answer]] = {"chatid": chat_id, "connect": connect}

COMMANDS: Mapping[str, Callable[[Known, str], Answer]] = {
    "start": show_help,
    "my": my,
    "next": next_thing,
    "order": order,
    "why": why,
    "inspect": inspect,
    "shift": shift,
    "cancel": cancel,
    "burning": burning,
    "help": show_help,
}


def group_changed(chat_id: int, *, is_in: bool, now: datetime) -> Answer:
    """The bot was added to a group, or put out of it."""
    if is_in:
        group_came_back(chat_id=chat_id)
    else:
        group_lost(chat_id=chat_id, because="the bot was removed", now=now)
    return SILENCE


def group_migrated(chat_id: int, *, to: int) -> Answer:
    group_moved(chat_id=chat_id, to=to)
    return SILENCE


def came_back(telegram_id: int, *, now: datetime) -> Answer:
    """The person unblocked the bot: messages go there again."""
    reach.mark_reachable(telegram_id=telegram_id, now=now)
    return SILENCE
