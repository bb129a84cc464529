"""Why an order is where it is, and how it came there."""

from typing import Any

import structlog
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core import clock
from core.api.authentication import actor_of
from core.api.problems import ApiProblem, Problem, field_error, invalid
from core.api.schema import PersonSerializer, call
from core.api.views import ApiView
from core.policies.flaws import Flaw
from core.policies.worktime import SegmentKind
from core.scopes import EXPLAIN_READ, ORDERS_READ
from orders.api.pictures import order_get
from rop.explain import explain
from rop.timeline import AT_MOST, BadCursor, TimelineItem, timeline
from sla.models import ClockKind, ClockState

log = structlog.get_logger(__name__)

PAGE = 50


class CandidateSerializer(Serializer[Any]):
    manager = PersonSerializer()
    load = serializers.FloatField(help_text="As the wave found it, in weights of orders.")
    capacity = serializers.FloatField()
    excluded_because = serializers.CharField(allow_null=True)


class RoundSerializer(Serializer[Any]):
    manager = PersonSerializer()
    assigned_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True, help_text="The words of whoever gave it by hand.")


class AssignmentSerializer(Serializer[Any]):
    owner = PersonSerializer(allow_null=True)
    candidates = CandidateSerializer(many=True, help_text="With nobody: as they are now.")
    because = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(allow_blank=True, help_text="The words of whoever gave it by hand.")
    load_before = serializers.FloatField(allow_null=True)
    rounds = RoundSerializer(many=True)


SEGMENT = type(
    "SegmentSerializer",
    (Serializer,),
    {
        "from": serializers.DateTimeField(),
        "to": serializers.DateTimeField(),
        "kind": serializers.ChoiceField(choices=[kind.value for kind in SegmentKind]),
        "seconds": serializers.IntegerField(help_text="Those that are counted sum to the target."),
        "why": serializers.CharField(),
    },
)
"""Made by hand, for `from` is a word of Python."""


class ClockSerializer(Serializer[Any]):
    kind = serializers.ChoiceField(choices=ClockKind.choices)
    state = serializers.ChoiceField(choices=ClockState.choices)
    started_at = serializers.DateTimeField()
    target_seconds = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    breached_at = serializers.DateTimeField(allow_null=True)
    policy_version = serializers.IntegerField()
    calendar = serializers.CharField(allow_blank=True)
    segments = SEGMENT(many=True)


class WhomSerializer(Serializer[Any]):
    role = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()


class NextSerializer(Serializer[Any]):
    at = serializers.DateTimeField()
    what = serializers.CharField()
    whom = WhomSerializer()
    text = serializers.CharField()


class ExplanationSerializer(Serializer[Any]):
    assignment = AssignmentSerializer()
    clocks = ClockSerializer(many=True)
    next = NextSerializer(many=True)


class TimelineItemSerializer(Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    actor = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class TimelineSerializer(Serializer[Any]):
    results = TimelineItemSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The value of `before` for what is older.")


class OrderExplain(ApiView):
    scopes = {"GET": EXPLAIN_READ}

    @call(
        "orders_explain",
        "Why AI-РОП decided as it did",
        {200: ExplanationSerializer},
        problems=(404, 409),
        description=(
            "Whose it is and why, what the deadlines are made of, and what happens next by itself. 409 `unexplained`"
            " where what is kept of the order is damaged: it waits in the lead's inbox."
        ),
        writes=False,
    )
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        try:
            return Response(explain(order.pk, clock.now()))
        except Exception as error:
            # The very orders that were set aside because of a defect are asked about here.
            log.exception("explanation_failed", order=order.pk)
            text = _("What is kept of this order is damaged: it can't be explained until that is mended.")
            raise ApiProblem(Problem(409, "unexplained", text)) from error


class OrderTimeline(ApiView):
    scopes = {"GET": ORDERS_READ}

    @call(
        "orders_timeline",
        "What happened to the order",
        {200: TimelineSerializer},
        problems=(400, 404),
        parameters=[
            OpenApiParameter("limit", int, description=f"{PAGE} by default, at most {AT_MOST}."),
            OpenApiParameter("before", str, description="Older than this; as in `next`."),
        ],
        writes=False,
    )
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        limit = _limit(request.query_params.get("limit", str(PAGE)))
        try:
            items = timeline(order.pk, limit, request.query_params.get("before"))
        except BadCursor as error:
            raise invalid([field_error(Flaw("before", "not_a_cursor"))]) from error
        return Response(
            {
                "results": [_picture(item) for item in items],
                "next": items[-1].cursor if len(items) == limit else None,
            }
        )


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= AT_MOST):
        raise invalid([field_error(Flaw("limit", "out_of_range"))])
    return int(text)


def _picture(item: TimelineItem) -> dict[str, Any]:
    return {
        "at": item.at,
        "kind": item.kind,
        "title": item.title,
        "actor": item.actor,
        "detail": item.detail,
    }
