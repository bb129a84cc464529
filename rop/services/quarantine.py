"""Orders that could not be looked at: what a lead does about them."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from orders import gate
from orders.models import Order
from rop.models import Audit, Quarantine

AUDITS_KEPT = timedelta(days=7)


def audits_forget(*, now: datetime) -> int:
    """Delete old runs of the auditor that found nothing; those that found something stay. Returns how many."""
    runs, _by_model = Audit.objects.filter(at__lt=now - AUDITS_KEPT, total=0).delete()
    return runs


def quarantine_retry(*, order_id: int, actor: Actor, now: datetime) -> bool:
    """Look at this order again now instead of waiting; False when it is not set aside any more.

    The sweep does it within a second: if the order still can't be looked at, it is set aside once more.
    Raises gate.NotAllowed.
    """
    with work.command("command.quarantine_retry", actor=actor, now=now, order_id=order_id):
        if not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only a lead asks for this."))
        Order.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
        found = Quarantine.objects.filter(order_id=order_id).update(next_at=now)
        if found:
            Order.objects.filter(pk=order_id, closed_at__isnull=True).update(wake_at=now)
            record = journal.Record(kind="command.quarantine_retry", order_id=order_id)
            journal.write([record], actor=actor, now=now)
    return bool(found)
