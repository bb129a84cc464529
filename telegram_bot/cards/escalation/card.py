"""What is escalated of an order, as its readers need it: what to do by when, what was missed, who knows already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import ActorKind
from core.models import Message
from orders.models import Order, Task
from orders.statuses import Status, Whose
from rop.models import Escalation, EscalationState
from rop.selectors import cause_of
from rop.words import EXCLUDED, LEVELS, RESOLVED_BECAUSE, SNOOZED_BECAUSE
from sla.models import Trigger
from sla.policies import ladder
from sla.policies.ladder import STUCK_TRIGGERS
from telegram_bot.cards import labels
from telegram_bot.cards.card import Context
from telegram_bot.cards.escalation import candidates
from telegram_bot.cards.escalation.gathering import Gathered, gather
from telegram_bot.cards.escalation.subjects import Subject

OPEN, TAKEN, SNOOZED, RESOLVED, OVER, PAST = "open", "taken", "snoozed", "resolved", "over", "past"
ANSWERABLE = (OPEN, TAKEN, SNOOZED)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is escalated. `due_at`: the deadline or threshold that passed; `still_since` without one.

    `subject`: whose deadline it was, where it is not that of the order itself.
    """

    trigger: str
    about: object
    due_at: datetime | None
    still_since: datetime | None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told at the same minute as often, from below."""

    whom: tuple[object, ...]
    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Next:
    """Who is told next, unless somebody acts."""

    at: datetime
    whom: object


@dataclass(frozen=True, slots=True)
class Idle:
    """Why nobody has moved it: `word` when the owner can't, `waits_for` when it is another one's turn."""

    word: object = ""
    waits_for: object = ""
    not_accepted_since: datetime | None = None
    still_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What AI-РОП proposes."""

    id: int
    to_id: int
    name: str
    load: candidates.Load | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody did about it: until when, or when; why, in words or by a code."""

    who: str
    at: datetime
    why: object = ""


def escalation(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """A new one is told while something it is about goes on and nobody asked for silence; a card shows what is true.

    What it says is read anew for each edit. The context may have `menu` (see `buttons`), `past` (a newer card has
    taken its place), `asked` (somebody wanted to see it).
    """
    gathered = gather([m.order_id for m in messages if m.order_id is not None], now=now)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = gathered.orders.get(message.order_id or 0)
        if order is None or not _worth_telling(message, order, gathered):
            continue
        context = case_of(order, gathered, now=now)
        if message.context.get("past"):
            context["state"] = PAST
        elif context["state"] in ANSWERABLE and (menu := message.context.get("menu", "")):
            context |= _menu(menu, message, order, gathered, now=now)
        contexts[message.pk] = context
    return contexts


def cases_of(order_ids: Iterable[int], *, now: datetime) -> list[Context]:
    """What is escalated of these orders, in the order given."""
    ids = list(order_ids)
    gathered = gather(ids, now=now)
    return [case_of(gathered.orders[order_id], gathered, now=now) for order_id in ids]


def _worth_telling(message: Message, order: Order, gathered: Gathered) -> bool:
    if message.edits or message.context.get("asked"):
        return True
    meant = set(message.context.get("escalations", []))
    goes_on = any(found.pk in meant for found in gathered.live(order.pk))
    return goes_on and order.closed_at is None and order.pk not in gathered.snoozes


def _menu(menu: str, message: Message, order: Order, gathered: Gathered, *, now: datetime) -> Context:
    context: Context = {"menu": menu, "page": int(message.context.get("page", 0))}
    if menu == "give":
        proposal = gathered.proposals.get(order.pk)
        first = proposal.to_user_id if proposal else None
        context["candidates"] = candidates.of(order, gathered.standings.values(), proposed_id=first, now=now)
    if menu == "why":
        context["length"] = int(message.context.get("length", 0))
    return context


# ── one order ──


def case_of(order: Order, gathered: Gathered, *, now: datetime) -> Context:
    live = gathered.live(order.pk)
    state = _state(order, live, gathered, now)
    troubles = [_trouble(found, order, gathered) for found in _telling(live)]
    known = gathered.escalations.get(order.pk, [])
    return {
        "order": order,
        "state": state,
        "menu": "",
        "seen": live[-1].pk if live else 0,
        "troubles": troubles,
        "late_task": _late_task(troubles),
        "asked_for": next((t.subject for t in troubles if t.subject and t.subject.is_asked_for), None),
        "due_at": min((t.due_at for t in troubles if t.due_at), default=None) or order.next_action_due,
        "next": _next(order, live, gathered, now) if state == OPEN else None,
        "idle": _idle(order, gathered),
        "load": candidates.load_of(gathered.standings.get(order.assigned_manager_id or 0)),
        "told": _told(live),
        "offer": _offer(order, gathered) if state == OPEN else None,
        "answered": _answered(state, order, known, gathered),
        "given": _given(order, known, gathered),
    }


def _state(order: Order, live: Sequence[Escalation], gathered: Gathered, now: datetime) -> str:
    if order.closed_at is not None:
        return OVER
    if not live:
        known = gathered.escalations.get(order.pk, [])
        return RESOLVED if known and known[-1].state == EscalationState.RESOLVED else OVER
    if order.pk in gathered.snoozes:
        return SNOOZED
    return TAKEN if all(_is_taken(found, now) for found in live) else OPEN


def _late_task(troubles: Sequence[Trouble]) -> Task | None:
    """When nothing else is the matter: it has a deadline of its own, and the order's step is another thing."""
    things = [trouble.subject.thing if trouble.subject else None for trouble in troubles]
    return things[0] if len(things) == 1 and isinstance(things[0], Task) else None


def _telling(live: Sequence[Escalation]) -> list[Escalation]:
    """Whoever reads that it stands still for days need not read that it does for a day."""
    is_long = any(found.trigger == Trigger.STUCK_LONG for found in live)
    return [found for found in live if not (is_long and found.trigger == Trigger.STUCK)]


def _is_taken(found: Escalation, now: datetime) -> bool:
    until = found.acknowledged_until
    return found.state == EscalationState.ACKNOWLEDGED and until is not None and until > now


def _trouble(found: Escalation, order: Order, gathered: Gathered) -> Trouble:
    # Labels stay lazy: the card is rendered in its reader's language later.
    about = Status(order.status).label if found.trigger == Trigger.STAGE else None
    stuck = found.trigger in STUCK_TRIGGERS
    return Trouble(
        trigger=found.trigger,
        about=about or labels.TROUBLES.get(found.trigger, found.get_trigger_display()),
        due_at=None if stuck else gathered.due_at.get(found.clock_id or 0),
        still_since=order.moved_at if stuck else None,
        subject=gathered.subjects.get(found.clock_id or 0),
    )


def _next(order: Order, live: Sequence[Escalation], gathered: Gathered, now: datetime) -> Next | None:
    """The next one higher up who is told, when nobody acts."""
    coming: list[tuple[datetime, int]] = []
    for found in live:
        due_at = gathered.due_at.get(found.clock_id or 0)
        cause = cause_of(found, order, due_at=due_at, stuck=gathered.matrix.stuck)
        rungs = ladder.rungs_for(
            gathered.matrix.rungs, trigger=found.trigger, stage=order.status, severity=order.severity
        )
        for rung in rungs if cause else ():
            level = ladder.LEVELS[rung.whom]
            moment = cause.moment(rung) if cause else None
            if moment is not None and level > found.level and rung.key not in found.fired:
                coming.append((_after_quiet_hours(moment, order, gathered), level))
    ahead = [(moment, level) for moment, level in coming if moment > now]
    if not ahead:
        return None
    at, level = min(ahead)
    return Next(at, LEVELS[level])


def _after_quiet_hours(moment: datetime, order: Order, gathered: Gathered) -> datetime:
    if order.severity == "critical":
        return moment
    return ladder.quiet_until(gathered.matrix.quiet, time_zone=gathered.zone, now=moment) or moment


def _idle(order: Order, gathered: Gathered) -> Idle:
    owner = order.assigned_manager
    if owner is None:
        return Idle(word=labels.NOBODY_COULD)
    standing = gathered.standings.get(owner.pk)
    if standing is not None and standing.excluded_because:
        return Idle(word=EXCLUDED.get(standing.excluded_because, standing.excluded_because))
    if order.status == Status.PENDING_MANAGER:
        held = gathered.rounds.get(order.pk)
        return Idle(not_accepted_since=held.assigned_at if held else order.status_since)
    if order.next_action_user is not None and order.next_action_user != owner:
        return Idle(waits_for=order.next_action_user)
    if order.next_action_whose in (Whose.LEAD, Whose.FINANCE, Whose.ROP):
        return Idle(waits_for=Whose(order.next_action_whose).label)
    return Idle(still_since=order.moved_at)


def _told(live: Sequence[Escalation]) -> list[Told]:
    """When each was told last, and how often."""
    told: dict[str, tuple[datetime, int]] = {}
    for found in live:
        for key, (times, at) in found.fired.items():
            whom = key.partition(":")[0]
            last, before = told.get(whom, (datetime.fromisoformat(at), 0))
            told[whom] = max(last, datetime.fromisoformat(at)), max(before, times)
    by_moment: dict[tuple[datetime, int], list[object]] = {}
    for whom, level in sorted(ladder.LEVELS.items(), key=lambda item: item[1]):
        if whom in told:
            at, times = told[whom]
            by_moment.setdefault((at.replace(second=0, microsecond=0), times), []).append(LEVELS[level])
    return [Told(tuple(whoms), at, times) for (at, times), whoms in sorted(by_moment.items(), key=_moment)]


def _moment(item: tuple[tuple[datetime, int], object]) -> datetime:
    return item[0][0]


def _offer(order: Order, gathered: Gathered) -> Offer | None:
    proposal = gathered.proposals.get(order.pk)
    if proposal is None or proposal.from_user_id != order.assigned_manager_id:
        return None
    load = candidates.load_of(gathered.standings.get(proposal.to_user_id))
    return Offer(proposal.id, proposal.to_user_id, gathered.names.get(proposal.to_user_id, ""), load)


def _answered(state: str, order: Order, known: Sequence[Escalation], gathered: Gathered) -> Answered | None:
    names = gathered.names
    if state == SNOOZED:
        snooze = gathered.snoozes[order.pk]
        return Answered(
            names.get(snooze.by_id, ""), snooze.until, SNOOZED_BECAUSE.get(snooze.why, snooze.why)
        )
    last = known[-1] if known else None
    if state == TAKEN and last is not None and last.acknowledged_until is not None:
        return Answered(names.get(last.acknowledged_by_id or 0, ""), last.acknowledged_until)
    if state == RESOLVED and last is not None and last.resolved_at is not None:
        why = RESOLVED_BECAUSE.get(last.reason, last.reason)
        return Answered(names.get(last.resolved_by_id or 0, ""), last.resolved_at, why)
    return None


def _given(order: Order, known: Sequence[Escalation], gathered: Gathered) -> Answered | None:
    """Somebody gave it to its present owner since this began."""
    held = gathered.rounds.get(order.pk)
    if held is None or held.by_kind != ActorKind.PERSON or not known:
        return None
    if held.assigned_at < min(found.opened_at for found in known):
        return None
    return Answered(gathered.names.get(held.by_id or 0, ""), held.assigned_at)
