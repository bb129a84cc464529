"""The points of an inspection and what it comes to: each view is one call of one service."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.inspection import docs
from orders.api.inspection.bodies import AnswersBody, DecisionBody, VerdictBody
from orders.api.inspection.pictures import inspection_answer as answer_with
from orders.api.inspection.pictures import inspection_read
from orders.services import (
    GivenAnswer,
    inspection_answer,
    inspection_answer_group,
    inspection_decide,
    inspection_verdict,
)


class OrderInspection(ApiView):
    scopes = {"GET": ORDERS_READ}

    @docs.INSPECTION_READ
    def get(self, request: Request, ref: int) -> Response:
        return Response(inspection_read(ref, actor_of(request)))


class InspectionAnswers(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.INSPECTION_ANSWER
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = AnswersBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor, now = body.validated_data, actor_of(request), clock.now()
        if "group" in given:
            inspection_answer_group(order_id=ref, group=given["group"], actor=actor, now=now)
        else:
            answers = [GivenAnswer(**answer) for answer in given["answers"]]
            inspection_answer(order_id=ref, answers=answers, actor=actor, now=now)
        return Response(answer_with(ref))


class InspectionVerdict(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.INSPECTION_VERDICT
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = VerdictBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        inspection_verdict(
            order_id=ref,
            verdict=given["verdict"],
            remarks=given["remarks"],
            seen_version=given["version"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(answer_with(ref))


class InspectionDecision(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.INSPECTION_DECIDE
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        inspection_decide(
            order_id=ref,
            decision=given["decision"],
            reason=given["reason"],
            seen_version=given["version"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(answer_with(ref))
