"""Every route × role × door: the same answer, whichever way somebody tries."""

import pytest
from django.db import IntegrityError, connection, transaction

from assignment.models import Manager, ManagerLoad
from core import actors
from core.actors import Door
from core.models import Entry, User
from core.roles import DECIDER, FINANCE, LEAD, MANAGER, OBSERVER, user_set_roles
from orders import gate
from orders.models import Order, StatusEvent
from orders.services import order_route
from orders.statuses import Status
from tests.factories import InspectionFactory, OrderFactory, UserFactory
from tests.gate.doors import DOORS, Answer, Attempt, bot
from tests.stories.company import Company
from tests.stories.inspecting import UNTOUCHED

PAYMENT = ("client_decision", "price", "seller_date")
LOGISTICS = ("carrier", "tracking", "promised_date")
DELIVERY = ("delivery_date", "proof")

# What the owner is answered, with reasons given, from the first status that the route leads from.
OWNER = {
    "accept": Answer("done"),
    "complete_inspection": Answer("route_refused", UNTOUCHED),
    "release_to_ship": Answer("route_refused", PAYMENT),
    "ship": Answer("route_refused", LOGISTICS),
    "deliver": Answer("route_refused", DELIVERY),
    "return_to_queue": Answer("done"),
    "reinspect": Answer("route_refused", ("approval",)),
    "return_shipment": Answer("route_refused", ("approval",)),
    "cancel": Answer("done"),
    "cancel_in_transit": Answer("route_refused", ("approval",)),
    "reject": Answer("not_yours"),
}
# ... and a lead, who may act on any order.
LEADER = {**OWNER, "reject": Answer("route_refused", ("legal_opinion", "approval"))}
STRANGER = dict.fromkeys(OWNER, Answer("not_yours"))

ROLES = {"owner": OWNER, "other_manager": STRANGER, "lead": LEADER, "finance": STRANGER, "observer": STRANGER}
GROUPS = {"owner": MANAGER, "other_manager": MANAGER, "lead": LEAD, "finance": FINANCE, "observer": OBSERVER}
FROM = {
    "accept": Status.PENDING_MANAGER,
    "complete_inspection": Status.UNDER_INSPECTION,
    "release_to_ship": Status.AWAITING_PAYMENT,
    "ship": Status.READY_FOR_SHIPMENT,
    "deliver": Status.IN_TRANSIT,
    "return_to_queue": Status.UNDER_INSPECTION,
    "reinspect": Status.AWAITING_PAYMENT,
    "return_shipment": Status.IN_TRANSIT,
    "cancel": Status.UNDER_INSPECTION,
    "cancel_in_transit": Status.IN_TRANSIT,
    "reject": Status.UNDER_INSPECTION,
}


def person(role: str) -> User:
    user: User = UserFactory()
    user_set_roles(user=user, roles=[role])
    return user


def order_at(status: str, owner: User) -> Order:
    """An order of this owner's, with the counters that go with it."""
    order: Order = OrderFactory(status=status, owned=True, assigned_manager=owner, next_action="look_again")
    if status == Status.UNDER_INSPECTION:
        InspectionFactory(order=order)
    manager, _new = Manager.objects.get_or_create(user=owner, defaults={"created_at": order.created_at})
    ManagerLoad.objects.update_or_create(
        manager=manager, defaults={"open_orders": 1, "offers": int(status == Status.PENDING_MANAGER)}
    )
    return order


def attempt_of(
    role: str, route: str, company: Company, *, status: str | None = None, **more: bool
) -> Attempt:
    owner = person(MANAGER)
    user = owner if role == "owner" else person(GROUPS[role])
    # Whom a page may ask for a yes: not the one who asks.
    person(DECIDER)
    return Attempt(order_at(status or FROM[route], owner), route, user, company.now, **more)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", gate.ROUTES)
def test_every_door_gives_the_same_answer(route: str, role: str, door: str, company: Company) -> None:
    attempt = attempt_of(role, route, company)
    expected = ROLES[role][route]

    answer = DOORS[door](attempt)

    if answer == Answer("hidden"):
        # A page of somebody else's order is not even shown to a manager.
        assert (door, role) == ("admin", "other_manager")
        answer = Answer("not_yours")
    assert answer == expected
    moved = Order.objects.get(pk=attempt.order.pk)
    if expected == Answer("done"):
        assert moved.status == gate.ROUTES[route].target
    else:
        # To ask for a yes changes the order's next step, and nothing else of it.
        asked = door == "admin" and expected.missing == ("approval",)
        assert (moved.status, moved.version) == (attempt.order.status, attempt.order.version + asked)


@pytest.mark.parametrize("role", ROLES)
def test_the_bots_button_gives_the_same_answer(role: str, company: Company) -> None:
    assert bot(attempt_of(role, "accept", company)) == ROLES[role]["accept"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("route", "missing"), [("return_to_queue", "reason"), ("cancel", "reason_code"), ("reinspect", "reason")]
)
def test_every_door_asks_for_the_reason(route: str, missing: str, door: str, company: Company) -> None:
    answer = DOORS[door](attempt_of("owner", route, company, with_reasons=False))

    assert answer.result == "route_refused"
    assert missing in answer.missing


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("route", [route for route in gate.ROUTES if route != "reject"])
def test_no_door_lets_a_step_be_skipped(route: str, door: str, company: Company) -> None:
    elsewhere = Status.DELIVERED

    answer = DOORS[door](attempt_of("lead", route, company, status=elsewhere))

    assert answer.result == "route_refused"
    assert answer.missing[0] == "status"


@pytest.mark.parametrize("door", [*DOORS, "bot"])
def test_every_door_refuses_a_stale_button(door: str, company: Company) -> None:
    attempt = attempt_of("owner", "accept", company)
    Order.objects.filter(pk=attempt.order.pk).update(version=attempt.order.version + 1)

    answer = bot(attempt) if door == "bot" else DOORS[door](attempt)

    assert answer == Answer("stale_version")


@pytest.mark.parametrize("route", gate.ROUTES)
def test_no_agent_and_not_ai_rop_itself_takes_a_route(route: str, company: Company) -> None:
    for actor in (actors.agent(1), actors.rop()):
        attempt = attempt_of("owner", route, company)
        with pytest.raises(gate.NotAllowed):
            order_route(
                order_id=attempt.order.pk,
                route=route,
                actor=actor,
                seen_version=attempt.order.version,
                now=company.now,
                data=gate.RouteData(reason="why", reason_code="duplicate"),
            )


def test_every_refusal_is_in_the_journal(company: Company) -> None:
    attempt = attempt_of("owner", "complete_inspection", company)

    DOORS["shell"](attempt)

    entry = Entry.objects.filter(kind="command.route").latest("pk")
    assert (entry.order_id, entry.actor_id, entry.door) == (attempt.order.pk, attempt.user.pk, Door.SHELL)
    assert entry.output == {"result": "refused", "code": "route_refused", "missing": [*UNTOUCHED]}


WAYS_AROUND = {
    "update": lambda order: Order.objects.filter(pk=order.pk).update(status=Status.UNDER_INSPECTION),
    "bulk_update": lambda order: Order.objects.bulk_update(_with_status(order), ["status"]),
    "raw sql": lambda order: _sql(
        "UPDATE orders_order SET status = 'under_inspection' WHERE id = %s", order.pk
    ),
    "an event without its order": lambda order: StatusEvent.objects.create(
        order=order,
        sequence=2,
        route="accept",
        from_status="pending_manager",
        to_status="under_inspection",
        actor_kind="person",
        door="shell",
        at=order.created_at,
    ),
}


def _with_status(order: Order) -> list[Order]:
    order.__dict__["status"] = Status.UNDER_INSPECTION
    return [order]


def _sql(query: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, params)


def _go_around(way: str, order: Order) -> None:
    WAYS_AROUND[way](order)
    connection.check_constraints()


@pytest.mark.parametrize("way", WAYS_AROUND)
def test_there_is_no_way_around_the_gate(way: str, company: Company) -> None:
    attempt = attempt_of("owner", "accept", company)

    with pytest.raises(IntegrityError), transaction.atomic():
        _go_around(way, attempt.order)

    assert Order.objects.get(pk=attempt.order.pk).status == Status.PENDING_MANAGER
