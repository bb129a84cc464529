"""What stands in the way of an order."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.deal import docs
from orders.api.deal.bodies import BlockerBody, PassBlockerBody, ResolveBlockerBody
from orders.api.deal.listing import LISTED_AT_MOST
from orders.api.deal.pictures import blocker_picture
from orders.api.pictures import order_get
from orders.services import blocker_open, blocker_pass, blocker_resolve


class OrderBlockers(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.BLOCKERS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.blockers.select_related("owner", "opened_by", "resolved_by")[:LISTED_AT_MOST]
        return Response({"results": [blocker_picture(blocker) for blocker in newest]})

    @docs.BLOCKER_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = BlockerBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        blocker = blocker_open(
            order_id=ref,
            kind=given["kind"],
            text=given["text"],
            owner_id=given["owner"],
            due_at=given["due_at"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(blocker_picture(blocker), status=201)


class BlockerResolve(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.BLOCKER_RESOLVE
    @idempotent
    def post(self, request: Request, blocker_id: int) -> Response:
        body = ResolveBlockerBody(data=request.data)
        body.is_valid(raise_exception=True)
        blocker = blocker_resolve(
            blocker_id=blocker_id, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(blocker_picture(blocker))


class BlockerPass(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.BLOCKER_PASS
    @idempotent
    def post(self, request: Request, blocker_id: int) -> Response:
        body = PassBlockerBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        blocker = blocker_pass(
            blocker_id=blocker_id,
            owner_id=given["owner"],
            due_at=given["due_at"],
            reason=given["reason"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(blocker_picture(blocker))
