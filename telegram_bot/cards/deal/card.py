"""What the card of a deal shows: what is true of it when the card is sent, where its reader stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.actors import Door, person
from core.models import Message, User
from orders import gate
from orders.follow_up_words import follow_up_text
from orders.models import (
    ClientSaid,
    Evidence,
    Order,
    Purpose,
    Task,
    TaskStatus,
    TrackingCheck,
)
from orders.selectors.deals import (
    Deal,
    approvals_open,
    blockers_open,
    deal_of,
    deals,
    logistics_current,
)
from orders.services.tasks import FOLLOW_UP, TRACK, UNDECIDED
from orders.statuses import IN_A_DEAL, Status
from telegram_bot.cards.card import Context
from telegram_bot.cards.deal import said
from telegram_bot.cards.deal.state import way_of
from telegram_bot.cards.inspection.card import told_of_files
from telegram_bot.cards.orders import orders_of
from telegram_bot.models import Dialogue, Screen, Talk
from telegram_bot.policies.dealing import asked

OPEN, PAST, OTHERS, OVER = "open", "past", "others", "over"


def load(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """A card is always worth sending: what it says is read anew for each."""
    orders = orders_of(messages)
    dialogues = _dialogues(messages)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = orders.get(message.order_id or 0)
        if order is None or message.person is None:
            continue
        dialogue = dialogues.get((message.person.pk, order.pk)) or new_dialogue(message.person, order, now)
        contexts[message.pk] = context_of(message, message.person, order, dialogue)
    return contexts


def of_task(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """What AI-РОП asks for: told while the task is open and still this person's; from the step on."""
    tasks = Task.objects.filter(status=TaskStatus.OPEN).in_bulk(
        {m.context.get("task") for m in messages} - {None}
    )
    orders = orders_of(messages)
    contexts: dict[int, Context] = {}
    for message in messages:
        order, task = orders.get(message.order_id or 0), tasks.get(message.context.get("task"))
        if order is None or message.person is None:
            continue
        if not message.edits and (task is None or task.owner_id != message.person_id):
            continue
        dialogue = new_dialogue(message.person, order, now)
        contexts[message.pk] = {**context_of(message, message.person, order, dialogue), "asked_task": task}
    return contexts


def of_payment(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """The whole price is there: told while the order still waits to be released by this person; from the step on."""
    orders = orders_of(messages)
    known = deals(orders)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = orders.get(message.order_id or 0)
        if order is None or message.person is None:
            continue
        is_theirs = order.assigned_manager_id == message.person_id and known[order.pk].is_paid
        if not message.edits and not (is_theirs and order.status == Status.AWAITING_PAYMENT):
            continue
        context = context_of(message, message.person, order, new_dialogue(message.person, order, now))
        contexts[message.pk] = {**context, "is_news": not message.edits}
    return contexts


def new_dialogue(reader: User, order: Order, now: datetime) -> Dialogue:
    return Dialogue(person=reader, order=order, about=Talk.DEAL, screen=Screen.STEP, touched_at=now)


def _dialogues(messages: Sequence[Message]) -> dict[tuple[int, int], Dialogue]:
    found = Dialogue.objects.filter(
        person__in=[m.person_id for m in messages],
        order__in=[m.order_id for m in messages],
        about=Talk.DEAL,
    )
    return {(dialogue.person_id, dialogue.order_id): dialogue for dialogue in found}


def context_of(message: Message, reader: User, order: Order, dialogue: Dialogue) -> Context:
    if message.context.get("past"):
        return {"order": order, "state": PAST}
    moves = gate.may_act(person(reader, door=Door.BOT), owner_id=order.assigned_manager_id)
    blockers = blockers_open(order.pk)
    removes = [one for one in blockers if moves or one.owner_id == reader.pk]
    context: Context = {
        "order": order,
        "state": _state(order, moves=moves, removes=bool(removes)),
        "moves": moves,
        "blockers": blockers,
        "removes": removes,
        "files": told_of_files(message, None),
    }
    if context["state"] == OTHERS:
        return context
    deal = deal_of(order.pk)
    return {
        **context,
        **_deal(order, deal, dialogue, reader),
        **_dialogue(order, deal, dialogue, moves=moves),
    }


def _state(order: Order, *, moves: bool, removes: bool) -> str:
    if not (moves or removes):
        return OTHERS
    return OPEN if order.status in IN_A_DEAL or removes else OVER


def _dialogue(order: Order, deal: Deal, dialogue: Dialogue, *, moves: bool) -> Context:
    screen = dialogue.screen if order.status in IN_A_DEAL or dialogue.screen == Screen.REMOVE else Screen.STEP
    asks = asked(way_of(order, deal)) if screen == Screen.STEP and moves else ""
    return {
        "dialogue": dialogue,
        "screen": screen,
        "asks": asks,
        "told": str(dialogue.draft.get("told", "")),
        "words": str(dialogue.draft.get("text", "")),
        "meant": _meant(dialogue),
    }


def _meant(dialogue: Dialogue) -> int:
    """The blocker that is being removed."""
    number = dialogue.draft.get("blocker", 0)
    return number if isinstance(number, int) else 0


def _deal(order: Order, deal: Deal, dialogue: Dialogue, reader: User) -> Context:
    is_asking = order.status == Status.AWAITING_PAYMENT and deal.decision != ClientSaid.CONFIRMED
    task = _open_task(order, FOLLOW_UP) if is_asking else None
    last = said.last_decision(order, deal)
    may_decide = reader.has_perm("orders.act_on_any")
    undecided = _open_task(order, UNDECIDED) if is_asking else None
    approvals = approvals_open(order.pk)
    is_called_off = deal.decision == ClientSaid.DECLINED or (undecided is not None and may_decide)
    return {
        "deal": deal,
        "decision": last,
        "follow_up": task,
        "text": follow_up_text(task.follow_up, order) if task and task.follow_up and not undecided else "",
        "undecided": undecided,
        "may_cancel": is_called_off and all(one.route != "cancel" for one in approvals),
        "at_risk": deal.holds_money,
        "approvals": approvals,
        **(_way(order) if order.status != Status.AWAITING_PAYMENT else {}),
    }


def _open_task(order: Order, kind: str) -> Task | None:
    found = Task.objects.filter(order=order, kind=kind, status=TaskStatus.OPEN)
    return found.select_related("follow_up").first()


def _way(order: Order) -> Context:
    known = logistics_current(order.pk)
    last = TrackingCheck.objects.filter(order=order, shipment=known.shipment if known else 1).first()
    proofs = Evidence.objects.filter(order=order, purpose=Purpose.DELIVERY, removed_at__isnull=True)
    is_on_the_way = order.status == Status.IN_TRANSIT
    return {
        "shipment": said.shipment(known),
        "check": last if is_on_the_way else None,
        "track": _open_task(order, TRACK) if is_on_the_way else None,
        "proofs": list(proofs.filter(at__gte=order.status_since)) if is_on_the_way else [],
    }
