"""The buttons of escalations, in private and in the admins' group. The services say who may and what is still so."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from assignment.services import AssignRefused, order_assign
from core.actors import Actor, Door, person
from core.models import Message, MessageStatus
from core.models.outbox import Channel
from orders import gate
from orders.models import Order
from rop.announcing import ESCALATION, lead_thread
from rop.models import LIVE, Escalation, Proposal
from rop.services import (
    escalation_acknowledge,
    escalation_resolve,
    next_morning,
    order_snooze,
    order_unsnooze,
    proposal_accept,
    proposal_dismiss,
)
from rop.words import moment
from telegram_bot.cards import callback
from telegram_bot.cards.replies import MAY_ESCALATE
from telegram_bot.visits import Answer, Known

MAY_ASSIGN = "orders.assign"

Command = Callable[[Actor], object]


# ── deciding ──


def acknowledge(known: Known, order_id: int, seen: int) -> Answer:
    def act(actor: Actor) -> str:
        found = escalation_acknowledge(order_id=order_id, actor=actor, seen_id=seen, now=known.now)
        return _("It is yours until %(until)s.") % {"until": _at(found[-1].acknowledged_until, known)}

    return _decide(known, order_id, act)


def resolve(known: Known, order_id: int, seen: int, why: int) -> Answer:
    reason = callback.RESOLVED_WHY.get(why)
    if reason is None:
        return _unknown()

    def act(actor: Actor) -> str:
        escalation_resolve(order_id=order_id, reason=reason, actor=actor, seen_id=seen, now=known.now)
        return _("Resolved.")

    return _decide(known, order_id, act)


def snooze(known: Known, order_id: int, length: int, why: int) -> Answer:
    code = callback.SNOOZED_WHY.get(why)
    if code is None or length not in callback.LENGTHS:
        return _unknown()
    until = _until(length, now=known.now)

    def act(actor: Actor) -> str:
        order_snooze(order_id=order_id, until=until, why=code, actor=actor, anew=False, now=known.now)
        return _("Silent until %(until)s. Deadlines go on.") % {"until": _at(until, known)}

    return _decide(known, order_id, act)


def unsnooze(known: Known, order_id: int) -> Answer:
    def act(actor: Actor) -> str:
        order_unsnooze(order_id=order_id, actor=actor, now=known.now)
        return _("I will remind of it again.")

    return _decide(known, order_id, act)


def give_to(known: Known, order_id: int, version: int, manager_id: int) -> Answer:
    def act(actor: Actor) -> str:
        order = order_assign(
            order_id=order_id, manager_id=manager_id, actor=actor, seen_version=version, now=known.now
        )
        return _given(order)

    return _decide(known, order_id, act)


def follow(known: Known, proposal_id: int, version: int) -> Answer:
    def act(actor: Actor) -> str:
        proposal = proposal_accept(proposal_id=proposal_id, seen_version=version, actor=actor, now=known.now)
        return _given(Order.objects.select_related("assigned_manager").get(pk=proposal.order_id))

    return _decide_proposal(known, proposal_id, act)


def dismiss(known: Known, proposal_id: int) -> Answer:
    def act(actor: Actor) -> str:
        proposal_dismiss(proposal_id=proposal_id, actor=actor, now=known.now)
        return _("The order stays where it is.")

    return _decide_proposal(known, proposal_id, act)


def _decide_proposal(known: Known, proposal_id: int, act: Callable[[Actor], str]) -> Answer:
    order_id = Proposal.objects.filter(pk=proposal_id).values_list("order_id", flat=True).first()
    return _decide(known, order_id, act) if order_id is not None else _unknown()


def _decide(known: Known, order_id: int, act: Callable[[Actor], str]) -> Answer:
    """One call of a service. What was done changes all cards of it by itself; a refusal, the one that was pressed."""
    card = _pressed(known, order_id)
    try:
        done = act(person(known.user, door=Door.BOT))
    except (Order.DoesNotExist, Proposal.DoesNotExist):
        return _unknown()
    except (gate.Refusal, AssignRefused) as refusal:
        if card is not None and _may(known):
            _show_truth(known, card)
        return Answer(toast=str(refusal), alert=True)
    if card is not None:
        Message.objects.filter(pk=card.pk, acted_at=None).update(acted_at=known.now)
        if not _is_announced(card):
            _show_truth(known, card)
    return Answer(toast=done)


def _given(order: Order) -> str:
    return _("%(who)s has %(ref)s now.") % {"who": order.assigned_manager, "ref": order.ref}


def _until(length: int, *, now: datetime) -> datetime:
    """At most a day ahead."""
    return next_morning(now) if length == callback.TILL_MORNING else now + timedelta(hours=length)


def _at(until: datetime | None, known: Known) -> str:
    return moment(until, now=known.now) if until is not None else ""


# ── looking ──


def show(known: Known, order_id: int) -> Answer:
    """Back from a menu."""
    return _change(known, order_id, MAY_ESCALATE)


def give(known: Known, order_id: int, page: int) -> Answer:
    return _change(known, order_id, MAY_ASSIGN, menu="give", page=page)


def snooze_menu(known: Known, order_id: int) -> Answer:
    return _change(known, order_id, MAY_ESCALATE, menu="snooze")


def snooze_length(known: Known, order_id: int, length: int) -> Answer:
    if length not in callback.LENGTHS:
        return _unknown()
    return _change(known, order_id, MAY_ESCALATE, menu="why", length=length)


def resolve_menu(known: Known, order_id: int, seen: int) -> Answer:
    return _change(known, order_id, MAY_ESCALATE, menu="resolve")


def _change(known: Known, order_id: int, permission: str, **context: object) -> Answer:
    """Another menu under the card that was pressed."""
    if not _may(known, permission):
        return _leads_only()
    card = _pressed(known, order_id)
    if card is None or card.template != ESCALATION:
        return Answer(toast=_("This message is old. What burns now: /burning"), alert=True)
    if context and not Escalation.objects.filter(order_id=order_id, state__in=LIVE).exists():
        known.change_card(card)
        return Answer(toast=_("Nothing burns there any more."), alert=True)
    known.change_card(card, **context)
    return Answer()


def burning(known: Known, page: int) -> Answer:
    """The list: its page where it is shown, a new one in private under anything else."""
    if not _may(known):
        return _leads_only()
    if Message.objects.filter(
        template="burning",
        person=known.user,
        chat_id=known.visit.chat_id,
        provider_id=str(known.visit.message_id),
    ).exists():
        known.change_pressed("burning", page=page)
        return Answer()
    known.reply("burning", page=page)
    return Answer() if known.visit.is_private else Answer(toast=_("I have sent you the list in private."))


def open_burning(known: Known, order_id: int) -> Answer:
    """One order of the list, as a card of its own."""
    if not _may(known):
        return _leads_only()
    if not Escalation.objects.filter(order_id=order_id, state__in=LIVE).exists():
        return Answer(toast=_("Nothing burns there any more."), alert=True)
    thread = lead_thread(order_id, known.user.pk)
    return known.reply(ESCALATION, order_id=order_id, thread=thread, asked=True)


def _pressed(known: Known, order_id: int) -> Message | None:
    """The message of ours that was pressed, when it is about this order. Telegram vouches for where it is."""
    return (
        Message.objects.filter(
            order_id=order_id,
            chat_id=known.visit.chat_id,
            provider_id=str(known.visit.message_id),
            status=MessageStatus.SENT,
            channel=Channel.TELEGRAM,
        )
        .order_by("edits", "pk")
        .first()
    )


def _is_announced(card: Message) -> bool:
    """Whether what was done edits it anyway: it is the newest card of its thread."""
    if not card.thread or card.template != ESCALATION:
        return False
    newest = (
        Message.objects.filter(thread=card.thread, status=MessageStatus.SENT, channel=Channel.TELEGRAM)
        .order_by("-pk")
        .values_list("provider_id", flat=True)
        .first()
    )
    return newest == card.provider_id


def _show_truth(known: Known, card: Message) -> None:
    if card.template == ESCALATION:
        known.change_card(card, **({} if _is_announced(card) else {"past": True}))
    elif card.person_id == known.user.pk:
        known.change_pressed("order_card", order_id=card.order_id)


def _may(known: Known, permission: str = MAY_ESCALATE) -> bool:
    return person(known.user, door=Door.BOT).may(permission)


def _leads_only() -> Answer:
    return Answer(toast=_("Only a lead decides about escalations."), alert=True)


def _unknown() -> Answer:
    return Answer(toast=_("This button is not one of mine."), alert=True)


PRESSES: Mapping[str, Callable[..., Answer]] = {
    callback.SHOW: show,
    callback.ACKNOWLEDGE: acknowledge,
    callback.GIVE: give,
    callback.GIVE_TO: give_to,
    callback.SNOOZE: snooze_menu,
    callback.SNOOZE_LENGTH: snooze_length,
    callback.SNOOZE_BECAUSE: snooze,
    callback.UNSNOOZE: unsnooze,
    callback.RESOLVE: resolve_menu,
    callback.RESOLVE_BECAUSE: resolve,
    callback.FOLLOW: follow,
    callback.DISMISS: dismiss,
    callback.BURNING: burning,
    callback.OPEN_BURNING: open_burning,
}
