"""What stands in the way of an order: recorded, passed on, removed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core import outbox, work
from core.actors import Actor
from core.models import Importance, User
from orders import gate
from orders.models import Blocker, BlockerKind, Order
from orders.services.acting import (
    LINE_AT_MOST,
    DealRefused,
    acted,
    check_open,
    moment_ahead,
    one_of,
    order_to_act,
    text_given,
)
from orders.services.supervision import lock_order
from orders.statuses import FINAL

DUE_AT_MOST = timedelta(days=90)
"""How far off the deadline of a blocker may be (a limit)."""

OPEN_AT_MOST = 10
"""How many an order may have at once (a limit)."""


def blocker_open(
    *, order_id: int, kind: str, text: str, owner_id: int, due_at: datetime, actor: Actor, now: datetime
) -> Blocker:
    """Something stands in the way; a named person removes it by a moment, and is told. `ship` waits for it.

    Raises DealRefused (unknown, required, too_long, in_past, too_late, wrong_stage, order_closed, too_many),
    gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"kind": kind if kind in BlockerKind.values else "unknown"}
    with work.command("command.blocker_open", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = order_to_act(order_id, actor=actor)
        if order.status in FINAL:
            raise DealRefused("wrong_stage", _("Nothing stands in the way of an order that is over."))
        one_of(kind, BlockerKind.values, field="kind")
        text = text_given(text, field="text", at_most=LINE_AT_MOST)
        moment_ahead(due_at, now=now, within=DUE_AT_MOST, field="due_at")
        _check_owner(owner_id)
        if Blocker.objects.filter(order=order, resolved_at__isnull=True).count() >= OPEN_AT_MOST:
            most = {"most": OPEN_AT_MOST}
            raise DealRefused("too_many", _("At most %(most)s things may stand in the way.") % most)

        blocker = Blocker.objects.create(
            order=order,
            kind=kind,
            text=text,
            owner_id=owner_id,
            due_at=due_at,
            opened_by_id=gate.person_of(actor),
            door=actor.door,
            opened_at=now,
        )
        _tell(blocker, order, actor=actor, now=now)
        output = {"blocker": blocker.pk, "owner": owner_id}
        acted(order, "command.blocker_open", output, inputs=asked, actor=actor, now=now, moves=False)
        return blocker


def blocker_resolve(*, blocker_id: int, resolution: str, actor: Actor, now: datetime) -> Blocker:
    """It is out of the way: says its owner, or whoever may act on the order. Twice is once.

    Raises DealRefused (required, too_long), gate.NotAllowed, Blocker.DoesNotExist.
    """
    order_id = _order_of(blocker_id)
    asked = {"blocker": blocker_id}
    with work.command("command.blocker_resolve", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        blocker = Blocker.objects.get(pk=blocker_id)
        _may_touch(order, blocker, actor)
        if blocker.resolved_at is not None:
            return blocker
        blocker.resolution = text_given(resolution, field="resolution", at_most=LINE_AT_MOST)
        blocker.resolved_by_id, blocker.resolved_at = gate.person_of(actor), now
        blocker.save(update_fields=["resolution", "resolved_by", "resolved_at"])
        _say_again(order, [blocker.owner_id], now=now)
        acted(order, "command.blocker_resolve", asked, actor=actor, now=now)
        return blocker


def blocker_pass(
    *, blocker_id: int, owner_id: int, due_at: datetime, reason: str, actor: Actor, now: datetime
) -> Blocker:
    """A lead gives it to somebody else, or another deadline. The same again changes nothing.

    Raises DealRefused (required, too_long, unknown, in_past, too_late, ended_already), gate.NotAllowed,
    Blocker.DoesNotExist.
    """
    order_id = _order_of(blocker_id)
    asked = {"blocker": blocker_id, "owner": owner_id}
    with work.command("command.blocker_pass", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        if not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only a lead passes on what stands in the way."))
        check_open(order)
        blocker = Blocker.objects.get(pk=blocker_id)
        if blocker.resolved_at is not None:
            raise DealRefused("ended_already", _("This does not stand in the way any more."))
        reason = text_given(reason, field="reason", at_most=LINE_AT_MOST)
        if (blocker.owner_id, blocker.due_at) == (owner_id, due_at):
            return blocker
        moment_ahead(due_at, now=now, within=DUE_AT_MOST, field="due_at")
        _check_owner(owner_id)
        earlier, blocker.owner_id, blocker.due_at = blocker.owner_id, owner_id, due_at
        blocker.save(update_fields=["owner", "due_at"])
        if earlier != owner_id:
            _say_again(order, [earlier], now=now)
        _tell(blocker, order, actor=actor, now=now)
        output = {**asked, "due_at": due_at.isoformat(), "reason": reason}
        acted(order, "command.blocker_pass", output, inputs=asked, actor=actor, now=now, moves=False)
        return blocker


def blockers_over(order: Order, *, actor: Actor, now: datetime) -> None:
    """The order is at its end: nothing stands in its way any more. For a locked order."""
    if actor.user_id is None:
        return
    found = Blocker.objects.filter(order=order, resolved_at__isnull=True)
    owners = list(found.values_list("owner", flat=True))
    found.update(resolution=order.get_status_display(), resolved_by_id=actor.user_id, resolved_at=now)
    _say_again(order, owners, now=now)


def _order_of(blocker_id: int) -> int:
    return Blocker.objects.values_list("order_id", flat=True).get(pk=blocker_id)


def _may_touch(order: Order, blocker: Blocker, actor: Actor) -> None:
    is_theirs = actor.user_id is not None and blocker.owner_id == actor.user_id
    if not is_theirs and not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed


def _check_owner(owner_id: int) -> None:
    if not User.objects.filter(pk=owner_id, is_active=True, is_staff=True).exists():
        raise DealRefused("unknown", _("There is no such person here."), field="owner")


def _tell(blocker: Blocker, order: Order, *, actor: Actor, now: datetime) -> None:
    """Whoever has to remove it, unless they said so themselves; again when it comes back, or has another deadline."""
    if blocker.owner_id == actor.user_id:
        return
    message = outbox.Outgoing(
        template="blocker",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"blocker:{blocker.pk}:{blocker.owner_id}:{order.version}",
        person_id=blocker.owner_id,
        order_id=blocker.order_id,
        context={"blocker": blocker.pk},
        thread=_thread(order.pk, blocker.owner_id),
    )
    outbox.post([message], now=now)


def _say_again(order: Order, people: Iterable[int], *, now: datetime) -> None:
    """What they were told to remove shows what is true now. The order's owner has the deal's card, which is redrawn."""
    others = set(people) - {order.assigned_manager_id}
    if others:
        outbox.say_again("blocker", [_thread(order.pk, person) for person in sorted(others)], now=now)


def _thread(order_id: int, person_id: int) -> str:
    return f"order:{order_id}:deal:{person_id}"
