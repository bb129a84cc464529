"""What can be done in a deal by a button or by words: a service decides, the card shows what came of it."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.models import User
from core.refusals import Refusal
from orders import gate
from orders.cancel_words import cancelled_by_client
from orders.models import ClientSaid, ContactChannel, DeclineReason, Outcome, Task, TaskStatus, WayState
from orders.models import Order as OrderModel
from orders.selectors.deals import today
from orders.services import (
    GivenLogistics,
    blocker_open,
    blocker_resolve,
    client_decision_record,
    contact_add,
    logistics_record,
    order_route,
    tracking_record,
)
from orders.services.tasks import FOLLOW_UP
from rop.words import moment
from telegram_bot.cards.deal import said
from telegram_bot.dealing.standing import Standing, back, show
from telegram_bot.visits import Answer, reading_as


def attempt(standing: Standing, act: Callable[[], Answer]) -> Answer:
    """What was refused is said, and the card shows what is true."""
    try:
        return act()
    except Refusal as refusal:
        show(standing)
        return Answer(toast=str(refusal), alert=True)


def done(standing: Standing, told: str) -> Answer:
    """Recorded: the card says so and what is next; the button's answer too, once AI-РОП has looked."""
    back(standing, told)
    show(standing)
    user, order_id = standing.user, standing.order.pk
    return Answer(late_toast=lambda: _told_with_next(user, order_id, told))


def _told_with_next(user: User, order_id: int, told: str) -> str:
    order = OrderModel.objects.get(pk=order_id)
    with reading_as(user):
        if order.closed_at is not None or order.next_action_due is None:
            return told
        due = date_format(timezone.localtime(order.next_action_due), "j b H:i")
        following = _("Next: %(step)s by %(due)s.") % {"step": order.get_next_action_display(), "due": due}
        return f"{told} {following}"


# ── the client ──


def decide(
    standing: Standing,
    decision: str,
    *,
    seen: int | None,
    until: datetime | None = None,
    reason_code: str = "",
    text: str = "",
) -> Answer:
    """Raises Refusal."""
    client_decision_record(
        order_id=standing.order.pk,
        decision=decision,
        until=until,
        reason_code=reason_code,
        text=text,
        channel=_channel(standing.order),
        actor=standing.actor,
        seen_version=seen,
        now=standing.now,
    )
    return done(standing, _decision_told(standing, decision, until))


def _decision_told(standing: Standing, decision: str, until: datetime | None) -> str:
    if decision == ClientSaid.CONFIRMED:
        return _("The client confirmed.")
    if until is not None:
        return _("The client thinks until %(until)s.") % {"until": moment(until, now=standing.now)}
    return _("The client declined.")


def contacted(standing: Standing, outcome: str, *, next_at: datetime | None = None) -> Answer:
    """The client was not reached, or asks for another time. Raises Refusal."""
    contact_add(
        order_id=standing.order.pk,
        whom="client",
        channel=_channel(standing.order) or ContactChannel.PHONE,
        outcome=outcome,
        next_at=next_at,
        actor=standing.actor,
        now=standing.now,
    )
    if outcome == Outcome.NO_ANSWER:
        return done(standing, _("The contact is recorded."))
    assert next_at is not None
    return done(standing, _("Call back: %(at)s.") % {"at": moment(next_at, now=standing.now)})


def _channel(order: OrderModel) -> str:
    """By which the client was asked, as the scenario says."""
    task = Task.objects.filter(order=order, kind=FOLLOW_UP, status=TaskStatus.OPEN).select_related(
        "follow_up"
    )
    found = task.first()
    return found.follow_up.channel if found is not None and found.follow_up is not None else ""


def cancel(standing: Standing, *, seen: int | None) -> Answer:
    """Because of what the client said, or never said; where they have paid, by a second person. Raises Refusal."""
    order = order_route(
        order_id=standing.order.pk,
        route="cancel",
        asks=True,
        data=cancelled_by_client(standing.deal()),
        actor=standing.actor,
        seen_version=seen,
        now=standing.now,
    )
    return done(standing, said.cancel_told(order))


# ── the shipment ──


def record(standing: Standing, given: GivenLogistics, told: str, *, seen: int | None) -> Answer:
    """Raises Refusal."""
    logistics_record(
        order_id=standing.order.pk, given=given, actor=standing.actor, seen_version=seen, now=standing.now
    )
    return done(standing, told)


def agree(standing: Standing, day: date, *, seen: int | None) -> Answer:
    told = _("The seller's date: %(day)s.") % {"day": said.day(day, now=standing.now)}
    return record(standing, GivenLogistics(seller_date=day), told, seen=seen)


def carry(standing: Standing, carrier: str, *, seen: int | None) -> Answer:
    told = _("The carrier: %(name)s.") % {"name": said.short(carrier)}
    return record(standing, GivenLogistics(carrier=carrier), told, seen=seen)


def track(standing: Standing, tracking: str, *, seen: int | None) -> Answer:
    told = _("The tracking number: %(number)s.") % {"number": said.short(tracking)}
    return record(standing, GivenLogistics(tracking=tracking), told, seen=seen)


def promise(standing: Standing, day: date, *, seen: int | None) -> Answer:
    told = _("The carrier promises %(day)s.") % {"day": said.day(day, now=standing.now)}
    return record(standing, GivenLogistics(promised_date=day), told, seen=seen)


def arrive(standing: Standing, day: date, *, seen: int | None) -> Answer:
    """Of today it is known that it is over by now; of another day only its date."""
    midnight = standing.here.replace(hour=0, minute=0, second=0, microsecond=0)
    is_today = day == today(standing.now)
    at = standing.now if is_today else midnight.replace(year=day.year, month=day.month, day=day.day)
    known = standing.deal().delivered_at
    if known is not None and today(known) == day:
        at = known
    told = _("Delivered %(day)s.") % {"day": said.day(day, now=standing.now)}
    return record(standing, GivenLogistics(delivered_at=at), told, seen=seen)


def route(standing: Standing, name: str, *, seen: int | None) -> Answer:
    """Raises Refusal."""
    spec = gate.ROUTES[name]
    if standing.order.status == spec.target:
        back(standing)
        show(standing)
        return Answer(toast=_("This is done already."))
    order_route(
        order_id=standing.order.pk, route=name, actor=standing.actor, seen_version=seen, now=standing.now
    )
    return done(standing, said.route_told(name, standing.order))


def look(standing: Standing, state: str, text: str = "") -> Answer:
    """Where the parcel is. Raises Refusal."""
    tracking_record(
        order_id=standing.order.pk, state=state, text=text, actor=standing.actor, now=standing.now
    )
    told = _("On the way: %(state)s.") % {"state": WayState(state).label}
    if state == WayState.LOST:
        told += " " + _("Ask for the cancellation in the panel.")
    return done(standing, told)


# ── what stands in the way ──


def block(standing: Standing, due_at: datetime) -> Answer:
    """Whoever records it removes it. Raises Refusal."""
    draft = standing.draft
    blocker_open(
        order_id=standing.order.pk,
        kind=str(draft["kind"]),
        text=str(draft["text"]),
        owner_id=standing.user.pk,
        due_at=due_at,
        actor=standing.actor,
        now=standing.now,
    )
    told = _("Recorded: yours to remove by %(due)s.") % {"due": moment(due_at, now=standing.now)}
    return done(standing, told)


def unblock(standing: Standing, text: str) -> Answer:
    """Raises Refusal."""
    blocker_resolve(
        blocker_id=int(str(standing.draft["blocker"])),
        resolution=text,
        actor=standing.actor,
        now=standing.now,
    )
    return done(standing, _("Out of the way."))


def decline(standing: Standing, reason_code: str, *, seen: int | None, text: str = "") -> Answer:
    return decide(standing, ClientSaid.DECLINED, seen=seen, reason_code=reason_code, text=text)


def decline_in_words(standing: Standing, text: str, *, seen: int | None) -> Answer:
    return decline(standing, DeclineReason.OTHER, seen=seen, text=text)
