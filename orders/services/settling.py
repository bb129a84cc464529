"""What becomes of the client's money when a deal is off: it goes back (`payouts`), or a second person lets it stay."""

from datetime import datetime

from django.utils.translation import gettext as _

from core import work
from core.actors import Actor
from orders import gate
from orders.models import Approval, ApprovalAction, Order, TaskStatus
from orders.selectors.deals import deal_of
from orders.services.acting import DealRefused, check_stage
from orders.services.approvals import approval_open
from orders.services.supervision import lock_order
from orders.services.tasks import SETTLE_MONEY, tasks_end
from orders.statuses import CALLED_OFF


def money_keep_ask(*, order_id: int, reason: str, actor: Actor, now: datetime) -> Approval:
    """A lead asks that all that is held of the client's money stays, as a deposit does. A second person approves it.

    Asked again, it is the new request that counts. Raises DealRefused (wrong_stage, nothing_held,
    required, too_long), ApprovalRefused (no_second_decider), gate.NotAllowed, Order.DoesNotExist.
    """
    with work.command("command.money_keep_ask", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        may_settle(actor)
        check_stage(order, *CALLED_OFF)
        held = {
            currency: str(amount) for currency, amount in sorted(deal_of(order.pk).held.items()) if amount > 0
        }
        if not held:
            raise DealRefused("nothing_held", _("Nothing of the client's money is here."))
        payload = {"held": held}
        return approval_open(
            order, action=ApprovalAction.KEEP, payload=payload, reason=reason, actor=actor, now=now
        )


def money_kept(order: Order, *, actor: Actor, now: datetime) -> None:
    """It is settled. For a locked order; what comes in or goes out afterwards has to be settled anew."""
    tasks_end(order, kinds=[SETTLE_MONEY], status=TaskStatus.DONE, actor=actor, now=now)


def may_settle(actor: Actor) -> None:
    """Raises gate.NotAllowed."""
    if not actor.may("orders.act_on_any"):
        raise gate.NotAllowed(_("Only a lead decides what becomes of the client's money."))
