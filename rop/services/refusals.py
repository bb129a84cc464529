from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.actors import Actor
from orders import gate
from orders.models import Order
from orders.services import lock_order
from rop.models import SNOOZE_AT_MOST

PERMISSION = "rop.escalate"


class EscalationRefused(gate.Refusal):
    """The ladder can't be told this; str() says why. `code` is stable:

    `nothing_to_acknowledge`, `already_acknowledged`, `already_resolved`, `snooze_too_long`, `snooze_in_past`,
    `already_snoozed`, `not_snoozed`, `reason_missing`, `order_closed`, `stale`.
    """

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def lock_for_lead(order_id: int, actor: Actor) -> Order:
    """The open order, locked, for somebody who may decide about its escalations.

    Raises gate.NotAllowed, EscalationRefused, Order.DoesNotExist.
    """
    if not actor.may(PERMISSION):
        raise gate.NotAllowed(_("Only a lead decides about escalations."))
    return _open(lock_order(order_id))


def lock_for_lead_or_owner(order_id: int, actor: Actor) -> Order:
    """The same, for its owner too."""
    order = lock_order(order_id)
    own = actor.user_id is not None and order.assigned_manager_id == actor.user_id
    if not (actor.may(PERMISSION) or (own and actor.may("orders.act_on_own"))):
        raise gate.NotAllowed(_("Only its owner or a lead acknowledges an escalation."))
    return _open(order)


def _open(order: Order) -> Order:
    if order.closed_at is not None:
        raise EscalationRefused("order_closed", _("The order is closed."))
    return order


def check_until(until: datetime, *, now: datetime) -> None:
    """A moment within the next 24 hours. Raises EscalationRefused."""
    if until <= now:
        raise EscalationRefused("snooze_in_past", _("Choose a moment that is still to come."))
    if until - now > SNOOZE_AT_MOST:
        hours = SNOOZE_AT_MOST // timedelta(hours=1)
        raise EscalationRefused("snooze_too_long", _("At most %(hours)d hours ahead.") % {"hours": hours})


def said(text: str) -> str:
    """Why, in words or by a code. Raises EscalationRefused when nothing is said."""
    if not (given := text.strip()):
        raise EscalationRefused("reason_missing", _("Say why."))
    return given
