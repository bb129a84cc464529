"""The shipment and its way."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.deal import docs
from orders.api.deal.bodies import LogisticsBody, TrackingBody
from orders.api.deal.listing import LISTED_AT_MOST
from orders.api.deal.pictures import logistics_picture, tracking_picture
from orders.api.pictures import order_get
from orders.services import GivenLogistics, logistics_record, tracking_record


class OrderLogistics(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.LOGISTICS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.logistics.select_related("by")[:LISTED_AT_MOST]
        return Response({"results": [logistics_picture(record) for record in newest]})

    @docs.LOGISTICS_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = LogisticsBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        seen_version = given.pop("version")
        record = logistics_record(
            order_id=ref,
            given=GivenLogistics(**given),
            actor=actor_of(request),
            now=clock.now(),
            seen_version=seen_version,
        )
        return Response(logistics_picture(record), status=201)


class OrderTracking(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.TRACKING_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.tracking_checks.select_related("by")[:LISTED_AT_MOST]
        return Response({"results": [tracking_picture(check) for check in newest]})

    @docs.TRACKING_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = TrackingBody(data=request.data)
        body.is_valid(raise_exception=True)
        check = tracking_record(order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data)
        return Response(tracking_picture(check), status=201)
