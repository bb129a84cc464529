"""What the client decided, and what they complain about."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.deal import docs
from orders.api.deal.bodies import ClaimBody, ClientDecisionBody, SettleBody
from orders.api.deal.listing import LISTED_AT_MOST
from orders.api.deal.pictures import claim_picture, decision_picture
from orders.api.pictures import order_get
from orders.services import claim_open, claim_settle, client_decision_record


class OrderClientDecision(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.CLIENT_DECISION
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = ClientDecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        seen_version = given.pop("version")
        said = client_decision_record(
            order_id=ref, actor=actor_of(request), now=clock.now(), seen_version=seen_version, **given
        )
        return Response(decision_picture(said), status=201)


class OrderClaims(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.CLAIMS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.claims.select_related("opened_by", "settled_by")[:LISTED_AT_MOST]
        return Response({"results": [claim_picture(claim) for claim in newest]})

    @docs.CLAIM_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = ClaimBody(data=request.data)
        body.is_valid(raise_exception=True)
        claim = claim_open(order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data)
        return Response(claim_picture(claim), status=201)


class ClaimSettle(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.CLAIM_SETTLE
    @idempotent
    def post(self, request: Request, claim_id: int) -> Response:
        body = SettleBody(data=request.data)
        body.is_valid(raise_exception=True)
        claim = claim_settle(
            claim_id=claim_id, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(claim_picture(claim))
