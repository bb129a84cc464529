from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.actors import Actor
from orders import gate
from orders.models import Approval, ApprovalAction, ApprovalState, Order
from panel.words import fold

ASKED_FOR_HERE = frozenset({"reason", "reason_code"})
"""What is missing only because nobody has filled in the form yet."""

FORWARD = frozenset({"accept", "complete_inspection", "release_to_ship", "ship", "deliver"})
ENDING = frozenset({"cancel", "cancel_in_transit", "reject"})


@dataclass(frozen=True, slots=True)
class RouteButton:
    """A way that leads from where the order stands, and what it would be refused for now.

    `asks`: only the approval of a second person is missing, so that it is asked for; `asked`: it has been.
    """

    route: str
    label: str
    style: str
    needs_reason: bool
    needs_reason_code: bool
    missing: Sequence[str]
    asks: bool = False
    asked: bool = False

    @property
    def missing_first(self) -> list[str]:
        """The first of them, and how many more there are: an inspection may lack forty things."""
        return fold(self.missing)


def route_buttons(
    order: Order, approvals: Iterable[Approval], known: gate.Known, *, actor: Actor
) -> list[RouteButton]:
    """What the gate offers this person, the way forward first. `approvals`: the open requests among these count."""
    asked = {
        one.route
        for one in approvals
        if one.state == ApprovalState.OPEN and one.action == ApprovalAction.ROUTE
    }
    buttons = [_button(order, spec, asked, known) for spec in gate.routes_from(order, actor=actor)]
    return sorted(buttons, key=lambda button: ("forward", "back", "ending").index(button.style))


def _button(order: Order, spec: gate.RouteSpec, asked_for: Collection[str], known: gate.Known) -> RouteButton:
    missing = gate.missing_for(order, spec, gate.RouteData(), approved=True, known=known)
    asked = {item.code for item in missing} & ASKED_FOR_HERE
    asks = gate.at_risk(order, spec, known=known)
    return RouteButton(
        route=spec.route,
        label=str(gate.ROUTE_LABELS[spec.route]),
        style="forward" if spec.route in FORWARD else "ending" if spec.route in ENDING else "back",
        needs_reason="reason" in asked or asks,
        needs_reason_code="reason_code" in asked,
        missing=[item.text for item in missing if item.code not in ASKED_FOR_HERE],
        asks=asks,
        asked=spec.route in asked_for,
    )
