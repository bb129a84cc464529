"""Answers to commands. Read when they are sent, so that they tell what is true then."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

import core.selectors
from assignment.models import Manager, Shift
from assignment.selectors import shifts_at
from core.models import Message
from orders.models import Blocker, Order, Task, TaskStatus
from orders.selectors import orders_own_turn_first
from orders.selectors.deals import approvals_open, blockers_open, deal_of, logistics_current
from orders.statuses import BEFORE_A_DEAL, Status
from rop.explain import explain_sentences
from rop.selectors import live_escalations
from telegram_bot.cards.card import Context, Loader
from telegram_bot.cards.deal import said
from telegram_bot.cards.escalation import cases_of

PAGE_SIZE = 8
BURNING_PAGE = 6
LISTED = 5

MAY_ESCALATE = "rop.escalate"
"""The permission of leads to decide about escalations."""

STALE_AFTER = timedelta(minutes=30)
"""An answer that could not be given for so long is not given any more: nobody waits for it."""

OneReply = Callable[[Message, datetime], Context | None]


def reply(one: OneReply) -> Loader:
    """A loader that answers each message by itself: people ask one thing at a time."""

    def load(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
        fresh = [message for message in messages if now - message.created_at < STALE_AFTER]
        contexts = {message.pk: one(message, now) for message in fresh}
        return {message_id: context for message_id, context in contexts.items() if context is not None}

    return load


def my(message: Message, now: datetime) -> Context:
    """One page of this person's open orders, most urgent first; on the first one what else is theirs."""
    own = Order.objects.filter(assigned_manager_id=message.person_id, closed_at__isnull=True)
    count = own.count()
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(0, int(message.context.get("page", 0))), pages - 1)
    first = own.order_by("next_action_due").values_list("next_action_due", flat=True).first()
    day = orders_own_turn_first(own.select_related("next_action_user"), user_id=message.person_id)
    return {
        "count": count,
        "to_accept": own.filter(status=Status.PENDING_MANAGER).count(),
        "first_due": first,
        "orders": list(day[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]),
        "page": page,
        "pages": pages,
        "offset": page * PAGE_SIZE,
        **(_besides(message.person_id) if page == 0 else {"tasks": [], "blockers": [], "blocked": []}),
    }


def _besides(person_id: int | None) -> Context:
    """What is this person's beside the steps of their own orders: tasks that somebody gave them, others' blockers."""
    tasks = Task.objects.filter(owner=person_id, status=TaskStatus.OPEN).select_related("order")
    of_steps = Q(order__assigned_manager=person_id, stage__isnull=False)
    blockers = Blocker.objects.filter(owner=person_id, resolved_at__isnull=True).select_related("order")
    others = blockers.exclude(order__assigned_manager=person_id).order_by("due_at", "pk")[:LISTED]
    return {
        "tasks": list(tasks.exclude(of_steps).order_by("due_at", "pk")[:LISTED]),
        "blockers": list(others),
        "blocked": list({one.order_id: one.order for one in others}.values()),
    }


def burning(message: Message, now: datetime) -> Context:
    """One page of what is escalated in this lead's teams, the most urgent first; of everybody for who leads no team."""
    teams = core.selectors.team_of_lead(message.person_id or 0)
    burns = Order.objects.filter(closed_at__isnull=True, pk__in=live_escalations().order_by().values("order"))
    if teams:
        burns = burns.filter(Q(assigned_manager__team__in=teams) | Q(assigned_manager__isnull=True))
    count = burns.count()
    pages = max(1, -(-count // BURNING_PAGE))
    page = min(max(0, int(message.context.get("page", 0))), pages - 1)
    ids = burns.order_by("queue_key", "pk").values_list("pk", flat=True)
    rows = cases_of(ids[page * BURNING_PAGE : (page + 1) * BURNING_PAGE], now=now) if count else []
    return {"count": count, "rows": rows, "teams": teams, "page": page, "pages": pages}


def inspect(message: Message, now: datetime) -> Context:
    """This person's orders under inspection, the most urgent first."""
    own = Order.objects.filter(
        assigned_manager_id=message.person_id, status=Status.UNDER_INSPECTION, closed_at__isnull=True
    )
    return {"orders": list(own.order_by("queue_key", "pk")[:PAGE_SIZE]), "count": own.count()}


def next_thing(message: Message, now: datetime) -> Context:
    """The step of this person that is due first."""
    steps = Order.objects.filter(next_action_user_id=message.person_id, closed_at__isnull=True)
    first = (
        steps.select_related("assigned_manager", "next_action_user").order_by("next_action_due", "pk").first()
    )
    return {"order": first, "more": max(0, steps.count() - 1)}


def order(message: Message, now: datetime) -> Context | None:
    found = (
        Order.objects.select_related("assigned_manager", "next_action_user")
        .filter(pk=message.order_id or 0)
        .first()
    )
    return {"order": found, **_deal(found)} if found else None


def _deal(order: Order) -> Context:
    """What is known of its deal, and what stands in its way."""
    known: Context = {"blockers": blockers_open(order.pk), "approvals": approvals_open(order.pk)}
    if order.status in BEFORE_A_DEAL:
        return known
    deal = deal_of(order.pk)
    shipment = said.shipment(logistics_current(order.pk))
    return {**known, "deal": deal, "decision": said.last_decision(order, deal), "shipment": shipment}


def why(message: Message, now: datetime) -> Context | None:
    """Read while it is rendered: sentences are made in the reader's language and time."""
    context = order(message, now)
    if context is None:
        return None
    return {**context, "sentences": partial(explain_sentences, context["order"].pk, now)}


def shift(message: Message, now: datetime) -> Context:
    """Whether this person is on shift, until when, and when the next one begins."""
    person_id = message.person_id or 0
    coming = Shift.objects.filter(manager__user_id=person_id, starts_at__gt=now).order_by("starts_at")
    return {
        "shift": shifts_at(now).filter(manager__user_id=person_id).first(),
        "next_shift": coming.first(),
        "unaccepted": Order.objects.filter(
            assigned_manager_id=message.person_id, status=Status.PENDING_MANAGER, closed_at__isnull=True
        ).count(),
    }


def help_(message: Message, now: datetime) -> Context:
    """What this person may ask for."""
    person = message.person
    return {
        "is_manager": Manager.objects.filter(user_id=message.person_id or 0).exists(),
        "sees_all": person is not None and person.has_perm("orders.see_all"),
        "is_lead": person is not None and person.has_perm(MAY_ESCALATE),
    }


def plain(message: Message, now: datetime) -> Context:
    """Nothing but what the message carries."""
    return dict(message.context)
