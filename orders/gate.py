"""The gate: the one question asked before every change of status, whatever the door.

Routes are read from the transitions of `Order`; guards and rights are looked up by the names they carry.
A refusal names all that is missing, item by item, in words that a manager can act on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import refusals
from core.actors import Actor
from orders.models import Order
from orders.statuses import CancelReason, Status


@dataclass(frozen=True, slots=True)
class RouteSpec:
    route: str
    sources: tuple[str, ...]
    target: str
    who: str
    guard: str
    risk: str


@dataclass(frozen=True, slots=True)
class RouteData:
    """What the person gave along with the request to take a route."""

    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: a stable code for agents, a sentence for people."""

    code: str
    text: str


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


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What guards ask about the order. Facts that are recorded elsewhere come in as fields of this value."""

    has_owner: bool
    data: RouteData = field(default_factory=RouteData)


Guard = Callable[[GateFacts], list[Missing]]


def _owner_set(facts: GateFacts) -> list[Missing]:
    return [] if facts.has_owner else [Missing("owner", _("The order has no owner yet."))]


def _reason_given(facts: GateFacts) -> list[Missing]:
    return [] if facts.data.reason.strip() else [Missing("reason", _("Say why: the reason is required."))]


def _cancel_reason_given(facts: GateFacts) -> list[Missing]:
    if facts.data.reason_code in CancelReason.values:
        return []
    return [Missing("reason_code", _("Choose the reason for cancelling."))]


def _not_recorded(*codes_and_texts: tuple[str, Any]) -> Guard:
    """A guard whose facts can't be recorded yet: it refuses and says what it waits for."""

    def guard(facts: GateFacts) -> list[Missing]:
        return [
            Missing(code, _("Not recorded yet: %(what)s.") % {"what": what}) for code, what in codes_and_texts
        ]

    return guard


GUARDS: Mapping[str, Guard] = {
    "owner_set": _owner_set,
    "reason_given": _reason_given,
    "cancel_reason_given": _cancel_reason_given,
    "inspection_done": _not_recorded(
        ("inspection", gettext_lazy("answers to all 28 points of the inspection")),
        ("evidence", gettext_lazy("the required evidence")),
        ("verdict", gettext_lazy("the verdict of the inspection")),
    ),
    "paid_and_agreed": _not_recorded(
        ("client_decision", gettext_lazy("the client's confirmation")),
        ("payment", gettext_lazy("the payment of the agreed price")),
        ("seller_date", gettext_lazy("the date agreed with the seller")),
    ),
    "logistics_recorded": _not_recorded(
        ("carrier", gettext_lazy("the carrier")),
        ("tracking", gettext_lazy("the tracking number")),
        ("promised_date", gettext_lazy("the promised date")),
    ),
    "delivery_proved": _not_recorded(
        ("delivery_date", gettext_lazy("the date of delivery")),
        ("proof", gettext_lazy("the proof of delivery")),
    ),
    "legal_opinion": _not_recorded(("legal_opinion", gettext_lazy("the opinion of AI-GRC"))),
}


def _approval_missing(spec: RouteSpec) -> list[Missing]:
    if spec.risk != "always":
        return []
    return [
        Missing("approval", _("Not recorded yet: %(what)s.") % {"what": _("the approval of a second person")})
    ]


def may_act(actor: Actor, *, owner_id: int | None) -> bool:
    """Whether this person may do something with an order of this owner."""
    if actor.user_id is None:
        return False
    return actor.may("orders.act_on_any") or (actor.may("orders.act_on_own") and owner_id == actor.user_id)


def may_take(spec: RouteSpec, *, owner_id: int | None, actor: Actor) -> bool:
    """Whether this actor may take this route of an order with this owner, as far as rights go."""
    return may_act(actor, owner_id=owner_id) and (spec.who == "owner" or actor.may("orders.act_on_any"))


def missing_for(order: Order, spec: RouteSpec, data: RouteData) -> list[Missing]:
    """All that is missing for this route: the right status first, then its guard and its approval."""
    missing: list[Missing] = []
    if order.status not in spec.sources:
        missing.append(
            Missing(
                "status",
                _("From “%(status)s” this step is not possible.") % {"status": Status(order.status).label},
            )
        )
    facts = GateFacts(has_owner=order.assigned_manager_id is not None, data=data)
    return [*missing, *GUARDS[spec.guard](facts), *_approval_missing(spec)]


def check(
    order: Order, route: str, *, actor: Actor, seen_version: int | None, data: RouteData | None = None
) -> RouteSpec:
    """Return the route when it may be taken now; otherwise raise the Refusal that says why not.

    Rights come first (a stranger learns nothing more), then the version, then what is missing.
    `seen_version=None` is for doors where nobody looked at a form before (shell, simulation).
    """
    spec = ROUTES.get(route)
    if spec is None:
        raise UnknownRoute(route)
    if not may_take(spec, owner_id=order.assigned_manager_id, actor=actor):
        raise NotAllowed
    if seen_version is not None and seen_version != order.version:
        raise StaleVersion(seen=seen_version, current=order.version)
    missing = missing_for(order, spec, data or RouteData())
    if missing:
        raise RouteRefused(route, missing)
    return spec


def routes_from(order: Order, *, actor: Actor) -> list[RouteSpec]:
    """The routes that lead from where the order stands and that the actor has a right to: what doors offer."""
    return [
        spec
        for spec in ROUTES.values()
        if order.status in spec.sources and may_take(spec, owner_id=order.assigned_manager_id, actor=actor)
    ]
