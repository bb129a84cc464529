"""The gate: the one question asked before every change of status, whatever the door.

Routes are read from the transitions of `Order`; guards and rights are looked up by the names they carry.
A refusal names all that is missing, item by item, in words that a manager can act on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import refusals
from core.actors import Actor
from orders.guards import GUARDS, Known, Missing, RouteData
from orders.models import Order
from orders.statuses import Status

__all__ = [
    "GUARDS",
    "ROUTES",
    "ROUTE_LABELS",
    "Known",
    "Missing",
    "NotAllowed",
    "Refusal",
    "RouteData",
    "RouteRefused",
    "RouteSpec",
    "StaleVersion",
    "UnknownRoute",
    "at_risk",
    "check",
    "check_seen",
    "may_act",
    "may_take",
    "missing_for",
    "person_of",
    "routes_from",
]


@dataclass(frozen=True, slots=True)
class RouteSpec:
    route: str
    sources: tuple[str, ...]
    target: str
    who: str
    guard: str
    risk: str


class Refusal(refusals.Refusal):
    """Any answer of the gate but yes."""


class UnknownRoute(Refusal):
    code = "unknown_route"

    def __init__(self, route: str) -> None:
        self.route = route
        super().__init__(_("There is no route “%(route)s”.") % {"route": route[:40]})


class NotAllowed(Refusal, refusals.NotAllowed):
    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("This order is not yours to move."))


class StaleVersion(Refusal):
    code = "stale_version"

    def __init__(self, *, seen: int, current: int) -> None:
        self.seen = seen
        self.current = current
        super().__init__(_("The order has changed since you looked at it. Look again and decide."))


class RouteRefused(Refusal):
    code = "route_refused"

    def __init__(self, route: str, missing: Sequence[Missing]) -> None:
        self.route = route
        self.missing = tuple(missing)
        super().__init__(" ".join(item.text for item in self.missing))

    def lacks(self) -> list[str]:
        return [item.code for item in self.missing]


ROUTE_LABELS = {
    "intake": gettext_lazy("Received"),
    "accept": gettext_lazy("Accept"),
    "complete_inspection": gettext_lazy("Complete the inspection"),
    "release_to_ship": gettext_lazy("Release for shipment"),
    "ship": gettext_lazy("Ship"),
    "deliver": gettext_lazy("Record the delivery"),
    "return_to_queue": gettext_lazy("Return to the queue"),
    "reinspect": gettext_lazy("Inspect again"),
    "return_shipment": gettext_lazy("Return the shipment"),
    "cancel": gettext_lazy("Cancel the order"),
    "cancel_in_transit": gettext_lazy("Cancel on the way"),
    "reject": gettext_lazy("Reject"),
}


def _read_routes() -> dict[str, RouteSpec]:
    routes: dict[str, RouteSpec] = {}
    for transition in Order._meta.get_field("status").get_all_transitions(Order):
        custom = transition.custom
        known = routes.get(custom["route"])
        routes[custom["route"]] = RouteSpec(
            route=custom["route"],
            sources=(*(known.sources if known else ()), str(transition.source)),
            target=str(transition.target),
            who=custom["who"],
            guard=custom["guard"],
            risk=custom["risk"],
        )
    return routes


ROUTES: Mapping[str, RouteSpec] = _read_routes()


def at_risk(order: Order, spec: RouteSpec, *, known: Known | None = None) -> bool:
    """Whether this route needs the approval of a second person now."""
    if spec.risk == "paid":
        return (known or Known(order)).deal.holds_money
    return spec.risk == "always"


def _approval_missing(order: Order, spec: RouteSpec, known: Known) -> list[Missing]:
    if not at_risk(order, spec, known=known):
        return []
    return [Missing("approval", _("This is a step at risk: it needs the approval of a second person."))]


def may_act(actor: Actor, *, owner_id: int | None) -> bool:
    """Whether this person may do something with an order of this owner."""
    if actor.user_id is None:
        return False
    return actor.may("orders.act_on_any") or (actor.may("orders.act_on_own") and owner_id == actor.user_id)


def person_of(actor: Actor) -> int:
    """The id of the person who acts. Raises NotAllowed for agents and AI-РОП itself."""
    if actor.user_id is None:
        raise NotAllowed
    return actor.user_id


def may_take(spec: RouteSpec, *, owner_id: int | None, actor: Actor) -> bool:
    """Whether this actor may take this route of an order with this owner, as far as rights go."""
    return may_act(actor, owner_id=owner_id) and (spec.who == "owner" or actor.may("orders.act_on_any"))


def missing_for(
    order: Order, spec: RouteSpec, data: RouteData, *, approved: bool = False, known: Known | None = None
) -> list[Missing]:
    """All that is missing for this route: the right status first, then its guard and its approval.

    `known`: for whoever looks at several routes of one order at one time.
    """
    known = known or Known(order)
    missing: list[Missing] = []
    if order.status not in spec.sources:
        missing.append(
            Missing(
                "status",
                _("From “%(status)s” this step is not possible.") % {"status": Status(order.status).label},
            )
        )
    missing += GUARDS[spec.guard](order, data, known)
    return missing if approved else [*missing, *_approval_missing(order, spec, known)]


def check(
    order: Order,
    route: str,
    *,
    actor: Actor,
    seen_version: int | None,
    data: RouteData | None = None,
    approved: bool = False,
) -> RouteSpec:
    """Return the route when it may be taken now; otherwise raise the Refusal that says why not.

    `approved`: a second person has said yes to exactly this, or is being asked to.
    Rights come first (a stranger learns nothing more), then the version, then what is missing.
    `seen_version=None` is for doors where nobody looked at a form before (shell, simulation).
    """
    spec = ROUTES.get(route)
    if spec is None:
        raise UnknownRoute(route)
    if not may_take(spec, owner_id=order.assigned_manager_id, actor=actor):
        raise NotAllowed
    check_seen(order, seen_version)
    missing = missing_for(order, spec, data or RouteData(), approved=approved)
    if missing:
        raise RouteRefused(route, missing)
    return spec


def check_seen(order: Order, seen_version: int | None) -> None:
    """Raises StaleVersion when the person looked at an older order; None where nobody looked at a form."""
    if seen_version is not None and seen_version != order.version:
        raise StaleVersion(seen=seen_version, current=order.version)


def routes_from(order: Order, *, actor: Actor) -> list[RouteSpec]:
    """The routes that lead from where the order stands and that the actor has a right to: what doors offer."""
    return [
        spec
        for spec in ROUTES.values()
        if order.status in spec.sources and may_take(spec, owner_id=order.assigned_manager_id, actor=actor)
    ]
