"""What to say to a client who has not decided yet: the scenario's text with the facts of the order."""

from django.utils.translation import gettext as _

from orders.models import FollowUpStep, Order
from orders.words import money


def follow_up_text(step: FollowUpStep, order: Order) -> str:
    """The step's text, ready to be said or sent."""
    facts = {
        "client": order.client_name,
        "item": order.item,
        "price": money(order.price, order.currency) if order.price is not None else _("the agreed price"),
        "order": order.ref,
        "manager": order.assigned_manager.first_name if order.assigned_manager else "",
    }
    return step.text.format_map(facts)
