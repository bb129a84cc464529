"""Buttons under messages and the callback data behind them: a verb, then numbers.

The data comes back from strangers' hands: whoever reads it believes nothing in it.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.models import Order
from orders.statuses import Status
from telegram_bot.cards.card import Button, Context, Keyboard
from telegram_bot.policies.text import shorten

DATA_LIMIT = 64

ACCEPT = "a"  # order, version
ACCEPT_IN_LIST = "l"  # order, version, page
NEXT = "n"  # order
WHY = "w"  # order
PAGE = "m"  # page of one's own orders
SHIFT_ON = "s1"
SHIFT_OFF = "s0"

PRESS = re.compile(r"(a|l|n|w|m|s1|s0)((?::\d{1,18}){0,3})", re.ASCII)
NUMBERS = {ACCEPT: 2, ACCEPT_IN_LIST: 3, NEXT: 1, WHY: 1, PAGE: 1, SHIFT_ON: 0, SHIFT_OFF: 0}


@dataclass(frozen=True, slots=True)
class Press:
    verb: str
    numbers: tuple[int, ...]


def data(verb: str, *numbers: int) -> str:
    return ":".join([verb, *map(str, numbers)])


def read(text: str) -> Press | None:
    """The press, or None for anything that no button of ours says."""
    match = PRESS.fullmatch(text)
    if match is None:
        return None
    verb, tail = match.groups()
    numbers = tuple(int(number) for number in tail.split(":")[1:])
    return Press(verb, numbers) if len(numbers) == NUMBERS[verb] else None


def can_accept(order: Order, person_id: int | None) -> bool:
    is_owner = person_id is not None and order.assigned_manager_id == person_id
    return is_owner and order.status == Status.PENDING_MANAGER


def order_card(context: Context) -> Keyboard:
    """Under the card of one order, for its owner."""
    order: Order = context["order"]
    row = [(_("What next"), data(NEXT, order.pk)), (_("Why"), data(WHY, order.pk))]
    if can_accept(order, context["person_id"]):
        return [[(_("Accept"), data(ACCEPT, order.pk, order.version))], row]
    return [row]


def accept_or_next(context: Context) -> Keyboard:
    """Under a reminder: what it reminds of can be done at once."""
    order: Order = context["order"]
    if can_accept(order, context["person_id"]):
        return [
            [(_("Accept"), data(ACCEPT, order.pk, order.version)), (_("What next"), data(NEXT, order.pk))]
        ]
    return [[(_("What next"), data(NEXT, order.pk))]]


def next_order(context: Context) -> Keyboard:
    return accept_or_next(context) if context["order"] else []


def own_orders(context: Context) -> Keyboard:
    """Under the list of one's orders: accept each, and turn the page."""
    page, pages = context["page"], context["pages"]
    accept = [
        (
            shorten(_("Accept %(ref)s") % {"ref": order.ref}, 30),
            data(ACCEPT_IN_LIST, order.pk, order.version, page),
        )
        for order in context["orders"]
        if can_accept(order, context["person_id"])
    ]
    turn: list[Button] = []
    if page > 0:
        turn.append(("←", data(PAGE, page - 1)))
    if pages > 1:
        turn.append((f"{page + 1} / {pages}", data(PAGE, page)))
    if page + 1 < pages:
        turn.append(("→", data(PAGE, page + 1)))
    rows = [accept[start : start + 2] for start in range(0, len(accept), 2)]
    return [*rows, turn] if turn else rows


def to_own_orders(_context: Context) -> Keyboard:
    return [[(_("My orders"), data(PAGE, 0))]]


def shift(context: Context) -> Keyboard:
    if context["shift"] is None:
        return [[(_("Start my shift"), data(SHIFT_ON))]]
    return [[(_("End my shift"), data(SHIFT_OFF))]]
