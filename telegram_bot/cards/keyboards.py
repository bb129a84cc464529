"""Buttons under messages about orders, lists of them, and commands."""

from django.utils.translation import gettext as _

from core.models import User
from orders.models import Order
from orders.services.tasks import DONE_BY
from orders.statuses import IN_A_DEAL, Status
from telegram_bot.cards.callback import (
    ACCEPT,
    ACCEPT_IN_LIST,
    ACKNOWLEDGE,
    BURNING,
    DEAL,
    INSPECT,
    NEXT,
    OPEN_BURNING,
    PAGE,
    SHIFT_OFF,
    SHIFT_ON,
    TASK,
    TASK_DONE,
    WHY,
    data,
)
from telegram_bot.cards.card import Button, Context, Keyboard
from telegram_bot.policies.text import clean, shorten


def can_accept(order: Order, person_id: int | None) -> bool:
    is_owner = person_id is not None and order.assigned_manager_id == person_id
    return is_owner and order.status == Status.PENDING_MANAGER


def can_inspect(order: Order, person_id: int | None) -> bool:
    """Leads may too; they have a command for it."""
    is_owner = person_id is not None and order.assigned_manager_id == person_id
    return is_owner and order.status == Status.UNDER_INSPECTION


def can_go_on(order: Order, person: User | None) -> bool:
    """Whether this person may record what the deal lacks: its owner, or a lead."""
    if person is None or order.status not in IN_A_DEAL:
        return False
    return order.assigned_manager_id == person.pk or person.has_perm("orders.act_on_any")


def _do_at_once(context: Context) -> list[Button]:
    """What its owner can do about the order by one press."""
    order: Order = context["order"]
    if (task := context.get("task")) is not None and task.kind not in DONE_BY:
        return [(_("✅ Done"), data(TASK_DONE, task.pk))]
    if can_accept(order, context["person_id"]):
        return [(_("Accept"), data(ACCEPT, order.pk, order.version))]
    if can_inspect(order, context["person_id"]):
        return [(_("Inspection"), data(INSPECT, order.pk))]
    if can_go_on(order, context["person"]):
        return [(_("To the step"), data(DEAL, order.pk))]
    return []


def order_card(context: Context) -> Keyboard:
    """Under the card of one order, for its owner."""
    order: Order = context["order"]
    row = [(_("What next"), data(NEXT, order.pk)), (_("Why"), data(WHY, order.pk))]
    return [_do_at_once(context), row]


def about_order(context: Context) -> Keyboard:
    """Under all that is known of an order: it has just said what is next."""
    return [_do_at_once(context), [(_("Why"), data(WHY, context["order"].pk))]]


def accept_or_next(context: Context) -> Keyboard:
    """Under a reminder: what it reminds of can be done at once."""
    order: Order = context["order"]
    return [[*_do_at_once(context), (_("What next"), data(NEXT, order.pk))]]


def breach(context: Context) -> Keyboard:
    """Under what was missed, or stands still: done at once, or the lead is spared the next message."""
    order: Order = context["order"]
    rows = accept_or_next(context)
    is_owner = order.assigned_manager_id == context["person_id"] and not context.get("task")
    if context["seen"] and is_owner and not can_accept(order, context["person_id"]):
        return [[(_("I am on it"), data(ACKNOWLEDGE, order.pk, context["seen"])), *rows[0]]]
    return rows


def burning(context: Context) -> Keyboard:
    """Under the list of what burns: open each, and turn the page."""
    opened = [(row["order"].ref, data(OPEN_BURNING, row["order"].pk)) for row in context["rows"]]
    return [*_in_rows(opened, 3), *_turning(context, BURNING)]


def summary(context: Context) -> Keyboard:
    """Under many things at once: the list that they can be done from."""
    if any(section.template == "escalation" for section in context["sections"]):
        return [[(_("What burns"), data(BURNING, 0))]]
    return to_own_orders(context)


def next_order(context: Context) -> Keyboard:
    return accept_or_next(context) if context["order"] else []


def own_orders(context: Context) -> Keyboard:
    """Under the list of one's day: accept an order or go on with it, and turn the page."""
    accept = [
        (
            shorten(_("Accept %(ref)s") % {"ref": order.ref}, 30),
            data(ACCEPT_IN_LIST, order.pk, order.version, context["page"]),
        )
        for order in context["orders"]
        if can_accept(order, context["person_id"])
    ]
    opened = [
        (f"{mark}{order.ref}", data(DEAL, order.pk))
        for mark, orders in (("", context["orders"]), ("⛔ ", context["blocked"]))
        for order in orders
        if not can_accept(order, context["person_id"])
    ]
    given = [(f"☑️ {task.order.ref}", data(TASK, task.pk)) for task in context["tasks"]]
    return [
        *_in_rows(accept, 2),
        *_in_rows(opened, 3),
        *_in_rows(given, 3),
        *_turning(context, PAGE),
    ]


def _in_rows(buttons: list[Button], width: int) -> Keyboard:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def _turning(context: Context, verb: str) -> Keyboard:
    """The row that turns pages, when there are several."""
    page, pages = context["page"], context["pages"]
    turn: list[Button] = []
    if page > 0:
        turn.append(("←", data(verb, page - 1)))
    if pages > 1:
        turn.append((f"{page + 1} / {pages}", data(verb, page)))
    if page + 1 < pages:
        turn.append(("→", data(verb, page + 1)))
    return [turn] if turn else []


def decide(context: Context) -> Keyboard:
    """Under goods that are not fit: the inspection, where its lead decides."""
    return [[(_("Decide"), data(INSPECT, context["order"].pk))]]


def inspect(context: Context) -> Keyboard:
    """Under the list of orders that are inspected: open each."""
    return [
        [(shorten(f"{order.ref} · {clean(order.item)}", 40), data(INSPECT, order.pk))]
        for order in context["orders"]
    ]


def to_own_orders(_context: Context) -> Keyboard:
    return [[(_("My orders"), data(PAGE, 0))]]


def help_(context: Context) -> Keyboard:
    own = to_own_orders(context) if context["is_manager"] else []
    return [*own, [(_("What burns"), data(BURNING, 0))]] if context["is_lead"] else own


def shift(context: Context) -> Keyboard:
    if context["shift"] is None:
        return [[(_("Start my shift"), data(SHIFT_ON))]]
    return [[(_("End my shift"), data(SHIFT_OFF))]]
