"""The way through a deal: what the card asks for by itself where the order stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DealState:
    """What the way depends on. `decision` is the client's last word."""

    status: str
    decision: str = ""
    has_seller_date: bool = False
    has_carrier: bool = False
    has_tracking: bool = False
    has_promised: bool = False
    is_due_to_arrive: bool = False
    is_delivered: bool = False


def asked(deal: DealState) -> str:
    """What the next words of the owner are, unless they say first what they are about; "" for nothing."""
    match deal.status:
        case "awaiting_payment":
            return "seller" if deal.decision == "confirmed" and not deal.has_seller_date else ""
        case "ready_for_shipment":
            facts = (
                ("carrier", deal.has_carrier),
                ("tracking", deal.has_tracking),
                ("promised", deal.has_promised),
            )
            return next((name for name, is_known in facts if not is_known), "")
        case "in_transit":
            return "delivered" if deal.is_due_to_arrive and not deal.is_delivered else ""
    return ""
