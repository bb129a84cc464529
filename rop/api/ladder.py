"""Answers to the ladder: acknowledge, resolve, snooze."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.fields import LinesField, MomentField, StrictSerializer
from core.api.idempotency import idempotent
from core.api.schema import call
from core.api.views import ApiView
from core.scopes import ORDERS_ACT
from orders.api.bodies import NothingBody
from orders.api.pictures import order_answer, order_get
from orders.api.shapes import OrderDetailSerializer
from rop.services import escalation_acknowledge, escalation_resolve, order_snooze, order_unsnooze

REASON_AT_MOST = 500


class AcknowledgeBody(StrictSerializer):
    until = MomentField(required=False, default=None, help_text="An hour from now when it is not given.")


class ResolveBody(StrictSerializer):
    reason = LinesField(max_length=REASON_AT_MOST)


class SnoozeBody(StrictSerializer):
    until = MomentField(help_text="At most 24 hours ahead.")
    why = LinesField(max_length=REASON_AT_MOST)


class EscalationAcknowledge(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @call(
        "orders_escalation_acknowledge",
        "Somebody is at it: what is open is not told again for a while",
        {200: OrderDetailSerializer},
        request=AcknowledgeBody,
        problems=(404,),
        description="By a lead or the owner. 422: `nothing_to_acknowledge`, `snooze_in_past`, `snooze_too_long`,"
        " `order_closed`.",
    )
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = AcknowledgeBody(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        order = order_get(ref, actor)
        escalation_acknowledge(
            order_id=order.pk, until=body.validated_data["until"], actor=actor, now=clock.now()
        )
        return Response(order_answer(order.pk, actor))


class EscalationResolve(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @call(
        "orders_escalation_resolve",
        "End what is open: nothing more is told of it",
        {200: OrderDetailSerializer},
        request=ResolveBody,
        problems=(404,),
        description="The breach stays and the clocks go on. 422: `already_resolved`, `order_closed`.",
    )
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = ResolveBody(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        order = order_get(ref, actor)
        escalation_resolve(
            order_id=order.pk, reason=body.validated_data["reason"], actor=actor, now=clock.now()
        )
        return Response(order_answer(order.pk, actor))


class OrderSnooze(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @call(
        "orders_snooze",
        "Tell nobody more about the order until then; no deadline moves",
        {200: OrderDetailSerializer},
        request=SnoozeBody,
        problems=(404,),
        description="422: `snooze_in_past`, `snooze_too_long`, `order_closed`.",
    )
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = SnoozeBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, actor_of(request)
        order = order_get(ref, actor)
        order_snooze(order_id=order.pk, until=given["until"], why=given["why"], actor=actor, now=clock.now())
        return Response(order_answer(order.pk, actor))


class OrderUnsnooze(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @call(
        "orders_unsnooze",
        "End the snooze: what is still true is told",
        {200: OrderDetailSerializer},
        request=NothingBody,
        problems=(404,),
        description="422: `not_snoozed`, `order_closed`.",
    )
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        NothingBody(data=request.data).is_valid(raise_exception=True)
        actor = actor_of(request)
        order = order_get(ref, actor)
        order_unsnooze(order_id=order.pk, actor=actor, now=clock.now())
        return Response(order_answer(order.pk, actor))
