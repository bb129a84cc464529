"""Made-up deals, so that each screen of their card and each message can be looked at without a database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.models import User
from orders.follow_up_words import follow_up_text
from orders.models import (
    Approval,
    Blocker,
    ClientDecision,
    Evidence,
    FollowUpStep,
    Order,
    Task,
    TrackingCheck,
)
from orders.selectors.deals import Deal, today
from orders.statuses import Status
from telegram_bot.cards.card import Context
from telegram_bot.cards.deal import card
from telegram_bot.cards.deal.state import way_of
from telegram_bot.models import Dialogue, Screen, Talk
from telegram_bot.policies.dealing import asked

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def context(
    order: Order,
    reader: User,
    *,
    now: datetime,
    screen: str = Screen.STEP,
    draft: Mapping[str, object] = {},
    **known: Any,
) -> Context:
    """The card of this made-up order; `known` is what of the deal is recorded."""
    facts = {"price": order.price, "currency": order.currency or "RUB", **known}
    deal = Deal(order_id=order.pk, **facts)
    dialogue = Dialogue(
        order=order, person=reader, about=Talk.DEAL, screen=screen, touched_at=now, draft=draft
    )
    task = follow_up(order, reader, now=now) if deal.decision == "" else None
    decision = ClientDecision(decision=deal.decision, reason_code="price", at=now) if deal.decision else None
    is_on_the_way = order.status == Status.IN_TRANSIT
    return {
        "order": order,
        "state": card.OPEN,
        "moves": True,
        "blockers": [],
        "removes": [],
        "files": [],
        "dialogue": dialogue,
        "screen": screen,
        "asks": asked(way_of(order, deal)) if screen == Screen.STEP else "",
        "told": str(draft.get("told", "")),
        "words": str(draft.get("text", "")),
        "meant": draft.get("blocker", 0),
        "deal": deal,
        "decision": decision,
        "follow_up": task,
        "text": follow_up_text(task.follow_up, order) if task and task.follow_up else "",
        "undecided": None,
        "may_cancel": deal.decision == "declined",
        "at_risk": deal.holds_money,
        "approvals": [],
        "shipment": " · ".join(filter(None, [deal.carrier, deal.tracking])),
        "check": TrackingCheck(state="moving", at=now - 20 * HOUR) if is_on_the_way else None,
        "track": Task(owner=reader, due_at=now + HOUR) if is_on_the_way else None,
        "proofs": [Evidence(order=order, kind="photo", at=now)] if deal.has_proof else [],
    }


def follow_up(order: Order, reader: User, *, now: datetime) -> Task:
    text = _(
        "Good day, {client}! We have inspected “{item}”, the report with photos is on its way to you. "
        "The price is {price}. Do you confirm?"
    )
    step = FollowUpStep(number=1, delay=0, channel="phone", text=text)
    return Task(kind="follow_up", owner=reader, number=1, due_at=now + 4 * HOUR, follow_up=step)


def undecided(order: Order, reader: User, *, now: datetime) -> Context:
    shown = context(order, reader, now=now)
    task = Task(owner_id=reader.pk, due_at=now + 4 * HOUR)
    return {**shown, "follow_up": None, "text": "", "undecided": task, "may_cancel": True}


def on_the_way(order: Order, reader: User, *, now: datetime, **known: Any) -> Context:
    promised = today(now) + 2 * DAY
    facts = {"decision": "confirmed", "carrier": "СДЭК", "tracking": "10 2345 678", "promised_date": promised}
    return context(order, reader, now=now, **{**facts, **known})


def blocker(order: Order, reader: User, recorder: User, *, now: datetime) -> Blocker:
    return Blocker(
        pk=5,
        order=order,
        kind="carrier",
        text=_("The van broke down, the carrier looks for another one."),
        owner=reader,
        opened_by=recorder,
        opened_at=now - HOUR,
        due_at=now + 5 * HOUR,
    )


def approval(order: Order, asker: User, decider: User, *, state: str, now: datetime) -> Context:
    asked_for = Approval(
        pk=6,
        order=order,
        action="route",
        route="cancel",
        payload={"from": order.status, "to": "cancelled", "reason_code": "client_refused"},
        reason=_("The client found it cheaper elsewhere."),
        asked_by=asker,
        asked_at=now - HOUR,
        due_at=now + 3 * HOUR,
        expires_at=now + 2 * DAY,
        state=state,
        decided_by=decider if state in ("approved", "declined") else None,
        decision_reason=_("Offer them another date first.") if state == "declined" else "",
    )
    price = Decimal(125000)
    deal = Deal(order_id=order.pk, price=price, currency="RUB", held={"RUB": price})
    return {"order": order, "approval": asked_for, "deal": deal}
