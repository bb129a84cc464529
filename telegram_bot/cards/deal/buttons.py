"""What can be done on each screen of a deal's card."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Blocker, BlockerKind, ClientSaid, DeclineReason, Order, WayState
from orders.selectors.deals import today
from orders.statuses import Status
from rop.words import moment
from telegram_bot.cards import callback as k
from telegram_bot.cards.card import Button, Context, Keyboard
from telegram_bot.cards.deal import card, said
from telegram_bot.cards.deal.codes import (
    CARRIERS,
    CONFIRMED,
    DECLINED,
    DELIVER,
    HOURS,
    KINDS,
    NUMBER_OF,
    RELEASE,
    SHIP,
    WAY,
    WAY_IN_WORDS,
)
from telegram_bot.models import Screen
from telegram_bot.policies.moments import morning_of

LONG_FOR_TWO = 18
"""Labels up to this length stand two in a row."""


def buttons(context: Context) -> Keyboard:
    if context["state"] == card.OVER and context["order"].closed_at is None:
        return [[(_("What next"), k.data(k.NEXT, context["order"].pk))]]
    if context["state"] != card.OPEN:
        return []
    return SCREENS[context["screen"]](context)


def _in_rows(row: list[Button], width: int) -> Keyboard:
    return [row[at : at + width] for at in range(0, len(row), width)]


def _to(screen: str, label: str, context: Context) -> Button:
    return (label, k.data(k.DEAL_SCREEN, context["order"].pk, NUMBER_OF[screen]))


def _back(context: Context) -> list[Button]:
    return [_to(Screen.STEP, _("‹ Back"), context)]


# ── the step ──


def _step(context: Context) -> Keyboard:
    order: Order = context["order"]
    rows = [[_removed(order, one, alone=len(context["removes"]) == 1)] for one in context["removes"]]
    if not context["moves"]:
        return rows
    stages: dict[str, Callable[[Context], Keyboard]] = {
        Status.AWAITING_PAYMENT: _awaiting,
        Status.READY_FOR_SHIPMENT: _ready,
        Status.IN_TRANSIT: _in_transit,
    }
    if (stage := stages.get(order.status)) is None:
        return rows
    blocked = _to(Screen.KIND, _("⛔ Blocker…"), context)
    return [*rows, *stage(context), [blocked, (_("Order"), k.data(k.NEXT, order.pk))]]


def _removed(order: Order, one: Blocker, *, alone: bool) -> Button:
    what = "" if alone else f" {one.get_kind_display()}"
    return (said.short(_("✅ Removed…") + what, 40), k.data(k.BLOCKER_GONE, order.pk, one.pk))


def _awaiting(context: Context) -> Keyboard:
    """What the client said; once they have confirmed, the date, and then the way to the shipment."""
    order, deal = context["order"], context["deal"]
    if deal.decision != ClientSaid.CONFIRMED:
        return [*_cancelling(context), *_client(context)]
    declined = _to(Screen.DECLINED, _("❌ Declined…"), context)
    if deal.seller_date is None:
        return [*_days(k.SELLER_DATE, context, (0, 1, 2, 3)), [declined]]
    other = [_to(Screen.SELLER, _("Another date…"), context), declined]
    if deal.is_paid:
        return [[(_("📦 Release for shipment"), _take(order, RELEASE))], other]
    return [other]


def _client(context: Context) -> Keyboard:
    order = context["order"]
    confirmed = (_("✅ Confirmed"), k.data(k.CLIENT_SAID, order.pk, order.version, CONFIRMED))
    rows: Keyboard = [[confirmed, _to(Screen.UNTIL, _("🤔 Thinks until…"), context)]]
    if context["deal"].decision != ClientSaid.DECLINED:
        rows.append([_to(Screen.DECLINED, _("❌ Declined…"), context)])
    if context["follow_up"] is not None and context["undecided"] is None:
        silent = (_("📵 No answer"), k.data(k.CLIENT_SILENT, order.pk, order.version))
        rows += [[silent, _to(Screen.AGAIN, _("🔁 Call back…"), context)]]
    return rows


def _cancelling(context: Context) -> Keyboard:
    """Comes first where it is the likeliest: the client declined, or a lead has to decide about one who never said."""
    return [[_to(Screen.CANCEL, _("Cancel the order…"), context)]] if context["may_cancel"] else []


def _ready(context: Context) -> Keyboard:
    """What is not known yet is asked for, one after another; then it is shipped."""
    order, deal = context["order"], context["deal"]
    if context["asks"] == "carrier":
        return _carriers(context)
    if context["asks"] == "promised":
        return _days(k.PROMISED, context, (1, 2, 3, 5, 7, 10))
    known = (
        (deal.carrier, Screen.CARRIER, _("Carrier…")),
        (deal.tracking, Screen.TRACKING, _("Number…")),
        (deal.promised_date, Screen.PROMISED, _("Date…")),
    )
    change = [_to(screen, label, context) for value, screen, label in known if value]
    if context["asks"] or context["blockers"]:
        return [change]
    return [[(_("🚚 Ship"), _take(order, SHIP))], change]


def _in_transit(context: Context) -> Keyboard:
    order, deal = context["order"], context["deal"]
    if deal.delivered_at is not None:
        other = _to(Screen.DELIVERED, _("Another date…"), context)
        if deal.has_proof:
            return [[(_("🏁 Record the delivery"), _take(order, DELIVER))], [other]]
        return [[other]]
    if context["asks"] == "delivered":
        return [*_days(k.DELIVERED, context, (0, -1), _("📬 %(day)s")), *_where(context)]
    return [*_where(context), [_to(Screen.DELIVERED, _("📬 Delivered…"), context)]]


def _where(context: Context) -> Keyboard:
    order: Order = context["order"]
    row = [
        (
            said.choice(WayState(state).label) + ("…" if state in WAY_IN_WORDS else ""),
            k.data(k.WAY, order.pk, order.version, code),
        )
        for code, state in WAY.items()
    ]
    return [row[:2], row[2:]]


def _take(order: Order, route: int) -> str:
    return k.data(k.TAKE_ROUTE, order.pk, order.version, route)


# ── questions ──


def _until(context: Context) -> Keyboard:
    return [*_moments(k.CLIENT_THINKS, context, days=(1, 2, 3, 7)), _back(context)]


def _again(context: Context) -> Keyboard:
    return [*_moments(k.CLIENT_AGAIN, context, hours=HOURS, days=(1, 2)), _back(context)]


def _declined(context: Context) -> Keyboard:
    order: Order = context["order"]
    row = [
        (
            said.choice(DeclineReason(reason).label),
            k.data(k.CLIENT_DECLINED, order.pk, order.version, code),
        )
        for code, reason in DECLINED.items()
    ]
    return [*_wide(row), _back(context)]


def _seller(context: Context) -> Keyboard:
    return [*_days(k.SELLER_DATE, context, (0, 1, 2, 3)), _back(context)]


def _carrier(context: Context) -> Keyboard:
    return [*_carriers(context), _back(context)]


def _carriers(context: Context) -> Keyboard:
    order: Order = context["order"]
    row = [(name, k.data(k.CARRIER, order.pk, order.version, code)) for code, name in CARRIERS.items()]
    return _in_rows(row, 3)


def _only_back(context: Context) -> Keyboard:
    return [_back(context)]


def _promised(context: Context) -> Keyboard:
    return [*_days(k.PROMISED, context, (1, 2, 3, 5, 7, 10)), _back(context)]


def _delivered(context: Context) -> Keyboard:
    return [*_days(k.DELIVERED, context, (0, -1)), _back(context)]


def _kind(context: Context) -> Keyboard:
    order: Order = context["order"]
    row = [
        (said.choice(BlockerKind(kind).label), k.data(k.BLOCKER_KIND, order.pk, code))
        for code, kind in KINDS.items()
    ]
    return [*_in_rows(row, 2), _back(context)]


def _due(context: Context) -> Keyboard:
    return [
        *_moments(k.BLOCKER_DUE, context, hours=HOURS, days=(1, 2, 3, 7), versioned=False),
        _back(context),
    ]


def _cancel(context: Context) -> Keyboard:
    order: Order = context["order"]
    yes = _("Ask for it") if context["at_risk"] else pgettext("order", "Yes, cancel it")
    return [[(yes, k.data(k.CANCEL, order.pk, order.version))], _back(context)]


def _wide(row: list[Button]) -> Keyboard:
    return _in_rows(row, 2 if all(len(label) <= LONG_FOR_TWO for label, _data in row) else 1)


# ── days and moments ──


def _days(verb: str, context: Context, offsets: Iterable[int], label: str = "%(day)s") -> Keyboard:
    """Each button is a date, whenever it is pressed."""
    order, now = context["order"], context["now"]
    row = [
        (
            label % {"day": said.day_button(on, now=now)},
            k.data(verb, order.pk, order.version, on.toordinal()),
        )
        for on in (today(now) + timedelta(days=offset) for offset in offsets)
    ]
    return _in_rows(row, 3 if len(row) > 4 else 2)


def _moments(
    verb: str,
    context: Context,
    *,
    days: Iterable[int],
    hours: Mapping[int, object] | None = None,
    versioned: bool = True,
) -> Keyboard:
    """So many hours from the press, or the morning of a day."""
    order, now = context["order"], context["now"]
    here = timezone.localtime(now)
    before = (order.pk, order.version) if versioned else (order.pk,)
    row = [(str(label), k.data(verb, *before, number)) for number, label in (hours or {}).items()]
    for offset in days:
        on = today(now) + timedelta(days=offset)
        row.append((moment(morning_of(on, now=here), now=now), k.data(verb, *before, on.toordinal())))
    return _in_rows(row, 2)


SCREENS: Mapping[str, Callable[[Context], Keyboard]] = {
    Screen.STEP: _step,
    Screen.UNTIL: _until,
    Screen.DECLINED: _declined,
    Screen.AGAIN: _again,
    Screen.SELLER: _seller,
    Screen.CARRIER: _carrier,
    Screen.TRACKING: _only_back,
    Screen.PROMISED: _promised,
    Screen.WAY: _only_back,
    Screen.DELIVERED: _delivered,
    Screen.KIND: _kind,
    Screen.BLOCKER: _only_back,
    Screen.DUE: _due,
    Screen.REMOVE: _only_back,
    Screen.CANCEL: _cancel,
}
