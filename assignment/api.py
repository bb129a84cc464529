"""Giving an order to a manager by hand."""

from rest_framework.request import Request
from rest_framework.response import Response

from assignment.services import order_assign
from core import clock
from core.api.authentication import actor_of
from core.api.fields import IdField, LinesField, StrictSerializer, VersionField
from core.api.idempotency import idempotent
from core.api.schema import call
from core.api.views import ApiView
from core.scopes import ORDERS_ACT
from orders.api.pictures import order_answer
from orders.api.shapes import OrderDetailSerializer


class AssignBody(StrictSerializer):
    manager = IdField(help_text="The manager's user id.")
    version = VersionField(help_text="The version that was seen; an older one is refused with 409.")
    reason = LinesField(required=False, allow_blank=True, max_length=1000, default="")


class OrderAssign(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @call(
        "orders_assign",
        "Give the order to a manager",
        {200: OrderDetailSerializer},
        request=AssignBody,
        problems=(404,),
        description="422: `same`, `not_a_manager`, `inactive`, `absent`, `closed`.",
    )
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = AssignBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, actor_of(request)
        order = order_assign(
            order_id=ref,
            manager_id=given["manager"],
            actor=actor,
            seen_version=given["version"],
            now=clock.now(),
            reason=given["reason"],
        )
        return Response(order_answer(order.pk, actor))
