"""What one person asks for and another one decides, and what AI-GRC says of it."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import APPROVALS_WRITE, OPINIONS_WRITE, ORDERS_READ
from orders.api.bodies import NothingBody
from orders.api.deal import docs_money as docs
from orders.api.deal.bodies import ApprovalBody, DecideBody, OpinionBody
from orders.api.deal.listing import LISTED_AT_MOST
from orders.api.deal.pictures import approval_picture, opinion_picture
from orders.api.pictures import order_get
from orders.gate import RouteData
from orders.models import Approval
from orders.services import approval_decide, approval_withdraw, opinion_add, route_ask


class OrderApprovals(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": APPROVALS_WRITE}

    @docs.APPROVALS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.approvals.select_related("order", "asked_by", "decided_by")[:LISTED_AT_MOST]
        return Response({"results": [approval_picture(approval) for approval in newest]})

    @docs.APPROVAL_ASK
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = ApprovalBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        approval = route_ask(
            order_id=ref,
            route=given["route"],
            data=RouteData(reason=given["reason"], reason_code=given["reason_code"]),
            seen_version=given["version"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(_picture(approval), status=201)


class ApprovalDecide(ApiView):
    scopes = {"POST": APPROVALS_WRITE}

    @docs.APPROVAL_DECIDE
    @idempotent
    def post(self, request: Request, approval_id: int) -> Response:
        body = DecideBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        approval = approval_decide(
            approval_id=approval_id,
            answer=given["answer"],
            reason=given["reason"],
            seen_hash=given["hash"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(_picture(approval))


class ApprovalWithdraw(ApiView):
    scopes = {"POST": APPROVALS_WRITE}

    @docs.APPROVAL_WITHDRAW
    @idempotent
    def post(self, request: Request, approval_id: int) -> Response:
        NothingBody(data=request.data).is_valid(raise_exception=True)
        approval = approval_withdraw(approval_id=approval_id, actor=actor_of(request), now=clock.now())
        return Response(_picture(approval))


class OrderOpinions(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": OPINIONS_WRITE}

    @docs.OPINIONS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        return Response({"results": [opinion_picture(one) for one in order.opinions.all()[:LISTED_AT_MOST]]})

    @docs.OPINION_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = OpinionBody(data=request.data)
        body.is_valid(raise_exception=True)
        opinion = opinion_add(order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data)
        return Response(opinion_picture(opinion), status=201)


def _picture(approval: Approval) -> dict[str, object]:
    """Read again with its order as that is now, and its people."""
    read = Approval.objects.select_related("order", "asked_by", "decided_by")
    return approval_picture(read.get(pk=approval.pk))
