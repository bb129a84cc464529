"""What people are told about deals beside their cards: a blocker is theirs, a second person is asked, has decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Message
from orders.models import Approval, ApprovalState, Blocker, Payment
from orders.selectors.deals import deals
from orders.statuses import IN_A_DEAL
from orders.words import money
from telegram_bot.cards import callback as k
from telegram_bot.cards.card import Context, Keyboard


def blocker(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Not removed yet, and still this person's to remove; a card shows what is true."""
    blockers = Blocker.objects.select_related("order__assigned_manager", "owner", "opened_by")
    found = blockers.in_bulk({m.context.get("blocker") for m in messages} - {None})
    orders = {one.order_id: one.order for one in found.values()}
    standing = [m.order_id for m in messages if m.edits]
    left = (
        blockers.filter(order__in=standing, resolved_at__isnull=True).order_by("due_at") if standing else ()
    )
    theirs = {(one.order_id, one.owner_id): one for one in reversed(list(left))}
    contexts: dict[int, Context] = {}
    for message in messages:
        one = found.get(message.context.get("blocker"))
        is_theirs = one is not None and one.resolved_at is None and one.owner_id == message.person_id
        if (
            message.edits
            and not is_theirs
            and (other := theirs.get((message.order_id or 0, message.person_id or 0)))
        ):
            # They have another one to remove, which a message that stands there asks for then.
            one, is_theirs = other, True
        if one is not None and is_theirs:
            contexts[message.pk] = {"order": one.order, "blocker": one, "state": "open"}
        elif message.edits and (order := orders.get(message.order_id or 0)) is not None:
            contexts[message.pk] = {"order": order, "state": "over"}
        if message.pk in contexts and message.context.get("past"):
            contexts[message.pk]["state"] = "past"
    return contexts


def blocker_buttons(context: Context) -> Keyboard:
    if context["state"] != "open":
        return []
    order, one = context["order"], context["blocker"]
    return [
        [
            (_("✅ Removed…"), k.data(k.BLOCKER_GONE, order.pk, one.pk)),
            (_("Order"), k.data(k.NEXT, order.pk)),
        ]
    ]


def asked(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Nobody has decided yet: what is asked for, and the way to the panel, the only place where it is decided.

    A message that stands there says what has become of it.
    """
    standing = [message for message in messages if message.edits]
    waiting = [message for message in messages if not message.edits]
    return _approvals(waiting, ApprovalState.OPEN) | _approvals(standing, *ApprovalState.values)


def decided(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    return _approvals(messages, ApprovalState.APPROVED, ApprovalState.DECLINED)


def expired(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    return _approvals(messages, ApprovalState.EXPIRED)


def withdrawn(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    return _approvals(messages, ApprovalState.WITHDRAWN)


def late_payment(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Not taken back meanwhile."""
    found = Payment.objects.select_related("order").in_bulk(
        {m.context.get("payment") for m in messages} - {None}
    )
    taken_back = set(Payment.objects.filter(corrects__in=found).values_list("corrects", flat=True))
    return {
        message.pk: {"order": one.order, "amount": money(one.amount, one.currency)}
        for message in messages
        if (one := found.get(message.context.get("payment"))) and one.pk not in taken_back
    }


def _approvals(messages: Sequence[Message], *states: str) -> dict[int, Context]:
    found = (
        Approval.objects.filter(state__in=states)
        .select_related("order__assigned_manager", "order__next_action_user", "asked_by", "decided_by")
        .in_bulk({m.context.get("approval") for m in messages} - {None})
    )
    known = deals({one.order_id for one in found.values()})
    return {
        message.pk: {"order": one.order, "approval": one, "deal": known[one.order_id]}
        for message in messages
        if (one := found.get(message.context.get("approval")))
    }


def to_step(context: Context) -> Keyboard:
    """Under what was decided: go on with the order."""
    order = context["order"]
    if order.assigned_manager_id != context["person_id"] or order.status not in IN_A_DEAL:
        return []
    return [[(_("To the step"), k.data(k.DEAL, order.pk))]]
