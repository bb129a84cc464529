"""Orders come in, are listed and are looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.bodies import MEGABYTE
from core.api.idempotency import idempotent, idempotent_by_its_facts
from core.api.problems import FieldError, field_error, invalid
from core.api.views import ApiView
from core.policies.flaws import Flaw, unknown_fields
from core.scopes import ORDERS_READ, ORDERS_WRITE
from orders.api import docs
from orders.api.listing import orders_page, read_query
from orders.api.pictures import order_answer, order_detail, order_get
from orders.policies.intake import BATCH_AT_MOST, read_order, repeated
from orders.services import NewOrder, orders_intake


class Orders(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_WRITE}
    permissions_of_people = {"POST": "orders.intake"}
    rates = {"POST": "intake"}

    @docs.ORDERS_LIST
    def get(self, request: Request) -> Response:
        asked = read_query(request.query_params)
        page = orders_page(
            asked, actor=actor_of(request), now=clock.now(), path=request.build_absolute_uri(request.path)
        )
        return Response(page)

    @docs.ORDER_CREATE
    @idempotent
    def post(self, request: Request) -> Response:
        now, actor = clock.now(), actor_of(request)
        values, flaws = read_order(request.data, now=now)
        if flaws:
            raise invalid([field_error(flaw) for flaw in flaws])
        (received,) = orders_intake(rows=[NewOrder(**values)], actor=actor, now=now)
        return Response(order_answer(received.order_id, actor), status=201 if received.created else 200)


class OrdersBatch(ApiView):
    scopes = {"POST": ORDERS_WRITE}
    permissions_of_people = {"POST": "orders.intake"}
    rates = {"POST": "intake"}
    body_at_most = 5 * MEGABYTE

    @docs.ORDERS_BATCH
    @idempotent_by_its_facts
    def post(self, request: Request) -> Response:
        now = clock.now()
        rows = read_batch(request.data, now=now)
        received = orders_intake(rows=rows, actor=actor_of(request), now=now)
        answer = [
            {"ref": f"R-{one.order_id}", "external_id": one.external_id, "created": one.created}
            for one in received
        ]
        return Response({"orders": answer}, status=201)


class OneOrder(ApiView):
    scopes = {"GET": ORDERS_READ}

    @docs.ORDER_READ
    def get(self, request: Request, ref: int) -> Response:
        actor = actor_of(request)
        return Response(order_detail(order_get(ref, actor), actor))


def read_batch(body: Any, *, now: datetime) -> list[NewOrder]:
    """All rows, or an `invalid` problem with everything that is wrong with any of them."""
    given = _rows_of(body)
    read = [read_order(row, now=now) for row in given]
    errors = [
        error
        for index, ((values, flaws), row) in enumerate(zip(read, given, strict=True))
        for error in _errors(index, flaws, values)
    ]
    ids = [values.get("external_id") or index for index, (values, _flaws) in enumerate(read)]
    errors += [
        _error(index, Flaw("external_id", "duplicate", {"first": first}), str(ids[index]))
        for index, first in repeated(ids).items()
    ]
    if errors:
        raise invalid(sorted(errors, key=lambda error: error.index or 0))
    return [NewOrder(**values) for values, _flaws in read]


def _rows_of(body: Any) -> Sequence[object]:
    if not isinstance(body, dict):
        raise invalid([field_error(Flaw("", "not_an_object"))])
    flaws = unknown_fields(body, {"orders"})
    rows = body.get("orders")
    if "orders" not in body:
        flaws.append(Flaw("orders", "required"))
    elif not isinstance(rows, list):
        flaws.append(Flaw("orders", "not_a_list"))
    elif not rows:
        flaws.append(Flaw("orders", "blank"))
    elif len(rows) > BATCH_AT_MOST:
        flaws.append(Flaw("orders", "max_items", {"most": BATCH_AT_MOST, "given": len(rows)}))
    if flaws or not isinstance(rows, list):
        raise invalid([field_error(flaw) for flaw in flaws])
    return rows


def _errors(index: int, flaws: Sequence[Flaw], values: dict[str, Any]) -> list[FieldError]:
    return [_error(index, flaw, values.get("external_id")) for flaw in flaws]


def _error(index: int, flaw: Flaw, external_id: str | None) -> FieldError:
    place = f"orders[{index}]"
    named = Flaw(f"{place}.{flaw.field}" if flaw.field else place, flaw.code, flaw.params)
    return field_error(named, index=index, external_id=external_id or None)
