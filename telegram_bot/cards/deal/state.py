"""Where a deal stands, as the way through it depends on."""

from orders.models import Order
from orders.selectors.deals import Deal
from orders.statuses import Step
from telegram_bot.policies.dealing import DealState


def way_of(order: Order, deal: Deal) -> DealState:
    return DealState(
        status=order.status,
        decision=deal.decision,
        has_seller_date=deal.seller_date is not None,
        has_carrier=bool(deal.carrier),
        has_tracking=bool(deal.tracking),
        has_promised=deal.promised_date is not None,
        is_due_to_arrive=order.next_action == Step.CONFIRM_DELIVERY,
        is_delivered=deal.delivered_at is not None,
    )
