from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from orders.services import wake
from rop.announcing import announce
from rop.models import Snooze
from rop.services.refusals import EscalationRefused, check_until, lock_for_lead, said

MORNING = time(9)
"""Until when something is put off that is put off until the morning, in the zone of whoever does it."""


def next_morning(now: datetime) -> datetime:
    """The next time that it is nine o'clock here: less than a day ahead."""
    here = timezone.localtime(now)
    today = here.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return today if today > here else today + timedelta(days=1)


def order_snooze(
    *, order_id: int, until: datetime, why: str, actor: Actor, anew: bool = True, now: datetime
) -> Snooze:
    """The ladder and the reminders of this order are silent until then, a day at most; no deadline moves.

    Snoozing anew ends the one before, unless that was not meant (`anew`).
    Raises gate.NotAllowed, EscalationRefused, Order.DoesNotExist.
    """
    with work.command("command.snooze", actor=actor, now=now, order_id=order_id):
        order = lock_for_lead(order_id, actor)
        assert actor.user_id is not None
        why = said(why)
        check_until(until, now=now)
        if not anew and Snooze.objects.filter(order=order, ended_at__isnull=True).exists():
            raise EscalationRefused("already_snoozed", _("The order is snoozed already."))

        _end_active(order.pk, by=actor.user_id, now=now)
        snooze = Snooze.objects.create(order=order, since=now, until=until, why=why, by_id=actor.user_id)

        inputs = {"snooze": snooze.pk, "until": until.isoformat()}
        _journal("command.snooze", order.pk, inputs, actor=actor, now=now)
        announce({order.pk: "snoozed"}, now=now)
        wake([order.pk])
    return snooze


def order_unsnooze(*, order_id: int, actor: Actor, now: datetime) -> Snooze:
    """Not silent any more: what is still true is told at once.

    Raises gate.NotAllowed, EscalationRefused, Order.DoesNotExist.
    """
    with work.command("command.unsnooze", actor=actor, now=now, order_id=order_id):
        order = lock_for_lead(order_id, actor)
        snooze = _end_active(order.pk, by=actor.user_id, now=now)
        if snooze is None:
            raise EscalationRefused("not_snoozed", _("The order is not snoozed."))

        _journal("command.unsnooze", order.pk, {"snooze": snooze.pk}, actor=actor, now=now)
        announce({order.pk: "unsnoozed"}, now=now)
        wake([order.pk])
    return snooze


def _end_active(order_id: int, *, by: int | None, now: datetime) -> Snooze | None:
    snooze = Snooze.objects.filter(order_id=order_id, ended_at__isnull=True).first()
    if snooze is not None:
        snooze.ended_at = now
        snooze.ended_by_id = by
        snooze.save(update_fields=["ended_at", "ended_by"])
    return snooze


def _journal(kind: str, order_id: int, inputs: dict[str, object], *, actor: Actor, now: datetime) -> None:
    journal.write([journal.Record(kind=kind, order_id=order_id, inputs=inputs)], actor=actor, now=now)
