"""Reading orders: who may see which, and finding them."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Q, QuerySet, Value, When

from core import bulk
from core.actors import Actor, ActorKind
from core.models import User
from orders.models import Blocker, Logistics, Order, Task, TaskStatus
from orders.statuses import FINAL

Orders = QuerySet[Order]

REF = re.compile(r"(?:[RrРр№]\s*-?\s*)?#?([1-9][0-9]{0,17})")
"""R-12, r12, 12, #12, № 12; the letter in Cyrillic too, which looks the same and is on the same key."""

ALIKE_AT_MOST = 5

TRACKING_AT_LEAST = 5
"""What is shorter is no tracking number."""

SHIPPED_AT_MOST = 50

SEARCHED = ("external_id", "client_name", "client_contact", "item")
"""Each of them has a trigram index for its upper case, which is what `icontains` asks."""


def orders_visible_to(actor: Actor) -> Orders:
    """A person sees their own, those whose next step, open task or blocker is theirs, or everybody's with
    `orders.see_all`.

    An agent is held by its scopes.
    """
    orders = Order.objects.all()
    if actor.kind != ActorKind.PERSON or actor.may("orders.see_all"):
        return orders
    if not actor.may("orders.view_order"):
        return orders.none()
    tasks = Task.objects.filter(owner_id=actor.user_id, status=TaskStatus.OPEN).order_by()
    blockers = Blocker.objects.filter(owner_id=actor.user_id, resolved_at__isnull=True).order_by()
    # Asked for here and now: for an OR with a subquery PostgreSQL takes no index and reads all orders.
    asked_about = set(tasks.values_list("order_id").union(blockers.values_list("order_id")))
    return orders.filter(
        Q(assigned_manager_id=actor.user_id)
        | Q(next_action_user_id=actor.user_id)
        | Q(pk__in=[order_id for (order_id,) in asked_about])
    )


def orders_overdue(orders: Orders, *, now: datetime) -> Orders:
    """Open ones whose nearest deadline has passed."""
    return orders.filter(closed_at__isnull=True, due_at__lt=now)


def orders_alike(order: Order) -> list[Order]:
    """Other open orders of the same client for the same item, oldest first: it may have come in twice. At most five."""
    alike = Order.objects.filter(
        closed_at__isnull=True, client_name__iexact=order.client_name, item__iexact=order.item
    )
    return list(alike.exclude(pk=order.pk).order_by("pk")[:ALIKE_AT_MOST])


def orders_found(orders: Orders, term: str) -> Orders:
    """By ref, external id, client, contact or item, where every word has to be found somewhere; by a tracking
    number as a whole."""
    found = Q()
    for word in term.split():
        found &= _anywhere(word)
    if ref := REF.fullmatch(term.strip()):
        found |= Q(pk=int(ref[1]))
    if shipped := _shipped_as(term.strip()):
        found |= Q(pk__in=shipped)
    return orders.filter(found)


def _shipped_as(tracking: str) -> list[int]:
    """The orders that have, or had, a shipment with this number. Asked for at once, as what is seen by whom is."""
    if len(tracking) < TRACKING_AT_LEAST:
        return []
    # Said though it follows: only with it PostgreSQL takes the index of those that have a number.
    numbered = Logistics.objects.exclude(tracking="").order_by()
    named = numbered.filter(tracking__in={tracking, tracking.upper()})
    return list(named.values_list("order_id", flat=True).distinct()[:SHIPPED_AT_MOST])


def _anywhere(word: str) -> Q:
    found = Q()
    for field in SEARCHED:
        found |= Q(**{f"{field}__icontains": word})
    return found


def orders_stuck(orders: Orders, *, hours: int, now: datetime) -> Orders:
    """Open, not at their end, and without a movement for longer than so many hours."""
    return orders.filter(closed_at__isnull=True, moved_at__lt=now - timedelta(hours=hours)).exclude(
        status__in=FINAL
    )


def orders_with_people(orders: Orders) -> Orders:
    """With the names that every picture of an order needs, in the same query."""
    return orders.select_related("assigned_manager", "next_action_user")


def orders_own_turn_first(orders: Orders, *, user_id: int | None) -> Orders:
    """As the day of this person goes: what waits for finance, a lead or AI-РОП comes last, however severe it is."""
    is_others = Case(When(next_action_user=user_id, then=Value(False)), default=Value(True))
    return orders.order_by(is_others, "queue_key", "pk")


def order_with_people(order_id: int) -> Order:
    """One order with the same, for the answer to a command. Two queries; raises Order.DoesNotExist."""
    found = bulk.read_rows(Order, "WHERE id = %s", [order_id])
    if not found:
        raise Order.DoesNotExist
    with_people(found)
    return found[0]


def with_people(orders: Sequence[Order]) -> None:
    """Give these orders the people whom their pictures name, each read once. One query."""
    ids = {user_id for o in orders for user_id in (o.assigned_manager_id, o.next_action_user_id) if user_id}
    found = bulk.read_rows(User, "WHERE id = ANY(%s)", [list(ids)]) if ids else []
    people = {person.pk: person for person in found}
    for order in orders:
        order.assigned_manager = people.get(order.assigned_manager_id or 0)
        order.next_action_user = people.get(order.next_action_user_id or 0)


def orders_by_external_id(external_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Id and fingerprint of those that exist. One query."""
    rows = Order.objects.filter(external_id__in=list(external_ids)).values_list(
        "external_id", "pk", "intake_hash"
    )
    return {external_id: (order_id, fingerprint) for external_id, order_id, fingerprint in rows}
