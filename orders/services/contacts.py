"""Contacts with the seller and the client: facts, and the tasks that they close and bring."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import journal, work
from core.actors import Actor
from core.refusals import Refusal
from orders import gate
from orders.models import Contact, ContactChannel, Order, Outcome, TaskStatus, Whom
from orders.services.supervision import lock_order, wake
from orders.services.tasks import AHEAD_AT_MOST, FOLLOW_UP, task_open, tasks_end

TEXT_AT_MOST = 2000
MUST_SAY_WHEN = frozenset({Outcome.CALL_BACK})
AGAIN = {
    Whom.SELLER: gettext_lazy("Contact the seller again"),
    Whom.CLIENT: gettext_lazy("Contact the client again"),
}


class ContactRefused(Refusal):
    """Nothing was recorded. Codes: order_closed, unknown_whom, unknown_channel, unknown_outcome, too_long,
    next_required, next_in_past, next_too_late."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def contact_task(whom: str) -> str:
    """The kind of the tasks that a contact closes."""
    return f"contact_{whom}"


def contact_add(
    *,
    order_id: int,
    whom: str,
    channel: str,
    outcome: str,
    actor: Actor,
    now: datetime,
    text: str = "",
    next_at: datetime | None = None,
) -> Contact:
    """Somebody was talked to, or it was tried. Open tasks to contact them are done; `next_at` brings the next one.

    Raises ContactRefused, gate.NotAllowed, Order.DoesNotExist.
    """
    with work.command("command.contact_add", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        if not gate.may_act(actor, owner_id=order.assigned_manager_id):
            raise gate.NotAllowed
        if order.closed_at is not None:
            raise ContactRefused("order_closed", _("The order is closed."))
        _check(whom, channel, outcome, text, next_at, now)

        contact = Contact.objects.create(
            order=order,
            whom=whom,
            channel=channel,
            outcome=outcome,
            text=text.strip(),
            next_at=next_at,
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        asked_for = [contact_task(whom), FOLLOW_UP] if whom == Whom.CLIENT else [contact_task(whom)]
        tasks_end(order, kinds=asked_for, status=TaskStatus.DONE, actor=actor, now=now)
        if next_at is not None:
            _next(order, whom, next_at, actor=actor, now=now)
        order.moved_at = now
        order.save_facts("moved_at", now=now)
        output = {"contact": contact.pk, "whom": whom, "outcome": outcome}
        record = journal.Record("command.contact_add", order_id=order.pk, output=output)
        journal.write([record], actor=actor, now=now)
        wake([order.pk])
        return contact


def _check(whom: str, channel: str, outcome: str, text: str, next_at: datetime | None, now: datetime) -> None:
    choices = (
        ("unknown_whom", whom, Whom.values),
        ("unknown_channel", channel, ContactChannel.values),
        ("unknown_outcome", outcome, Outcome.values),
    )
    for code, given, among in choices:
        if given not in among:
            raise ContactRefused(code, _("One of these: %(among)s.") % {"among": ", ".join(among)})
    if len(text) > TEXT_AT_MOST:
        raise ContactRefused("too_long", _("At most %(most)s characters.") % {"most": TEXT_AT_MOST})
    if next_at is None:
        if outcome in MUST_SAY_WHEN:
            raise ContactRefused("next_required", _("Say when to call back."))
        return
    if next_at <= now:
        raise ContactRefused("next_in_past", _("The next contact has to be in the future."))
    if next_at > now + min(AHEAD_AT_MOST, timedelta(days=90)):
        raise ContactRefused("next_too_late", _("The next contact may be 90 days ahead at most."))


def _next(order: Order, whom: str, next_at: datetime, *, actor: Actor, now: datetime) -> None:
    owner_id = order.assigned_manager_id or gate.person_of(actor)
    task_open(
        order,
        kind=contact_task(whom),
        title=AGAIN[Whom(whom)],
        owner_id=owner_id,
        due_at=next_at,
        actor=actor,
        now=now,
    )
