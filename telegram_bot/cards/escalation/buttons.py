"""What can be done about an escalation, as buttons: the first choice, and the menus behind it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orders.models import Order
from rop import words
from telegram_bot.cards.callback import (
    ACKNOWLEDGE,
    DISMISS,
    FOLLOW,
    GIVE,
    GIVE_TO,
    LENGTHS,
    RESOLVE,
    RESOLVE_BECAUSE,
    RESOLVED_WHY,
    SHOW,
    SNOOZE,
    SNOOZE_BECAUSE,
    SNOOZE_LENGTH,
    SNOOZED_WHY,
    UNSNOOZE,
    data,
)
from telegram_bot.cards.card import Button, Context, Keyboard
from telegram_bot.cards.escalation.candidates import Choice, Load
from telegram_bot.policies.text import clean, shorten

LABEL = 40
PAGE_SIZE = 6


def buttons(context: Context) -> Keyboard:
    match context["menu"]:
        case "give":
            return _candidates(context)
        case "snooze":
            return _lengths(context)
        case "why":
            return _whys(context)
        case "resolve":
            return _reasons(context)
    return _first(context)


def _first(context: Context) -> Keyboard:
    order: Order = context["order"]
    label = _("Reassign…") if order.assigned_manager_id else _("Assign…")
    # Another manager decides no sooner about what a second person is asked for.
    give = [] if context.get("asked_for") else [(label, data(GIVE, order.pk, 0))]
    resolve = (_("Resolve…"), data(RESOLVE, order.pk, context["seen"]))
    snooze = (_("Snooze…"), data(SNOOZE, order.pk))
    match context["state"]:
        case "open":
            take = (_("I take it on"), data(ACKNOWLEDGE, order.pk, context["seen"]))
            return [*_offer(context), [take, *give], [snooze, resolve]]
        case "taken":
            return [[*give, snooze, resolve]]
        case "snoozed":
            return [[(_("Remind again"), data(UNSNOOZE, order.pk))], [*give, resolve]]
    return []


def _offer(context: Context) -> Keyboard:
    offer, order = context["offer"], context["order"]
    if offer is None:
        return []
    give = _("Give to %(name)s") % {"name": _with_load(offer.name, offer.load)}
    leave = _("Leave with %(name)s") % {"name": clean(str(order.assigned_manager))}
    return [
        [(shorten(give, LABEL), data(FOLLOW, offer.id, order.version))],
        [(shorten(leave, LABEL), data(DISMISS, offer.id))],
    ]


def _with_load(name: str, load: Load | None) -> str:
    if load is None:
        return clean(name)
    return f"{clean(name)} · {words.number(load.load)}/{words.number(load.capacity)}"


def _back(order: Order) -> Button:
    return (_("← Back"), data(SHOW, order.pk))


def _candidates(context: Context) -> Keyboard:
    order: Order = context["order"]
    choices: list[Choice] = context["candidates"]
    pages = max(1, -(-len(choices) // PAGE_SIZE))
    page = min(max(0, context["page"]), pages - 1)
    rows = [
        [(shorten(_choice(choice), LABEL), data(GIVE_TO, order.pk, order.version, choice.user_id))]
        for choice in choices[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    ]
    turn = [_back(order)]
    if page > 0:
        turn.append(("←", data(GIVE, order.pk, page - 1)))
    if page + 1 < pages:
        turn.append(("→", data(GIVE, order.pk, page + 1)))
    return [*rows, turn]


def _choice(choice: Choice) -> str:
    known = _with_load(choice.name, choice.load)
    if choice.excluded_because:
        known = f"{known} · {words.word(choice.excluded_because, words.EXCLUDED)}"
    return f"⭐ {known}" if choice.proposed else known


def _lengths(context: Context) -> Keyboard:
    order: Order = context["order"]
    lengths = [(str(label), data(SNOOZE_LENGTH, order.pk, length)) for length, label in LENGTHS.items()]
    return [lengths, [_back(order)]]


def _whys(context: Context) -> Keyboard:
    order: Order = context["order"]
    rows = [
        [(_reason(code, words.SNOOZED_BECAUSE), data(SNOOZE_BECAUSE, order.pk, context["length"], number))]
        for number, code in SNOOZED_WHY.items()
    ]
    return [*rows, [_back(order)]]


def _reasons(context: Context) -> Keyboard:
    order: Order = context["order"]
    rows = [
        [(_reason(code, words.RESOLVED_BECAUSE), data(RESOLVE_BECAUSE, order.pk, context["seen"], number))]
        for number, code in RESOLVED_WHY.items()
    ]
    return [*rows, [_back(order)]]


def _reason(code: str, names: Mapping[str, object]) -> str:
    sentence = words.word(code, names)
    return shorten(sentence[:1].upper() + sentence[1:], LABEL)
