"""The doors of the role: why and how an order came where it is, and answers to the ladder."""

from rop.api.ladder import EscalationAcknowledge, EscalationResolve, OrderSnooze, OrderUnsnooze
from rop.api.reading import OrderExplain, OrderTimeline

__all__ = [
    "EscalationAcknowledge",
    "EscalationResolve",
    "OrderExplain",
    "OrderSnooze",
    "OrderTimeline",
    "OrderUnsnooze",
]
